"""Control routes and pages under nonsense: always an answer, never a broken sandbox."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.sandbox.assembly import Sandbox, assemble
from include.sandbox.wire import Request

NAMES = st.sampled_from(
    [
        *("seed", "random_seed", "now", "advance_seconds", "do", "system", "method", "path"),
        *("skip", "times", "hubspot", "salesforce", "latency_seconds", "inclusion_lists"),
        *("page_sizes", "permissions", "page_size", "id", "lead_id", "sobject", "merged_ids"),
        "nonsense",
    ]
) | st.text(max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
PATHS = st.sampled_from(
    [
        *("", "/", "/health", "/reset", "/calls", "/clock", "/faults", "/settings", "/ca.pem"),
        *("/salesforce/convert-lead", "/salesforce/merge", "/salesforce/undelete"),
        *("/lists/x/members", "/controls", "/controls/setting", "/controls/add-fault"),
        *("/search", "/records/hubspot/contacts", "/records/salesforce/Lead", "/nonsense"),
        *("/records/hubspot/contacts/1", "/records/salesforce/Lead/1", "/records/x/y/z"),
    ]
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
BODIES = JSON.map(lambda told: json.dumps(told).encode()) | st.binary(max_size=20)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    made = assemble()
    made.fill("empty", 1)
    yield made
    made.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=METHODS, path=PATHS, query=st.text(max_size=10), body=BODIES)
def test_whatever_is_sent_is_answered(
    box: Sandbox, method: str, path: str, query: str, body: bytes
) -> None:
    told = (("q", query), ("after", query), ("edit", query))
    answer = box.front.reply(Request(method, f"/_sandbox{path}", told, body=body)).answer
    assert answer is not None
    assert answer.status < 500, answer.body
    assert_sent(answer.body)


def assert_sent(body: Any) -> None:
    """What is answered can be put on the wire."""
    if not isinstance(body, bytes):
        json.dumps(body)

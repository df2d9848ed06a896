"""The front door and the control routes, without a server in between."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from include.sandbox.assembly import Sandbox, assemble
from include.sandbox.front import Reply
from include.sandbox.wire import Request
from include.sandbox.world import HUBSPOT_TOKEN

BEARER = {"authorization": f"Bearer {HUBSPOT_TOKEN}"}
CONTACTS = "/crm/v3/objects/contacts"


@pytest.fixture(scope="module")
def assembled() -> Iterator[Sandbox]:
    made = assemble()
    yield made
    made.close()


@pytest.fixture
def box(assembled: Sandbox) -> Sandbox:
    assembled.control.reset("empty", 1)
    return assembled


def ask(box: Sandbox, method: str, path: str, body: Any = None) -> Reply:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return box.front.reply(Request(method, path, headers=BEARER, body=raw))


def told(box: Sandbox, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = ask(box, method, path, body).answer
    assert answer is not None
    assert answer.status == status, answer.body
    return answer.body


def contacts(box: Sandbox) -> int:
    return len(told(box, "GET", CONTACTS)["results"])


def test_each_system_counts_its_own_reads_and_writes(box: Sandbox) -> None:
    told(box, "GET", CONTACTS)
    told(box, "POST", CONTACTS, {"properties": {"lastname": "A"}}, status=201)
    told(box, "GET", "/services/data")
    counted = told(box, "GET", "/_sandbox/calls")
    assert counted["hubspot"] == {
        "total": 2,
        "reads": 1,
        "writes": 1,
        "by_endpoint": {
            "GET /crm/v3/objects/contacts": 1,
            "POST /crm/v3/objects/contacts": 1,
        },
    }
    assert counted["salesforce"]["total"] == 1


def test_counted_calls_can_be_forgotten(box: Sandbox) -> None:
    told(box, "GET", CONTACTS)
    told(box, "DELETE", "/_sandbox/calls", status=204)
    assert told(box, "GET", "/_sandbox/calls")["hubspot"]["total"] == 0


@pytest.mark.parametrize(
    ("do", "made", "answered"),
    [
        ("status:503", 0, 503),
        ("drop_before", 0, None),
        ("drop_after", 1, None),
        ("truncate", 1, 201),
        ("delay:3", 1, 201),
    ],
)
def test_a_fault_does_what_it_is_called(
    box: Sandbox, do: str, made: int, answered: int | None
) -> None:
    told(box, "POST", "/_sandbox/faults", [{"do": do, "method": "POST", "times": 1}])
    reply = ask(box, "POST", CONTACTS, {"properties": {"lastname": "A"}})
    assert (reply.answer and reply.answer.status) == answered
    assert reply.delay == (3 if do == "delay:3" else 0)
    assert reply.truncated is (do == "truncate")
    assert told(box, "GET", "/_sandbox/calls")["hubspot"]["writes"] == 1
    assert contacts(box) == made


@pytest.mark.parametrize(
    ("path", "shape"),
    [(CONTACTS, {"status", "message", "correlationId", "category", "errorType", "policyName"})],
)
def test_a_faulted_answer_has_the_shape_of_its_system(
    box: Sandbox, path: str, shape: set[str]
) -> None:
    told(box, "POST", "/_sandbox/faults", [{"do": "status:429"}])
    assert set(told(box, "GET", path, status=429)) == shape
    (error,) = told(box, "GET", "/services/data", status=429)
    assert error["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


def test_faults_are_shown_and_cleared(box: Sandbox) -> None:
    told(box, "POST", "/_sandbox/faults", {"do": "drop_before"})
    assert len(told(box, "GET", "/_sandbox/faults")) == 1
    told(box, "DELETE", "/_sandbox/faults", status=204)
    assert contacts(box) == 0


def test_latency_holds_every_answer_back(box: Sandbox) -> None:
    told(box, "PATCH", "/_sandbox/settings", {"latency_seconds": 2})
    assert ask(box, "GET", CONTACTS).delay == 2


def test_a_reset_clears_records_faults_calls_settings_and_clock(box: Sandbox) -> None:
    told(box, "POST", CONTACTS, {"properties": {"lastname": "A"}}, status=201)
    told(box, "POST", "/_sandbox/faults", [{"do": "status:503"}])
    told(box, "PATCH", "/_sandbox/settings", {"hubspot": {"index_lag_seconds": 9}})
    told(box, "POST", "/_sandbox/clock", {"now": "2030-01-01T00:00:00Z"})
    told(box, "POST", "/_sandbox/reset", {"seed": "empty", "random_seed": 7})
    assert contacts(box) == 0
    assert told(box, "GET", "/_sandbox/settings")["hubspot"]["index_lag_seconds"] == 0
    health = told(box, "GET", "/_sandbox/health")
    assert (health["seed"], health["random_seed"]) == ("empty", 7)
    assert not health["now"].startswith("2030")
    assert told(box, "GET", "/_sandbox/calls")["hubspot"]["total"] == 1


def test_the_defaults_are_shown_beside_what_is_set(box: Sandbox) -> None:
    told(box, "PATCH", "/_sandbox/settings", {"hubspot": {"index_lag_seconds": 9}})
    shown = told(box, "GET", "/_sandbox/settings")
    assert shown["hubspot"]["index_lag_seconds"] == 9
    assert shown["defaults"]["hubspot"]["index_lag_seconds"] == 0


def test_every_setting_goes_back_to_its_default(box: Sandbox) -> None:
    told(box, "PATCH", "/_sandbox/settings", {"latency_seconds": 1, "salesforce": {"page_size": 5}})
    shown = told(box, "DELETE", "/_sandbox/settings")
    assert (shown["latency_seconds"], shown["salesforce"]["page_size"]) == (0, 2000)


def test_an_unknown_setting_is_answered_with_the_known_ones(box: Sandbox) -> None:
    nonsense = {"hubspot": {"nonsense": 1}}
    message = told(box, "PATCH", "/_sandbox/settings", nonsense, status=400)["message"]
    assert "hubspot.nonsense" in message
    assert "index_lag_seconds" in message


def test_who_is_on_an_inclusion_list_is_a_setting_too(box: Sandbox) -> None:
    told(box, "POST", "/_sandbox/reset", {"seed": 20})
    (one,) = told(box, "POST", "/crm/v3/lists/search", {})["lists"]
    change = {"inclusion_lists": {one["name"]: {"remove": ["1"]}}}
    told(box, "PATCH", "/_sandbox/settings", change)
    assert told(box, "GET", f"/crm/v3/lists/{one['listId']}")["list"]["size"] == one["size"] - 1
    nobody = {"inclusion_lists": {"no/body": {"add": ["1"]}}}
    told(box, "PATCH", "/_sandbox/settings", nobody, status=404)
    told(box, "PATCH", "/_sandbox/settings", {"inclusion_lists": 5}, status=400)


def test_what_only_a_person_does_in_salesforce_is_a_control_route(box: Sandbox) -> None:
    told(box, "POST", "/_sandbox/reset", {"seed": 20})
    path = "/_sandbox/salesforce"
    for verb, body in (("convert-lead", {}), ("merge", {}), ("undelete", {"id": "x"})):
        (error,) = told(box, "POST", f"{path}/{verb}", body, status=400)
        assert error["errorCode"] in ("MISSING_ARGUMENT", "INVALID_TYPE", "MALFORMED_ID")


@pytest.mark.parametrize("do", ["status:503", "drop_before", "drop_after"])
def test_latency_holds_back_faulted_calls_as_well(box: Sandbox, do: str) -> None:
    told(box, "PATCH", "/_sandbox/settings", {"latency_seconds": 2})
    told(box, "POST", "/_sandbox/faults", {"do": do})
    assert ask(box, "GET", CONTACTS).delay == 2


def test_without_https_there_is_no_certificate_to_trust(box: Sandbox) -> None:
    message = told(box, "GET", "/_sandbox/ca.pem", status=400)["message"]
    assert "--https-port" in message


def test_a_seed_fills_both_systems(box: Sandbox) -> None:
    told(box, "POST", "/_sandbox/reset", {"seed": 20})
    assert len(told(box, "GET", CONTACTS)["results"]) == 10
    censuses = {(system, name): n for census in box.world.censuses for system, name, n in census()}
    assert censuses["hubspot", "contacts"] == 20


def test_the_clock_stamps_what_is_written(box: Sandbox) -> None:
    told(box, "POST", "/_sandbox/clock", {"now": "2030-01-01T00:00:00Z"})
    told(box, "POST", "/_sandbox/clock", {"advance_seconds": 86400})
    made = told(box, "POST", CONTACTS, {"properties": {"lastname": "A"}}, status=201)
    assert made["createdAt"].startswith("2030-01-02T00:00")


def test_who_is_on_a_dynamic_list_is_set_by_hand(box: Sandbox) -> None:
    told(box, "POST", "/_sandbox/reset", {"seed": 20})
    (name, size) = next(
        (one["name"], one["size"]) for one in told(box, "POST", "/crm/v3/lists/search", {})["lists"]
    )
    path = f"/_sandbox/lists/{name}/members"
    assert told(box, "PUT", path, {"remove": ["1", "10"]}) == {"added": [], "removed": ["1"]}
    assert told(box, "GET", "/crm/v3/lists/1")["list"]["size"] == size - 1
    told(box, "PUT", "/_sandbox/lists/nobody/members", {"add": ["1"]}, status=404)
    told(box, "PUT", path, {"add": "1"}, status=400)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "reset", {"seed": "nonsense"}, 400),
        ("POST", "reset", {"seed": ["demo"]}, 400),
        ("POST", "reset", {"random_seed": "x"}, 400),
        ("POST", "reset", b"{", 400),
        ("POST", "reset", [1], 400),
        ("POST", "clock", {}, 400),
        ("POST", "clock", {"now": "noon"}, 400),
        ("POST", "clock", {"advance_seconds": "5"}, 400),
        ("POST", "clock", b'{"advance_seconds": NaN}', 400),
        ("POST", "faults", {"do": "explode"}, 400),
        ("PATCH", "settings", {"hubspot": {"rate_limits": "maybe"}}, 400),
        ("PATCH", "settings", {"hubspoot": {}}, 400),
        ("PUT", "reset", None, 405),
        ("GET", "nonsense", None, 404),
    ],
)
def test_bad_input_to_a_control_route_gets_one_plain_message(
    box: Sandbox, method: str, path: str, body: Any, status: int
) -> None:
    answer = told(box, method, f"/_sandbox/{path}", body, status=status)
    assert set(answer) == {"message"}


def test_a_path_nobody_owns_is_not_found(box: Sandbox) -> None:
    told(box, "GET", "/nonsense", status=404)


def test_options_tells_the_methods(box: Sandbox) -> None:
    answer = ask(box, "OPTIONS", CONTACTS).answer
    assert answer is not None
    assert "PATCH" in answer.headers["Allow"]


def test_a_handler_that_breaks_is_answered_in_its_systems_shape(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for crm in box.front._crms:
        monkeypatch.setattr(crm, "answer", lambda _: 1 / 0)
    assert told(box, "GET", CONTACTS, status=500)["category"] == "SERVER_ERROR"
    (error,) = told(box, "GET", "/services/data", status=500)
    assert error["errorCode"] == "UNKNOWN_EXCEPTION"
    assert capsys.readouterr().err.count("ZeroDivisionError") == 2

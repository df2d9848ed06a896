"""Answers made ready to be sent: encoding, length, gzip or not."""

import gzip
import json
from typing import Any

import pytest

from include.sandbox.sending import SHORT, payload, takes_gzip
from include.sandbox.wire import Answer

LONG = {"text": "x" * SHORT}


def headers(answer: Answer, **asked: str) -> dict[str, str]:
    made = payload(answer, {name.replace("_", "-"): value for name, value in asked.items()})
    return {name.decode(): value.decode() for name, value in made.headers}


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip; q=0.000", False),
        ("identity", False),
        ("", False),
        ("x-gzipped", False),
    ],
)
def test_gzip_is_what_the_client_says_it_is(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


def test_a_long_answer_is_zipped_and_its_length_is_the_zipped_one() -> None:
    made = payload(Answer(200, LONG), {"accept-encoding": "gzip"})
    assert json.loads(gzip.decompress(made.body)) == LONG
    assert (b"content-length", str(len(made.body)).encode()) in made.headers


def test_a_short_answer_is_not() -> None:
    told = headers(Answer(200, {"a": 1}), accept_encoding="gzip")
    assert "content-encoding" not in told


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_tells_neither_type_nor_length(status: int) -> None:
    assert headers(Answer(status)) == {}


@pytest.mark.parametrize(
    ("body", "text"), [({"a": "é"}, '{"a":"é"}'.encode()), ([], b"[]"), (b"\x00", b"\x00")]
)
def test_a_body_is_json_unless_it_is_bytes(body: Any, text: bytes) -> None:
    assert payload(Answer(200, body), {}).body == text


def test_half_a_character_is_no_reason_to_break() -> None:
    assert payload(Answer(200, {"a": "\ud800"}), {}).status == 200

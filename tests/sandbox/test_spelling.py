"""Header names as the real servers spell them."""

import pytest

from include.sandbox.spelling import Respelled, respelled


class Line:
    """A transport that remembers what was written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("told", "spelled"),
    [
        (b"content-type: text/plain", b"Content-Type: text/plain"),
        (b"sforce-limit-info: api-usage=1/2", b"Sforce-Limit-Info: api-usage=1/2"),
        (b"x-hubspot-ratelimit-max: 190", b"X-HubSpot-RateLimit-Max: 190"),
        (b"location: http://a/B:c", b"Location: http://a/B:c"),
    ],
)
def test_a_name_is_spelled_as_usual_and_its_value_left_alone(told: bytes, spelled: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + told + b"\r\n\r\n"
    assert respelled(head) == b"HTTP/1.1 200 OK\r\n" + spelled + b"\r\n\r\n"


def test_a_head_without_headers_stays_as_it_is() -> None:
    assert respelled(b"HTTP/1.1 100 Continue\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_bodies_pass_untouched_and_so_does_all_else() -> None:
    line = Line()
    respelling = Respelled(line)  # type: ignore[arg-type]
    respelling.write(b"HTTP/1.1 is a protocol\r\na: b")
    assert line.written == [b"HTTP/1.1 is a protocol\r\na: b"]
    assert respelling.is_closing() is False

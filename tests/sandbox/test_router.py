"""Routes: which one fits, and what its path names."""

import pytest

from include.sandbox.router import Route, Router
from include.sandbox.wire import Answer


def nothing() -> Answer:
    return Answer()


ROUTER = Router(
    [
        Route("GET", "/things/special", nothing),
        Route("GET", "/things/{id}", nothing),
        Route("PUT", "/things/{id}/at/{place:path}", nothing),
    ]
)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/things/special", {}),
        ("/things/7", {"id": "7"}),
        ("/things/a%2Fb", {"id": "a/b"}),
        ("/things/50%25", {"id": "50%"}),
        ("/things/%252F", {"id": "%2F"}),
        ("/things/a+b", {"id": "a+b"}),
        ("/things/%ff", {"id": "\ufffd"}),
    ],
)
def test_a_segment_is_decoded_after_it_is_cut_out(path: str, names: dict[str, str]) -> None:
    found = ROUTER.find("GET", path)
    assert found is not None
    assert found.names == names


def test_the_rest_of_a_path_keeps_its_slashes() -> None:
    found = ROUTER.find("PUT", "/things/7/at/a/b%2Fc")
    assert found is not None
    assert found.names == {"id": "7", "place": "a/b/c"}


@pytest.mark.parametrize("path", ["/things", "/things/7/8", "/things/", "/other"])
def test_what_fits_no_pattern_has_no_route(path: str) -> None:
    assert ROUTER.find("GET", path) is None


def test_a_path_knows_its_methods() -> None:
    assert ROUTER.methods("/things/special") == ["GET"]
    assert ROUTER.methods("/things/7/at/8") == ["PUT"]

"""A domain is one host, however people type it; what is none matches nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.model.host import host_of, spellings


@pytest.mark.parametrize(
    "text",
    [
        "acme.com",
        " ACME.com ",
        "www.acme.com",
        "www.www.acme.com",
        "http://acme.com",
        "HTTPS://www.Acme.com:8443/about?x=1#y",
        "//acme.com/",
        "acme.com:",
        "acme.com.",
        "https://user:secret@acme.com/",
        "acme.com\\path",
        "acme\uff0ecom",
    ],
)
def test_many_ways_to_type_a_domain_are_one_host(text: str) -> None:
    assert host_of(text) == "acme.com"


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", " ", "n/a", "none", "localhost", "http://", "https:///x", "10.0.0.1", "1.2"),
        *("info@acme.com", "mailto:info@acme.com", "acme .com", "-acme.com", "acme..com", ".com"),
        *("[::1]", "%", "_.%", "'; DROP", "\x00.com", "a.com\nb.com", "\ud800.com", "xn--.é"),
        "a" * 64 + ".com",
        "a." * 200 + "com",
        "é" * 100_000 + ".com",
    ],
)
def test_what_names_no_host_is_none(text: str | None) -> None:
    assert host_of(text) is None


def test_letters_beyond_ascii_are_one_host_in_both_spellings() -> None:
    assert host_of("Bücher.example") == host_of("xn--bcher-kva.example") == "xn--bcher-kva.example"
    assert spellings(["xn--bcher-kva.example"]) == ["xn--bcher-kva.example", "bücher.example"]
    assert host_of("straße.example") != host_of("strasse.example")


def test_a_name_that_is_all_www_is_kept() -> None:
    assert host_of("www.com") == "www.com"


@given(text=st.text(max_size=400) | st.text("www.:/@-é%", max_size=40))
def test_any_text_is_a_host_that_stands_or_none(text: str) -> None:
    host = host_of(text)
    if host is not None:
        assert host_of(host) == host
        assert host.isascii()
        assert host == host.lower()
        assert all(host_of(one) == host for one in spellings([host]))

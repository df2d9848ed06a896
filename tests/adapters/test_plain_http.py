"""Only a sandbox that says so is spoken to without encryption."""

import requests

from include.crmsync.adapters.plain_http import PlainHttp, allow_plain_http


def test_one_instance_is_reached_over_http_and_nobody_else() -> None:
    session = requests.Session()
    allow_plain_http(session, "http://127.0.0.1:8765")
    assert isinstance(session.get_adapter("https://127.0.0.1:8765/services"), PlainHttp)
    for other in ("https://127.0.0.1:9999/", "https://acme.my.salesforce.com/"):
        assert not isinstance(session.get_adapter(other), PlainHttp)


def test_a_real_org_is_never_reached_over_http() -> None:
    session = requests.Session()
    allow_plain_http(session, "https://acme.my.salesforce.com")
    assert not isinstance(session.get_adapter("https://acme.my.salesforce.com/x"), PlainHttp)

"""Validation rules over the Tooling API: read page by page, and no obstacle when refused."""

import requests

from include.crmsync.adapters.salesforce_rules import read_rules
from include.crmsync.model.schema import Rules, ValidationRule
from tests.adapters.mappings import COMPANIES
from tests.adapters.salesforce_script import Script, answering
from tests.adapters.scripted import Answer


def rules(script: Script) -> Rules:
    gateway, _ = answering(script)
    return read_rules(gateway._api, COMPANIES)


def row(name: str, kind: str | None = "Account") -> dict[str, object]:
    entity = {"QualifiedApiName": kind} if kind else None
    return {"ValidationName": name, "ErrorMessage": f"{name}!", "EntityDefinition": entity}


def test_rules_are_read_page_by_page_and_sorted() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        if "?q=" in (request.url or ""):
            assert "/tooling/query/" in (request.url or "")
            after = "/services/data/v62.0/tooling/query/01g-1"
            return 200, {"records": [row("B")], "done": False, "nextRecordsUrl": after}
        assert (request.url or "").endswith("/tooling/query/01g-1")
        return 200, {"records": [row("A"), row("X", None)], "done": True}

    found = rules(script)
    assert found == Rules(
        (ValidationRule("Account", "A", "A!"), ValidationRule("Account", "B", "B!"))
    )


def test_a_user_who_may_not_read_them_is_told_so_and_nothing_stops() -> None:
    def wrong(status: int, code: str) -> Script:
        return lambda _: (status, [{"errorCode": code, "message": "no"}])

    assert rules(wrong(400, "INVALID_TYPE")) == Rules(refused="INVALID_TYPE")
    assert rules(wrong(403, "INSUFFICIENT_ACCESS")) == Rules(refused="FORBIDDEN")

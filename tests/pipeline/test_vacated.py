"""Duplicates that are looked at again because a link ends, whatever its base says."""

from dataclasses import replace

import pytest

from include.crmsync.mappings.loader import load_all
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.pipeline.vacated import released

ADA, BO = "ada@example.com", "bo@example.com"
CONTACTS = load_all()["contacts"]
LINK = Link("contacts", "1", "003A", id=7, base={"email": ADA})
ENDED = replace(LINK, gone_in=System.HUBSPOT)
UNSAID = replace(LINK, base={"last_name": "Lovelace"})


def duplicate(record_id: str, email: str) -> Held:
    told = ("unique_in_system", "email", email, "several")
    return Held(System.SALESFORCE, "contacts", record_id, *told)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (LINK, ENDED, {"003B"}),
        (LINK, replace(LINK, base={"email": BO}), {"003B"}),
        (LINK, replace(LINK, salesforce_id="003D"), {"003B"}),
        (LINK, replace(LINK, base={"email": ADA, "title": "Countess"}), set[str]()),
        (UNSAID, replace(UNSAID, gone_in=System.HUBSPOT), {"003B", "003C"}),
        (UNSAID, replace(UNSAID, base={"title": "Countess"}), set[str]()),
        (ENDED, ENDED, set[str]()),
    ],
)
def test_who_is_looked_at_again(before: Link, after: Link, wanted: set[str]) -> None:
    held = [duplicate("003B", ADA), duplicate("003C", BO)]
    found = released([after], {7: before}, [], lambda: held, CONTACTS)
    assert {record_id for _, record_id, _ in found} == wanted

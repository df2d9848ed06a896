"""Duplicates that are looked at again because a link ends, whatever its base says."""

from dataclasses import replace

import pytest

from include.crmsync.mappings.loader import load_all
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.pipeline.vacated import released
from tests.pipeline.two_crms import TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
ADA, BO = "ada@example.com", "bo@example.com"
CONTACTS = load_all()["contacts"]
LINK = Link("contacts", "1", "003A", id=7, base={"email": ADA})
ENDED = replace(LINK, gone_in=System.SALESFORCE)
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
        (UNSAID, replace(UNSAID, gone_in=System.SALESFORCE), {"003B", "003C"}),
        (LINK, replace(LINK, gone_in=System.HUBSPOT), set[str]()),
        (UNSAID, replace(UNSAID, gone_in=System.HUBSPOT), set[str]()),
        (UNSAID, replace(UNSAID, base={"title": "Countess"}), set[str]()),
        (ENDED, ENDED, set[str]()),
    ],
)
def test_who_is_looked_at_again(before: Link, after: Link, wanted: set[str]) -> None:
    held = [duplicate("003B", ADA), duplicate("003C", BO)]
    found = released([after], {7: before}, [], lambda: held, CONTACTS)
    assert {record_id for _, record_id, _ in found} == wanted


@pytest.mark.parametrize("how", ["remove", "erase"])
def test_a_duplicate_does_not_bring_back_whom_somebody_deleted(crms: TwoCrms, how: str) -> None:
    """Two contacts in Salesforce share an address; the HubSpot contact of one is deleted."""
    for name in ("Ada", "Bea"):
        crms.put(SALESFORCE, "Contact", Email="ada@example.com", LastName=name)
        crms.clock.advance(60)
    crms.sync()
    [(ours, _)] = crms.links().items()
    crms.clock.advance(3600)
    getattr(crms.hubspot, how)(ours)
    for _ in range(4):
        crms.clock.advance(900)
        crms.sync()
    assert crms.records(HUBSPOT, "contacts") == []

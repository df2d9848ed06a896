"""An import over real HTTP: by a condition, and what Salesforce has against one."""

from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.pipeline import backfill, importing
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox


def account(installation: Installation, name: str, **fields: Any) -> str:
    made = installation.outside.salesforce("POST", "sobjects/Account", {"Name": name, **fields})
    return str(made["id"])


def imported(installation: Installation, run: str = "manual__1", **told: Any) -> Any:
    shop = installation.workshop()
    try:
        short = importing.understand({"objects": ["Account"], "portion": 2, **told}, run, shop)
        return importing.work("companies", run, dry=short["dry_run"], workshop=shop)
    finally:
        shop.close()


def test_accounts_that_meet_a_condition_come_with_all_mapped_fields(
    installation: Installation,
) -> None:
    for number in range(5):
        account(installation, f"Ely {number}", BillingCity="Ely", Phone="+442079460000")
    account(installation, "Oxford", BillingCity="Oxford")
    where = "BillingCity = 'Ely' AND (NOT Name LIKE 'x%')"
    assert imported(installation, where=where) == {"only here (Salesforce)": 5}
    assert installation.links("companies") == []
    done = imported(installation, "manual__2", where=where, dry_run=False)
    assert done == {"only here (Salesforce)": 5}
    assert len(installation.links("companies")) == 5
    found = installation.outside.all_hubspot("companies", ["name", "city", "phone"])
    assert {one["city"] for one in found.values()} == {"Ely"}
    assert {one["name"] for one in found.values()} == {f"Ely {number}" for number in range(5)}


def test_what_salesforce_has_against_a_condition_is_told(installation: Installation) -> None:
    with pytest.raises(ConfigError, match="INVALID_FIELD"):
        imported(installation, where="Shoe__c = 'size 44'")


def test_a_back_fill_finds_everything_in_line_after_an_import(installation: Installation) -> None:
    for number in range(3):
        account(installation, f"Ely {number}", Phone="+442079460000")
    imported(installation, dry_run=False)
    shop = installation.workshop()
    told = {"object_type": "companies", "fields": ["phone"], "dry_run": False}
    backfill.understand(told, "manual__3", shop)
    assert backfill.work("manual__3", dry=False, workshop=shop) == {"nothing to do (HubSpot)": 3}
    shop.close()

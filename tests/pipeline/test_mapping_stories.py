"""What mappings may say beyond names and rules, in whole runs: one story each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.transform import Transform
from include.crmsync.pipeline.workshop import Workshop
from tests.pipeline.two_crms import TwoCrms

ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}
Map = Callable[..., None]


@pytest.fixture
def also_map(monkeypatch: pytest.MonkeyPatch) -> Map:
    """Adds fields to the shipped mapping of contacts, or changes some."""

    def add(*fields: FieldMapping) -> None:
        mappings = dict(load_all())
        contacts = mappings["contacts"]
        new = {one.name: one for one in (*contacts.fields, *fields)}
        mappings["contacts"] = replace(contacts, fields=tuple(new.values()))
        monkeypatch.setattr(Workshop, "mappings", mappings)

    return add


def plain(name: str, **changes: Any) -> FieldMapping:
    one = FieldMapping(
        name, name, {"Contact": name, "Lead": name}, FieldType.STRING, SyncRule.TWO_WAY
    )
    return replace(one, **changes)


def synced(crms: TwoCrms, **values: Any) -> tuple[str, str]:
    hubspot_id = crms.hubspot_contact(**ADA, **values)
    crms.sync()
    return hubspot_id, crms.links()[hubspot_id]


def settled(crms: TwoCrms) -> None:
    """After a few runs nothing is left to do."""
    for _ in range(3):
        crms.clock.advance(3600)
        crms.sync()
    written = crms.writes()
    crms.sync()
    assert crms.writes() == written


def here(crms: TwoCrms, id_: str, name: str) -> Any:
    return crms.hubspot.records[id_].raw.get(name)


def there(crms: TwoCrms, id_: str, name: str) -> Any:
    return crms.salesforce.records[id_].raw.get(name)


def test_a_country_is_a_name_here_and_a_code_there_both_ways(crms: TwoCrms, also_map: Map) -> None:
    also_map(plain("land", transform=Transform.COUNTRY_CODE))
    hubspot_id, salesforce_id = synced(crms, land="Germany")
    assert there(crms, salesforce_id, "land") == "DE"
    crms.salesforce.edit(salesforce_id, land="FR")
    crms.sync()
    assert here(crms, hubspot_id, "land") == "France"
    settled(crms)


def test_a_country_that_nobody_knows_holds_its_field_only(crms: TwoCrms, also_map: Map) -> None:
    also_map(plain("land", transform=Transform.COUNTRY_CODE))
    hubspot_id, salesforce_id = synced(crms, land="Ruritania")
    assert there(crms, salesforce_id, "land") is None
    assert crms.held() == {hubspot_id: {"transformable_value"}}


def test_a_one_way_transform_stands_in_the_other_system(crms: TwoCrms, also_map: Map) -> None:
    also_map(plain("site", transform=Transform.STRIP_URL, rule=SyncRule.ALWAYS_HUBSPOT))
    hubspot_id, salesforce_id = synced(crms, site="https://www.example.com/about")
    assert there(crms, salesforce_id, "site") == "example.com"
    crms.salesforce.edit(salesforce_id, site="other.example")
    settled(crms)
    assert there(crms, salesforce_id, "site") == "example.com"
    assert here(crms, hubspot_id, "site") == "https://www.example.com/about"


@pytest.mark.parametrize(
    "rule", [SyncRule.TWO_WAY, SyncRule.PREFER_SALESFORCE, SyncRule.PREFER_HUBSPOT]
)
def test_a_default_fills_a_new_record_and_then_its_origin(
    crms: TwoCrms, also_map: Map, rule: SyncRule
) -> None:
    also_map(plain("origin", default="Web", rule=rule))
    hubspot_id, salesforce_id = synced(crms)
    assert there(crms, salesforce_id, "origin") == "Web"
    settled(crms)
    assert (here(crms, hubspot_id, "origin"), there(crms, salesforce_id, "origin")) == (
        "Web",
        "Web",
    )


def test_under_an_always_rule_the_owners_blank_is_the_default_for_good(
    crms: TwoCrms, also_map: Map
) -> None:
    also_map(plain("origin", default="Web", rule=SyncRule.ALWAYS_HUBSPOT))
    hubspot_id, salesforce_id = synced(crms)
    settled(crms)
    assert (here(crms, hubspot_id, "origin"), there(crms, salesforce_id, "origin")) == (
        None,
        "Web",
    )
    crms.hubspot.edit(hubspot_id, origin="Fair")
    crms.sync()
    assert there(crms, salesforce_id, "origin") == "Fair"
    crms.hubspot.edit(hubspot_id, origin=None)
    settled(crms)
    assert there(crms, salesforce_id, "origin") == "Web"


def test_a_default_serves_a_required_field_and_without_one_the_record_waits(
    crms: TwoCrms, also_map: Map
) -> None:
    also_map(plain("region", required=True))
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    assert crms.held() == {hubspot_id: {"required_value"}}
    also_map(plain("region", required=True, default="EMEA"))
    crms.hubspot.edit(hubspot_id, jobtitle="Analyst")
    crms.sync()
    assert there(crms, crms.links()[hubspot_id], "region") == "EMEA"


@pytest.mark.parametrize(
    ("rule", "kept"), [(SyncRule.ALWAYS_SALESFORCE, {}), (SyncRule.DONT_SYNC, {"tier": "Gold"})]
)
def test_what_a_new_salesforce_record_dictates_is_settled_by_the_run_after(
    crms: TwoCrms, also_map: Map, rule: SyncRule, kept: dict[str, str]
) -> None:
    also_map(plain("tier", rule=rule))
    hubspot_id, salesforce_id = synced(crms, tier="Gold")
    crms.clock.advance(3600)
    crms.sync()
    assert here(crms, hubspot_id, "tier") == kept.get("tier")
    assert there(crms, salesforce_id, "tier") is None
    settled(crms)


def test_what_a_new_hubspot_record_dictates_is_settled_too(crms: TwoCrms, also_map: Map) -> None:
    tick = plain("vip", type=FieldType.BOOLEAN, rule=SyncRule.ALWAYS_HUBSPOT)
    also_map(plain("tier", rule=SyncRule.ALWAYS_HUBSPOT), tick)
    values = {"Email": ADA["email"], "LastName": "Lovelace", "tier": "Gold", "vip": True}
    salesforce_id = crms.put(System.SALESFORCE, "Contact", **values)
    crms.sync()
    [hubspot_id] = crms.links()
    crms.hubspot.lists["Salesforce inclusion list"].add(hubspot_id)
    crms.clock.advance(3600)
    crms.sync()
    assert there(crms, salesforce_id, "tier") is None
    assert there(crms, salesforce_id, "vip") is False
    settled(crms)


def constant(**changes: Any) -> FieldMapping:
    return plain("made_by", hubspot="", constant="HubSpot", rule=SyncRule.ALWAYS_HUBSPOT, **changes)


def test_a_constant_is_written_into_new_records_and_then_left_alone(
    crms: TwoCrms, also_map: Map
) -> None:
    also_map(constant(only_new=True))
    _, salesforce_id = synced(crms)
    assert there(crms, salesforce_id, "made_by") == "HubSpot"
    settled(crms)
    crms.salesforce.edit(salesforce_id, made_by="me")
    settled(crms)
    assert there(crms, salesforce_id, "made_by") == "me"


def test_a_constant_that_always_stands_is_put_back(crms: TwoCrms, also_map: Map) -> None:
    also_map(constant())
    _, salesforce_id = synced(crms)
    crms.salesforce.edit(salesforce_id, made_by="me")
    settled(crms)
    assert there(crms, salesforce_id, "made_by") == "HubSpot"


def test_a_constant_of_hubspot_is_put_back_too(crms: TwoCrms, also_map: Map) -> None:
    mark = plain("synced", salesforce={"Contact": "", "Lead": ""}, constant="yes")
    also_map(replace(mark, rule=SyncRule.ALWAYS_SALESFORCE))
    crms.put(System.SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace")
    crms.sync()
    [contact] = crms.records(System.HUBSPOT, "contacts")
    crms.hubspot.lists["Salesforce inclusion list"].add(contact.id)
    assert contact.raw["synced"] == "yes"
    crms.hubspot.edit(contact.id, synced="no")
    settled(crms)
    assert here(crms, contact.id, "synced") == "yes"


def test_an_amount_waits_for_its_currency(crms: TwoCrms, also_map: Map) -> None:
    currency = plain("cur", type=FieldType.PICKLIST, values={"EUR": "EUR"})
    also_map(currency, plain("sum", type=FieldType.NUMBER, moves_with="cur"))
    hubspot_id, salesforce_id = synced(crms, sum="100", cur="EUR")
    assert there(crms, salesforce_id, "sum") == 100
    crms.hubspot.edit(hubspot_id, sum="200", cur="CHF")
    crms.sync()
    assert there(crms, salesforce_id, "sum") == 100
    assert crms.held() == {hubspot_id: {"picklist_value", "companion_writable"}}
    crms.hubspot.edit(hubspot_id, cur="EUR")
    settled(crms)
    assert there(crms, salesforce_id, "sum") == 200
    assert crms.held() == {}


def test_a_new_record_waits_with_its_amount_too(crms: TwoCrms, also_map: Map) -> None:
    currency = plain("cur", type=FieldType.PICKLIST, values={"EUR": "EUR"})
    also_map(currency, plain("sum", type=FieldType.NUMBER, moves_with="cur"))
    _, salesforce_id = synced(crms, sum="100", cur="CHF")
    assert there(crms, salesforce_id, "sum") is None

"""What a criterion holds: the record, its field alone, or nothing."""

import io
from typing import Any

import pytest
from rich.console import Console

from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from include.crmsync.pipeline.terminal import show
from tests.pipeline.two_crms import TwoCrms
from tests.pipeline.written_suites import add, alter, expectation

ADA: dict[str, Any] = {"email": "ada@example.com", "firstname": "Ada", "lastname": "Lovelace"}
LONDON = expectation(
    "values_to_not_be_in_set",
    "city_is_known",
    "city",
    value_set=["Atlantis"],
    meta={"effect": "hold_field"},
)


def salesforce(crms: TwoCrms, hubspot_id: str) -> dict[str, Any]:
    return dict(crms.salesforce.records[crms.links()[hubspot_id]].raw)


class TestACriterionOfCreationAlone:
    """A criterion that applies to `create` and to nothing else."""

    def test_holds_nobody_who_is_found_to_be_there(self, crms: TwoCrms) -> None:
        """Judged before anything is matched, by a run that then links the record."""
        applies = {"applies_to": ["create"], "effect": "hold_record"}
        add(crms, "contacts.to_salesforce", LONDON | {"meta": LONDON["meta"] | applies})
        ada = crms.hubspot_contact(**ADA, city="Atlantis")
        ben = crms.hubspot_contact(email="ben@example.com", lastname="Ben", city="Atlantis")
        there = crms.put(System.SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace")
        told = crms.sync("contacts")
        assert crms.links() == {ada: there}
        assert crms.held() == {ben: {"city_is_known"}}
        [row] = told["object_types"]
        assert [one["held"] for one in row["directions"]] == [1, 0]


class TestAFieldThatIsHeld:
    """A criterion with the effect hold_field."""

    def test_stays_behind_when_its_record_is_created(self, crms: TwoCrms) -> None:
        add(crms, "contacts.to_salesforce", LONDON)
        ada = crms.hubspot_contact(**ADA, city="Atlantis", phone="+44 20 7946 0000")
        crms.sync()
        assert salesforce(crms, ada)["Phone"] == "+44 20 7946 0000"
        assert salesforce(crms, ada).get("MailingCity") is None
        assert crms.held() == {ada: {"city_is_known"}}

    def test_stays_behind_when_its_record_is_updated_and_goes_once_it_is_mended(
        self, crms: TwoCrms
    ) -> None:
        add(crms, "contacts.to_salesforce", LONDON)
        ada = crms.hubspot_contact(**ADA, city="London")
        crms.sync()
        crms.hubspot.edit(ada, city="Atlantis", jobtitle="Analyst")
        crms.sync()
        assert salesforce(crms, ada)["MailingCity"] == "London"
        assert salesforce(crms, ada)["Title"] == "Analyst"
        assert crms.held() == {ada: {"city_is_known"}}
        crms.hubspot.edit(ada, city="Oxford")
        crms.sync()
        assert salesforce(crms, ada)["MailingCity"] == "Oxford"
        assert crms.held() == {}

    def test_is_not_reported_where_its_value_would_not_travel(self, crms: TwoCrms) -> None:
        add(crms, "contacts.to_salesforce", LONDON)
        ada = crms.hubspot_contact(**ADA, city="Atlantis")
        crms.put(
            System.SALESFORCE, "Contact", Email=ADA["email"], LastName="L", MailingCity="Atlantis"
        )
        crms.sync()
        assert ada in crms.links()
        assert crms.held() == {}

    def test_holds_its_creations_alone_if_it_applies_to_no_updates(self, crms: TwoCrms) -> None:
        add(crms, "contacts.to_salesforce", LONDON)
        alter(crms, "contacts.to_salesforce", "city_is_known", applies_to=["create"])
        ada = crms.hubspot_contact(**ADA, city="London")
        crms.sync()
        crms.hubspot.edit(ada, city="Atlantis")
        crms.sync()
        assert salesforce(crms, ada)["MailingCity"] == "Atlantis"

    def test_must_be_a_mapped_one(self, crms: TwoCrms) -> None:
        alter(crms, "contacts.to_salesforce", "on_inclusion_list", effect="hold_field")
        crms.hubspot_contact(**ADA)
        with pytest.raises(ConfigError, match="is no mapped field that could be held alone"):
            crms.sync("contacts")


def test_a_criterion_that_only_warns_holds_nothing(crms: TwoCrms) -> None:
    add(crms, "contacts.to_salesforce", LONDON)
    alter(crms, "contacts.to_salesforce", "city_is_known", effect="warn")
    ada = crms.hubspot_contact(**ADA, city="Atlantis")
    crms.sync()
    assert salesforce(crms, ada)["MailingCity"] == "Atlantis"
    assert crms.held() == {}


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_only_warns_is_in_the_summary_with_how_many_records(
    crms: TwoCrms, dry_run: bool
) -> None:
    add(crms, "contacts.to_salesforce", LONDON)
    alter(crms, "contacts.to_salesforce", "city_is_known", effect="warn")
    for number in range(3):
        crms.hubspot_contact(email=f"a{number}@example.com", lastname="L", city="Atlantis")
    crms.hubspot_contact(**ADA, city="London")
    told = crms.sync("contacts", dry_run=dry_run)
    [entry] = told["object_types"]
    assert entry["warned"] == [{"in": "hubspot", "criterion": "city_is_known", "records": 3}]
    out = Console(width=120, record=True, file=io.StringIO())
    show(told, out)
    text = out.export_text()
    assert "3 contacts in HubSpot  city_is_known" in text
    assert "Atlantis" not in text
    later = crms.sync("contacts", dry_run=dry_run)
    assert bool(later["object_types"][0]["warned"]) is dry_run


def test_an_effect_nobody_knows_is_refused_with_the_ones_there_are(crms: TwoCrms) -> None:
    alter(crms, "contacts.to_salesforce", "has_last_name", effect="explode")
    crms.hubspot_contact(**ADA)
    with pytest.raises(ConfigError, match="effect must be hold_record, hold_field, warn"):
        crms.sync("contacts")

"""Contact roles and the contacts of deals over both public APIs, labels of HubSpot's included."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.mappings.loader import load_all
from include.crmsync.pipeline.workshop import Workshop
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
MEMBERS = "/_sandbox/lists/Salesforce%20inclusion%20list/members"
NAMES = ("ada", "mary", "joan")


class World:
    """A deal with Ada in it, and contacts that may join; named by first name on both sides."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.outside = installation, installation.outside
        self.people = {
            name: self.create("contacts", email=f"{name}@example.com", lastname=name)
            for name in NAMES
        }
        add = list(self.people.values())
        installation.sandbox.call("PUT", MEMBERS, {"add": add})
        self.deal = self.create(
            "deals", dealname="Loom", dealstage="qualifiedtobuy", closedate="2026-03-01"
        )
        self.join("ada")
        assert self.sync() == "done"

    def create(self, object_type: str, **properties: str) -> str:
        path = f"/crm/v3/objects/{object_type}"
        return str(self.outside.hubspot("POST", path, {"properties": properties})["id"])

    def sync(self) -> str:
        self.installation.sandbox.advance(30)
        return str(self.installation.sync()["state"])

    def _pair(self, name: str, how: str = "") -> str:
        deal = f"/crm/v4/objects/deals/{self.deal}/associations"
        return f"{deal}/{how}contacts/{self.people[name]}"

    def join(self, name: str, *kinds: dict[str, Any]) -> None:
        if kinds:
            self.outside.hubspot("PUT", self._pair(name), list(kinds))
        else:
            self.outside.hubspot("PUT", self._pair(name, "default/"))

    def leave(self, name: str) -> None:
        self.outside.hubspot("DELETE", self._pair(name))

    def label(self, words: str) -> dict[str, Any]:
        """A new association label; the type by which it is named."""
        body = {"label": words, "name": words.lower().replace(" ", "_")}
        made = self.outside.hubspot("POST", "/crm/v4/associations/deals/contacts/labels", body)
        number = made["results"][0]["typeId"]
        return {"associationCategory": "USER_DEFINED", "associationTypeId": number}

    def in_hubspot(self) -> dict[str, list[str]]:
        """Name -> labels."""
        known = {id_: name for name, id_ in self.people.items()}
        path = f"/crm/v4/objects/deals/{self.deal}/associations/contacts"
        return {
            known[str(one["toObjectId"])]: [
                kind["label"] for kind in one["associationTypes"] if kind["label"]
            ]
            for one in self.outside.hubspot("GET", path)["results"]
        }

    @property
    def opportunity(self) -> str:
        return dict(self.installation.links("deals"))[self.deal]

    def contact(self, name: str) -> str:
        return dict(self.installation.links("contacts"))[self.people[name]]

    def rows(self) -> dict[str, dict[str, Any]]:
        """Name -> the row of the role."""
        known = {self.contact(name): name for name in NAMES}
        soql = (
            "SELECT Id,ContactId,Role,IsPrimary FROM OpportunityContactRole"
            f" WHERE OpportunityId = '{self.opportunity}'"
        )
        return {known[row["ContactId"]]: row for row in self.outside.query(soql)}

    def in_salesforce(self) -> dict[str, str | None]:
        return {name: row["Role"] for name, row in self.rows().items()}

    def give(self, name: str, **values: Any) -> None:
        body = {"OpportunityId": self.opportunity, "ContactId": self.contact(name), **values}
        self.outside.salesforce("POST", "sobjects/OpportunityContactRole", body)

    def rests(self) -> bool:
        """Whether the second run from now has nothing to do, and none of them writes."""
        self.installation.sandbox.forget_calls()
        states = [self.sync(), self.sync()]
        calls = self.installation.sandbox.calls()
        writes = [calls[system]["writes"] for system in ("hubspot", "salesforce")]
        return states[1] == "nothing_to_do" and writes == [0, 0]


@pytest.fixture
def world(installation: Installation) -> World:
    return World(installation)


@pytest.fixture
def labelled(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the mapping name HubSpot's labels for roles."""

    def state(**values: str) -> None:
        mappings = dict(load_all())
        deals = mappings["deals"]
        fields = (
            replace(one, values=values) if one.name == "people" else one for one in deals.fields
        )
        mappings["deals"] = replace(deals, fields=tuple(fields))
        monkeypatch.setattr(Workshop, "mappings", mappings)

    return state


def test_additions_on_both_sides_are_kept_and_removals_travel(world: World) -> None:
    assert world.in_salesforce() == {"ada": None}
    assert world.rests()
    world.join("joan")
    world.give("mary", Role="Evaluator", IsPrimary=True)
    world.sync()
    assert world.in_hubspot().keys() == {"ada", "mary", "joan"}
    assert world.in_salesforce() == {"ada": None, "mary": "Evaluator", "joan": None}
    assert world.rests()
    world.leave("joan")
    row = world.rows()["ada"]["Id"]
    world.outside.salesforce("DELETE", f"sobjects/OpportunityContactRole/{row}")
    world.sync()
    assert world.in_hubspot().keys() == {"mary"}
    assert world.in_salesforce() == {"mary": "Evaluator"}
    assert world.rests()


def test_a_row_keeps_its_id_its_name_and_its_primary_mark(world: World) -> None:
    row = world.rows()["ada"]["Id"]
    body = {"Role": "Decision Maker", "IsPrimary": True}
    world.outside.salesforce("PATCH", f"sobjects/OpportunityContactRole/{row}", body)
    world.sync()
    world.join("mary")
    path = f"/crm/v3/objects/deals/{world.deal}"
    world.outside.hubspot("PATCH", path, {"properties": {"dealname": "Another loom"}})
    world.sync()
    kept = world.rows()["ada"]
    assert (kept["Id"], kept["Role"], kept["IsPrimary"]) == (row, "Decision Maker", True)
    assert world.in_salesforce() == {"ada": "Decision Maker", "mary": None}
    assert world.rests()


def test_names_and_labels_follow_each_other(world: World, labelled: Callable[..., None]) -> None:
    decider, other = world.label("Decider"), world.label("Friend of the house")
    labelled(Decider="Decision Maker")
    row = world.rows()["ada"]["Id"]
    world.join("ada", other)
    body = {"Role": "Decision Maker"}
    world.outside.salesforce("PATCH", f"sobjects/OpportunityContactRole/{row}", body)
    world.sync()
    assert sorted(world.in_hubspot()["ada"]) == ["Decider", "Friend of the house"]
    assert world.rests()
    world.join("mary", decider)
    body = {"Role": "Evaluator"}
    world.outside.salesforce("PATCH", f"sobjects/OpportunityContactRole/{row}", body)
    world.sync()
    assert world.in_salesforce() == {"ada": "Evaluator", "mary": "Decision Maker"}
    assert world.in_hubspot() == {"ada": ["Friend of the house"], "mary": ["Decider"]}
    assert world.rows()["ada"]["Id"] == row
    assert world.rests()


def test_a_label_that_hubspot_has_not_is_told_and_the_rest_goes_on(
    world: World, labelled: Callable[..., None]
) -> None:
    labelled(Decider="Decision Maker")
    world.give("mary", Role="Decision Maker")
    world.sync()
    held = world.installation.held("deals")
    assert held == {("salesforce", world.opportunity): {"accepted_by_hubspot"}}

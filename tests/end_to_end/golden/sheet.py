"""The golden sheet: scenarios in YAML, all of them lived through in one world, by the same runs.

Each scenario is one pair of records. Its edits go through the public APIs beside everybody else's,
a minute apart; what it ends with is read from both CRMs and from the state store's tables. That is
cheap, and it shows that no record's trouble is another's.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.end_to_end.driver.crms import Crms
from tests.end_to_end.driver.ledger import Ledger

FOLDER = Path(__file__).parent
LIST = "lists/Salesforce%20inclusion%20list/members"
SYSTEMS = ("hubspot", "salesforce")
KINDS = {"contacts": "Contact", "companies": "Account", "deals": "Opportunity"}


def scenarios() -> list[dict[str, Any]]:
    """Every scenario of every file."""
    files = sorted(FOLDER.glob("*.yaml"))
    return [one for path in files for one in yaml.safe_load(path.read_text())]


@dataclass(slots=True)
class Life:
    """One scenario, and the records that live through it."""

    told: dict[str, Any]
    number: int
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def object_type(self) -> str:
        return str(self.told.get("object", "contacts"))

    @property
    def kind(self) -> str:
        return str(self.told.get("kind", KINDS[self.object_type]))

    def start(self, crms: Crms) -> None:
        """Make the records in the order of the file."""
        for system in self.told["start"]:
            body = {**self._given(system), **(self.told["start"][system] or {})}
            body = {name: value for name, value in body.items() if value not in (None, "")}
            if system == "hubspot":
                path = f"/crm/v3/objects/{self.object_type}"
                self.ids[system] = crms.hubspot("POST", path, {"properties": body})["id"]
                self._list(crms)
            else:
                self.ids[system] = crms.salesforce("POST", f"sobjects/{self.kind}", body)["id"]
            crms.control("POST", "clock", {"advance_seconds": 2})

    def _given(self, system: str) -> dict[str, Any]:
        """What every contact of the sheet has."""
        if self.object_type != "contacts":
            return {}
        email = self.told.get("email", f"golden{self.number}@example.com")
        lastname = self.told.get("lastname", f"Golden{self.number}")
        if system == "hubspot":
            return {"email": email, "lastname": lastname}
        return {"Email": email, "LastName": lastname}

    def _list(self, crms: Crms) -> None:
        if self.object_type == "contacts" and self.told.get("listed", True):
            crms.control("PUT", LIST, {"add": [self.ids["hubspot"]]})

    def meet(self, ledger: Ledger, crms: Crms) -> None:
        """Learn the id of a counterpart that a run has made."""
        for link in ledger.links(self.object_type):
            both = {"hubspot": link.hubspot_id, "salesforce": link.salesforce_id}
            if any(self.ids.get(system) == both[system] for system in SYSTEMS):
                new = "hubspot" not in self.ids
                self.ids |= both
                if new:
                    self._list(crms)

    def act(self, step: dict[str, Any], crms: Crms) -> None:
        """One thing that somebody does."""
        for what, told in step.items():
            if what == "hubspot":
                path = f"/crm/v3/objects/{self.object_type}/{self.ids[what]}"
                crms.hubspot("PATCH", path, {"properties": told})
            elif what == "salesforce":
                crms.salesforce("PATCH", f"sobjects/{self.kind}/{self.ids[what]}", told)
            elif what in ("joins", "leaves"):
                verb = {"joins": "add", "leaves": "remove"}[what]
                crms.control("PUT", LIST, {verb: [self.ids["hubspot"]]})
            elif what == "restored":
                crms.control("POST", "salesforce/undelete", {"id": self.ids["salesforce"]})
            elif told == "hubspot":
                path = f"/crm/v3/objects/{self.object_type}/{self.ids[told]}"
                crms.hubspot("DELETE", path)
            else:
                crms.salesforce("DELETE", f"sobjects/{self.kind}/{self.ids[told]}")

    def ended(self, crms: Crms, ledger: Ledger) -> dict[str, Any]:
        """What became of it, in the words of the sheet."""
        found: dict[str, Any] = {"ends": {}, "gone": []}
        for system in SYSTEMS:
            names = list(self.told.get("ends", {}).get(system, ()))
            record = self._read(system, names, crms)
            if record is None:
                found["gone"] += [system] if system in self.ids else []
            elif names:
                found["ends"][system] = {name: record.get(name) for name in names}
        mine = [(system, self.ids[system]) for system in self.ids]
        rows = [
            row
            for row in ledger.held(self.object_type)
            if (row["system"], row["record_id"]) in mine
        ]
        found["held"] = sorted({row["criterion"] for row in rows})
        found["conflicts"] = {
            row["field"]: row["winner"]
            for row in ledger.conflicts(0)
            if row["object_type"] == self.object_type
            and row["hubspot_id"] == self.ids.get("hubspot")
            and row["committed"]
        }
        found["journal"] = [
            row["before"]
            for row in ledger.changes(0)
            if row["object_type"] == self.object_type
            and (row["system"], row["record_id"]) in mine
            and row["verb"] == "update"
            and row["before"] is not None
        ]
        return found

    def _read(self, system: str, names: list[str], crms: Crms) -> dict[str, Any] | None:
        if system not in self.ids:
            return None
        if system == "salesforce":
            columns = ",".join(["Id", *names])
            rows = crms.query(f"SELECT {columns} FROM {self.kind} WHERE Id = '{self.ids[system]}'")
            return rows[0] if rows else None
        body = {"inputs": [{"id": self.ids[system]}], "properties": names}
        told = crms.hubspot("POST", f"/crm/v3/objects/{self.object_type}/batch/read", body)
        return dict(told["results"][0]["properties"]) if told["results"] else None


def steps(lives: list[Life], part: str) -> Iterator[list[tuple[Life, dict[str, Any]]]]:
    """The first step of every scenario, then the second of those that have one..."""
    longest = max(len(life.told.get(part, ())) for life in lives)
    for at in range(longest):
        yield [(life, life.told[part][at]) for life in lives if len(life.told.get(part, ())) > at]


def as_text(found: Any) -> str:
    """For whoever reads why a scenario failed."""
    return json.dumps(found, indent=1, ensure_ascii=False)

"""What people do to both CRMs between runs: create, edit, clear, move, join, leave, delete.

Everything goes through the public APIs, one call at a time, with the clock going on in between.
What a CRM declines did not happen. The diary tells, in words, what was done: it is printed when a
history fails.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.end_to_end.driver.crms import WITNESS_HERE, WITNESS_THERE, Crms, Declined, Picture, Seen
from tests.end_to_end.driver.families import Family, enter
from tests.end_to_end.driver.hostile import value
from tests.end_to_end.driver.mapping import Field, Mapped
from tests.end_to_end.driver.upheavals import upheave

OWNERS_HERE = ("81", "82", "83", "84", "91", "93")
OWNERS_THERE = ("Amara", "Bruno", "Chloe", "Jonas", "Kim")
SYSTEMS = ("hubspot", "salesforce")
LIST = "lists/Salesforce%20inclusion%20list/members"


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody put into a mapped field."""

    system: str
    kind: str
    id: str
    field: Field
    value: str | None


@dataclass(slots=True)
class People:
    """Whoever edits, and how wild they are."""

    crms: Crms
    mappings: dict[str, Mapped]
    dice: Random
    users: dict[str, str] = field(default_factory=dict)
    """First name -> Salesforce user id."""
    diary: list[str] = field(default_factory=list)
    serial: int = 0
    edits: list["Edit"] = field(default_factory=list)
    """Every edit of a mapped field, in order."""
    families: list[Family] = field(default_factory=list)
    """Companies that were entered in both systems, with one new person in each."""
    deleted: list[str] = field(default_factory=list)
    """Records in Salesforce's Recycle Bin that nobody has brought back."""

    def meet(self) -> None:
        """Learn who works there."""
        self.users = {
            row["FirstName"]: row["Id"] for row in self.crms.query("SELECT Id, FirstName FROM User")
        }

    def found(self, many: int) -> None:
        """A first world: companies with contacts and deals, some on one side, some on both."""
        for _ in range(many):
            self._create("companies", self.dice.choice(("hubspot", "salesforce")))
        self._family({})
        for _ in range(many * 3):
            self._create("contacts", self.dice.choice(("hubspot", "salesforce", "both")))
        for _ in range(many * 2):
            self._create("deals", self.dice.choice(("hubspot", "salesforce")))

    def busy(self, edits: int) -> None:
        """So many edits, with a picture taken before the first."""
        pictures = {name: self.crms.picture(one) for name, one in self.mappings.items()}
        for _ in range(edits):
            self.one(pictures)

    def edit(self, pictures: dict[str, Picture]) -> None:
        """One edit of a record's fields, a moment after the last."""
        self.crms.control("POST", "clock", {"advance_seconds": 1})
        try:
            self._edit(pictures)
        except Declined as why:
            self.diary.append(f"  (declined: {str(why)[:160]})")

    def one(self, pictures: dict[str, Picture]) -> None:
        if self.dice.random() < 0.3:
            self.crms.control("POST", "clock", {"advance_seconds": self.dice.randint(1, 90)})
        throw = self.dice.random()
        try:
            if throw < 0.86:
                self._edit(pictures)
            elif throw < 0.90:
                name = self.dice.choice([*self.mappings])
                self._create(name, self.dice.choice(("hubspot", "salesforce")))
            else:
                self.dice.choice(
                    (
                        *(self._listed, self._moved, self._owned, self._touched, self._deleted),
                        *(self._family, self._upheaved, self._moved),
                    )
                )(pictures)
        except Declined as why:
            self.diary.append(f"  (declined: {str(why)[:160]})")

    def _edit(self, pictures: dict[str, Picture]) -> None:
        name = self.dice.choice([*self.mappings])
        system = self.dice.choice(("hubspot", "salesforce"))
        mapped, records = self.mappings[name], getattr(pictures[name], system)
        if not records:
            return
        record = records[self.dice.choice(sorted(records))]
        kinds = mapped.kinds if system == "hubspot" else (record.kind,)
        able = [
            one
            for one in mapped.fields
            if one.type not in ("parent", "owner") and set(kinds) & set(one.salesforce)
        ]
        able = [one for one in able if one.hubspot != "hs_email_optout" and one.name != "email"] + [
            one for one in able if one.name == "email" and self.dice.random() < 0.1
        ]
        some = self.dice.sample(able, self.dice.randint(1, 3))
        self.serial += 1
        told = {one: value(one, system, self.dice, self.serial) for one in some}
        self.set(record, system, told)

    def set(self, record: Seen, system: str, told: dict[Field, str | None]) -> None:
        if system == "hubspot":
            body: dict[str, Any] = {one.hubspot: text or "" for one, text in told.items()}
            self.crms.hubspot(
                "PATCH", f"/crm/v3/objects/{record.kind}/{record.id}", {"properties": body}
            )
        else:
            body = {one.salesforce[record.kind]: wire(one, text) for one, text in told.items()}
            self.crms.salesforce("PATCH", f"sobjects/{record.kind}/{record.id}", body)
        self.diary.append(f"{system} {record.kind} {record.id} <- {body}")
        self.edits += [Edit(system, record.kind, record.id, *one) for one in told.items()]

    def _create(self, name: str, where: str) -> None:
        self.serial += 1
        mapped = self.mappings[name]
        mail = f"n{self.serial}@example.com"
        for system in ("hubspot", "salesforce"):
            if where not in (system, "both"):
                continue
            try:
                self._create_in(system, mapped, mail)
            except Declined as why:
                self.diary.append(f"  (create declined: {str(why)[:160]})")

    def _create_in(self, system: str, mapped: Mapped, mail: str) -> None:
        kind = self.dice.choice(mapped.kinds)
        fields = [
            one
            for one in mapped.fields
            if one.type not in ("parent", "owner")
            and one.hubspot != "hs_email_optout"
            and kind in one.salesforce
        ]
        chosen = [
            one
            for one in fields
            if one.required or one.name == "company" or self.dice.random() < 0.4
        ]
        told = {
            one: value(one, system, self.dice, self.serial) or f"{one.name} {self.serial}"
            for one in chosen
            if one.name != "email"
        }
        told = {
            one: text
            for one, text in told.items()
            if one.type in ("string", "text", "phone") or text != f"{one.name} {self.serial}"
        }
        told |= {one: mail for one in fields if one.name == "email" and self.dice.random() < 0.95}
        if system == "hubspot":
            body: dict[str, Any] = {one.hubspot: text for one, text in told.items()}
            made = self.crms.hubspot(
                "POST", f"/crm/v3/objects/{mapped.object_type}", {"properties": body}
            )["id"]
            if mapped.object_type == "contacts" and self.dice.random() < 0.9:
                self.crms.control("PUT", LIST, {"add": [made]})
        else:
            body = {one.salesforce[kind]: wire(one, text) for one, text in told.items()}
            made = self.crms.salesforce("POST", f"sobjects/{kind}", body)["id"]
        self.diary.append(f"{system} new {kind} {made} {body}")
        self._settle_in(system, mapped, kind, made)

    def _family(self, _pictures: dict[str, Picture]) -> None:
        self.serial += 1
        try:
            one = enter(self.crms, self.dice, self.serial)
        except Declined as why:
            self.diary.append(f"  (family declined: {str(why)[:160]})")
            return
        self.families.append(one)
        self.diary.append(f"family {one}")

    def _settle_in(self, system: str, mapped: Mapped, kind: str, made: str) -> None:
        """Half of what is new belongs to a company."""
        if mapped.object_type == "companies" or kind == "Lead" or self.dice.random() < 0.4:
            return
        kin = {id_ for one in self.families for id_ in (one.company, one.account)}
        companies = getattr(self.crms.picture(self.mappings["companies"]), system).keys() - kin
        if companies:
            self._move(system, mapped.object_type, kind, made, self.dice.choice(sorted(companies)))

    def _move(self, system: str, name: str, kind: str, id_: str, company: str) -> None:
        if system == "hubspot":
            number = {"contacts": 1, "deals": 5}[name]
            spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number}]
            self.crms.hubspot(
                "PUT", f"/crm/v4/objects/{name}/{id_}/associations/companies/{company}", spec
            )
        else:
            self.crms.salesforce("PATCH", f"sobjects/{kind}/{id_}", {"AccountId": company})
        self.diary.append(f"{system} {name} {id_} belongs to {company}")

    def _moved(self, pictures: dict[str, Picture]) -> None:
        """A child gets another company, or none."""
        name, system = (self.dice.choice(some) for some in (("contacts", "deals"), SYSTEMS))
        records = [one for one in getattr(pictures[name], system).values() if one.kind != "Lead"]
        companies = sorted(getattr(pictures["companies"], system))
        if not records or not companies:
            return
        record = self.dice.choice(records)
        if self.dice.random() < 0.2:
            self._part(system, name, record)
        else:
            self._move(system, name, record.kind, record.id, self.dice.choice(companies))

    def _part(self, system: str, name: str, record: Seen) -> None:
        if record.parent is None:
            return
        if system == "hubspot":
            path = f"/crm/v4/objects/{name}/{record.id}/associations/companies/{record.parent}"
            self.crms.hubspot("DELETE", path)
        else:
            path = f"sobjects/{record.kind}/{record.id}"
            self.crms.salesforce("PATCH", path, {"AccountId": None})
        self.diary.append(f"{system} {name} {record.id} leaves {record.parent}")

    def _upheaved(self, pictures: dict[str, Picture]) -> None:
        told = upheave(self.crms, self.dice, pictures, self.deleted)
        if told:
            self.diary.append(told)

    def _owned(self, pictures: dict[str, Picture]) -> None:
        name = self.dice.choice([*self.mappings])
        system = self.dice.choice(("hubspot", "salesforce"))
        records = getattr(pictures[name], system)
        if not records:
            return
        record = records[self.dice.choice(sorted(records))]
        if system == "hubspot":
            owner = self.dice.choice(("", *OWNERS_HERE))
            body = {"properties": {"hubspot_owner_id": owner}}
            self.crms.hubspot("PATCH", f"/crm/v3/objects/{name}/{record.id}", body)
        else:
            owner = self.users[self.dice.choice(OWNERS_THERE)]
            self.crms.salesforce("PATCH", f"sobjects/{record.kind}/{record.id}", {"OwnerId": owner})
        self.diary.append(f"{system} {name} {record.id} owned by {owner}")

    def _listed(self, pictures: dict[str, Picture]) -> None:
        contacts = sorted(pictures["contacts"].hubspot)
        if contacts:
            who = self.dice.choice(contacts)
            what = "add" if self.dice.random() < 0.7 else "remove"
            self.crms.control("PUT", LIST, {what: [who]})
            self.diary.append(f"inclusion list: {what} {who}")

    def _touched(self, pictures: dict[str, Picture]) -> None:
        """A field that nobody mapped."""
        name = self.dice.choice([*self.mappings])
        system = self.dice.choice(("hubspot", "salesforce"))
        records = getattr(pictures[name], system)
        if not records:
            return
        record, text = records[self.dice.choice(sorted(records))], f"mine {self.serial}"
        if system == "hubspot":
            body = {"properties": {WITNESS_HERE[name][0]: text}}
            self.crms.hubspot("PATCH", f"/crm/v3/objects/{name}/{record.id}", body)
        else:
            self.crms.salesforce(
                "PATCH",
                f"sobjects/{record.kind}/{record.id}",
                {WITNESS_THERE[record.kind][0]: text},
            )
        self.diary.append(f"{system} {name} {record.id} unmapped field <- {text}")

    def _deleted(self, pictures: dict[str, Picture]) -> None:
        if self.dice.random() < 0.5:
            return
        name = self.dice.choice(("contacts", "deals"))
        system = self.dice.choice(("hubspot", "salesforce"))
        records = getattr(pictures[name], system)
        if not records:
            return
        record = records[self.dice.choice(sorted(records))]
        if system == "hubspot":
            self.crms.hubspot("DELETE", f"/crm/v3/objects/{name}/{record.id}")
        else:
            self.crms.salesforce("DELETE", f"sobjects/{record.kind}/{record.id}")
            self.deleted.append(record.id)
        self.diary.append(f"{system} {record.kind} {record.id} deleted")


def wire(one: Field, text: str | None) -> Any:
    """A typed value as somebody types it into Salesforce."""
    if text is None:
        return False if one.type == "boolean" else None
    convert: Callable[[str], Any] = {"boolean": "true".__eq__, "number": _number}.get(one.type, str)
    return convert(text)


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text

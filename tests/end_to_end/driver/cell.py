"""One field of one pair, before a sync and after it: what each system says, in one spelling."""

from dataclasses import dataclass

from tests.end_to_end.driver.crms import Seen
from tests.end_to_end.driver.ledger import Link
from tests.end_to_end.driver.mapping import Field, Mapped
from tests.end_to_end.driver.spelling import Words, meaning


@dataclass(frozen=True, slots=True)
class Cell:
    """What was, what is, and what both systems held when they last agreed."""

    mapped: Mapped
    field: Field
    link: Link
    base: str | None
    was_here: str | None
    was_there: str | None
    here: str | None
    there: str | None
    base_there: str | None = None
    """Of owners, who may stay apart: whom Salesforce had when HubSpot had `base`."""
    newest: str = "salesforce"
    """The system whose value was set last, or `either` where nobody can tell."""
    first: bool = False
    """Whether the two were linked by this sync."""

    def __str__(self) -> str:
        pair = f"{self.mapped.object_type} {self.link.hubspot_id}/{self.link.salesforce_id}"
        said = f"base {self.base!r}, before {self.was_here!r} / {self.was_there!r}"
        now = f"after {self.here!r} / {self.there!r}, newest {self.newest}"
        return f"{pair} {self.field.name} ({self.field.type}, {self.field.rule}): {said}, {now}"


def said_by(seen: Seen | None, one: Field, system: str, words: Words) -> str | None:
    """What a record says in a mapped field; None where there is no record, or no such field."""
    if seen is None or (system == "salesforce" and seen.kind not in one.salesforce):
        return None
    if one.type == "parent":
        return meaning(seen.parent, one, system, seen.kind, words)
    name = one.hubspot if system == "hubspot" else one.salesforce[seen.kind]
    return meaning(seen.raw.get(name), one, system, seen.kind, words)

"""Values only one record of a type may hold: a contact's e-mails, and unique properties.

E-mails compare without regard to case, and a contact's additional ones count like the first.
"""

from collections.abc import Iterable, Mapping

from include.sandbox.hubspot.blocked import Blocked
from include.sandbox.hubspot.failures import (
    VALIDATION,
    Failure,
    Problem,
    bad_request,
    conflict,
    invalid_values,
)
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.records import Key, Records
from include.sandbox.hubspot.schema import Schema

MORE_MAILS = "hs_additional_emails"


def keys(kind: ObjectType, unique: Iterable[str], properties: Mapping[str, str]) -> list[Key]:
    """What a record with these properties holds alone."""
    held = [(name, properties[name]) for name in unique if name in properties]
    if kind.name == "contacts":
        held += [("email", mail) for mail in mails(properties)]
    return held


def mails(properties: Mapping[str, str]) -> list[str]:
    """Every e-mail of a contact, folded, the first one first."""
    listed = [properties.get("email", ""), *properties.get(MORE_MAILS, "").split(";")]
    return list(dict.fromkeys(mail.strip().lower() for mail in listed if mail.strip()))


def swap_mails(before: Mapping[str, str], after: dict[str, str]) -> None:
    """When an additional e-mail becomes the first, the old first one becomes additional."""
    new, old = after.get("email"), before.get("email")
    more = [mail for mail in after.get(MORE_MAILS, "").split(";") if mail]
    if new and new != old and new in more:
        rest = [mail for mail in more if mail != new] + ([old] if old else [])
        after[MORE_MAILS] = ";".join(rest)
        if not rest:
            del after[MORE_MAILS]


class Uniqueness:
    """Finds records by what they alone hold, and refuses a second holder."""

    def __init__(self, schema: Schema, records: Records, blocked: Blocked) -> None:
        self._schema = schema
        self._records = records
        self._blocked = blocked

    def finds_by(self, kind: ObjectType, name: str) -> None:
        """Refuse a property that does not identify a record."""
        if name in self._schema.unique(kind.name) or (kind.name, name) == ("contacts", "email"):
            return
        raise bad_request(
            f"The property {name} is not a unique property of {kind.name}; "
            "idProperty has to be one with unique values",
            propertyName=[name],
        )

    def find(self, kind: ObjectType, name: str, values: Iterable[str]) -> dict[str, int]:
        """For each value as told: the record that holds it."""
        told = {value: value.strip().lower() if name == "email" else value for value in values}
        held = self._records.holders(kind.name, name, list(dict.fromkeys(told.values())))
        return {value: held[folded] for value, folded in told.items() if folded in held}

    def claim(self, kind: ObjectType, id_: int | None, properties: Mapping[str, str]) -> list[Key]:
        """What the record will hold; raises Failure when somebody else holds some of it."""
        wanted = keys(kind, self._schema.unique(kind.name), properties)
        mail = self._blocked.first(value for name, value in wanted if name == "email")
        if mail is not None:
            message = f"Email address {mail} was deleted for privacy and is on the block list"
            raise invalid_values([Problem("email", "INVALID_EMAIL", message)])
        for name, value in wanted:
            holder = self._records.holders(kind.name, name, [value]).get(value)
            if holder is None or holder == id_:
                continue
            if name == "email":
                raise conflict("Contact", holder)
            raise _taken(kind, name, value, id_, holder)
        return wanted


def _taken(kind: ObjectType, name: str, value: str, id_: int | None, holder: int) -> Failure:
    what = (
        f"Cannot set PropertyValueCoordinates{{portalId=4242, objectTypeId={kind.id}, "
        f"propertyName={name}, value={value}}} on {id_ or 'a new record'}. "
        f"{holder} already has that value."
    )
    return Failure(
        400,
        VALIDATION,
        what,
        errors=[
            {
                "message": what,
                "code": "CONFLICTING_UNIQUE_VALUE",
                "context": {"propertyName": [name]},
            }
        ],
    )

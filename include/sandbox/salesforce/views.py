"""A stored row as the JSON a client reads outside of queries."""

from collections.abc import Iterable
from typing import Any

from include.sandbox.salesforce.schema import Field, SObject
from include.sandbox.salesforce.store import Row


def view(kind: SObject, row: Row, fields: Iterable[Field], base: str) -> dict[str, Any]:
    """A record with its attributes; `base` is the address of this API version."""
    url = f"{base}/sobjects/{kind.name}/{row['Id']}"
    made: dict[str, Any] = {"attributes": {"type": kind.name, "url": url}}
    for field in fields:
        made[field.name] = shown(kind, field, row)
    return made


def shown(kind: SObject, field: Field, row: Row) -> Any:
    """One value of a row; an address is made of its parts."""
    if field.type == "address":
        parts = {
            part_name(one.name, field.name): row.get(one.name) for one in kind.parts_of(field.name)
        }
        filled = any(value is not None for value in parts.values())
        return dict(sorted(parts.items())) if filled else None
    value = row.get(field.name)
    return bool(value) if field.type == "boolean" and value is not None else value


def part_name(part: str, compound: str) -> str:
    """MailingPostalCode, a part of MailingAddress, is its postalCode."""
    bare = part.removeprefix(compound.removesuffix("Address"))
    return bare[0].lower() + bare[1:]

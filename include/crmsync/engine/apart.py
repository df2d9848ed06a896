"""Fields in which a pair is apart and known to be: the base knows what either system held.

An owner that the other system cannot have is left as it is in both; and when a sync run is taken
back, the system it wrote to holds its old value again, while the other keeps the one that had
travelled. Neither is an edit. So the base holds Salesforce's value under the field's name and
HubSpot's beside it. Whichever changes after that is a change, and travels if it can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from include.crmsync.engine import roles
from include.crmsync.engine.merge_frames import Mask
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System, Value

SUFFIX = "@hubspot"
"""No mapped field can have a name that ends like this."""

BLANK = ""
"""What stands beside where HubSpot held a blank, since None says that the two are together."""


def beside(name: str) -> str:
    """The base's own name for what HubSpot held of a field, where the two were apart."""
    return f"{name}{SUFFIX}"


def is_apart(base: Mapping[str, Value], name: str) -> bool:
    """Whether the base knows a field apart."""
    return base.get(beside(name)) is not None


def base_in(base: Mapping[str, Value], field: FieldMapping, system: System) -> Value:
    """What one system held of a field after the last sync."""
    return _held(base, field.name, system)


def _held(base: Mapping[str, Value], name: str, system: System) -> Value:
    if system is System.HUBSPOT and is_apart(base, name):
        return base[beside(name)] or None
    return base.get(name)


def said(value: Value, field: FieldMapping, system: System) -> Value:
    """A base value as the system can hold it: HubSpot has labels for some names of roles only."""
    return roles.as_said(value, field, system) if field.type is FieldType.ROLES else value


@dataclass(frozen=True, slots=True)
class Seen:
    """The base and HubSpot's column of one field, as the merge is to see them."""

    base: NDArray[np.object_]
    hubspot: NDArray[np.object_]
    stirred: Mask
    """Where the two were known to be apart, and either has moved."""


def seen(
    base: NDArray[np.object_],
    held: Mapping[System, NDArray[np.object_]],
    links: Sequence[Link],
    field: FieldMapping,
) -> Seen:
    """Tell what has moved from what is merely apart.

    Where neither has moved, HubSpot is seen to hold what Salesforce does. Where one has, the other
    holds what it did, and its own value is the base of the merge.
    """
    hubspot, salesforce = held[System.HUBSPOT], held[System.SALESFORCE]
    stirred = np.zeros(len(hubspot), dtype=bool)
    name = beside(field.name)
    known = [row for row, link in enumerate(links) if link.base and link.base.get(name) is not None]
    if not known:
        return Seen(base, hubspot, stirred)
    base, hubspot = base.copy(), hubspot.copy()
    for row in known:
        ours = base_in(links[row].base or {}, field, System.HUBSPOT)
        if hubspot[row] != said(ours, field, System.HUBSPOT):
            stirred[row] = True
        elif salesforce[row] == base[row]:
            hubspot[row] = said(base[row], field, System.HUBSPOT)
        else:
            base[row], stirred[row] = ours, True
    return Seen(base, hubspot, stirred)


def agreed(
    name: str, hubspot: Value, salesforce: Value, base: Mapping[str, Value]
) -> dict[str, Value]:
    """What becomes the base: Salesforce's owner, and HubSpot's where it is another one."""
    if hubspot is not None and hubspot != salesforce:
        return {name: salesforce, beside(name): hubspot}
    return together(name, salesforce, base)


def together(name: str, value: Value, base: Mapping[str, Value]) -> dict[str, Value]:
    """What becomes the base where both systems hold one value."""
    return {name: value} | ({beside(name): None} if is_apart(base, name) else {})


def moved_in(
    system: System, name: str, value: Value, base: Mapping[str, Value]
) -> dict[str, Value]:
    """What becomes the base where one system holds a value now, and the other what it held."""
    held = {one: _held(base, name, one) for one in System} | {system: value}
    hubspot, salesforce = held[System.HUBSPOT], held[System.SALESFORCE]
    if hubspot == salesforce:
        return together(name, value, base)
    return {name: salesforce, beside(name): BLANK if hubspot is None else hubspot}

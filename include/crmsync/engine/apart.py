"""An owner that the other system cannot have: both keep their own, and the base knows both.

A queue owns in Salesforce only, and a person who has no user there owns in HubSpot only. Such a
pair is apart for good, which is no edit: the base holds Salesforce's owner under the field's name
and HubSpot's beside it. Whichever changes after that is a change, and travels if it can.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System, Value

SUFFIX = "@hubspot"
"""No mapped field can have a name that ends like this."""


def beside(name: str) -> str:
    """The base's own name for what HubSpot held of a field, where the two were apart."""
    return f"{name}{SUFFIX}"


def base_in(base: Mapping[str, Value], field: FieldMapping, system: System) -> Value:
    """What one system held of a field after the last sync."""
    if system is System.HUBSPOT and field.type is FieldType.OWNER:
        return base.get(beside(field.name)) or base.get(field.name)
    return base.get(field.name)


def unmoved(
    hubspot: NDArray[np.object_],
    base: NDArray[np.object_],
    links: Sequence[Link],
    name: str,
) -> NDArray[np.object_]:
    """HubSpot's owners, with the base's in place of those that were apart and have not moved."""
    known = np.empty(len(links), dtype=object)
    known[:] = [(link.base or {}).get(beside(name)) for link in links]
    found: NDArray[np.object_] = np.where(pd.notna(known) & (hubspot == known), base, hubspot)
    return found


def agreed(
    name: str, hubspot: Value, salesforce: Value, base: Mapping[str, Value]
) -> dict[str, Value]:
    """What becomes the base: Salesforce's owner, and HubSpot's where it is another one."""
    if hubspot is not None and hubspot != salesforce:
        return {name: salesforce, beside(name): hubspot}
    together: dict[str, Value] = {beside(name): None} if base.get(beside(name)) else {}
    return {name: salesforce, **together}

"""Both records of a link in; where they differ, and why, out.

Not the merge over again: an audit that decided as the plan does would share its mistakes. It
asks one thing of each mapped field, whether both systems hold the same, and looks for a reason
only where they do not. A reason has to be known beforehand: held, paused, waiting, edited since,
bounced. A base is looked at last, only to say who moved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from include.crmsync.engine.directory import Directory
from include.crmsync.engine.transform import values_of
from include.crmsync.model.drift import Cause, Difference
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import Record, System, Value
from include.crmsync.model.rule import SyncRule

Key = tuple[System, str]
"""A record of the object type."""


@dataclass(frozen=True, slots=True)
class Known:
    """What may explain a difference."""

    held: Mapping[Key, frozenset[str | None]] = field(default_factory=dict)
    """Held record -> the fields of it that are, None for the record as a whole."""
    waiting: frozenset[Key] = frozenset()
    """Records that the next run reads again, changed or not."""
    listed: frozenset[str] | None = None
    """HubSpot ids that may sync; None: no list gates this object type."""
    outside: frozenset[str] = frozenset()
    """Salesforce ids that the mapping's filter leaves out."""
    window: Mapping[System, datetime] = field(default_factory=dict)
    """From when on the next run reads what was modified."""


def differences(
    link: Link,
    records: Mapping[System, Record],
    mapping: ObjectMapping,
    directory: Directory,
    known: Known,
) -> list[Difference]:
    """Every mapped field in which a pair differs; or that one of its records is not there."""
    absent = [system for system in System if system not in records]
    whole = _of_the_pair(link, records, known)
    if absent:
        cause = whole or Cause.ABSENT
        return [_told(link, "", cause, str(absent[0]) if len(absent) == 1 else "both")]
    values = {system: values_of(record, mapping, directory) for system, record in records.items()}
    return list(_fields(link, values, mapping, directory, known, whole))


def _fields(
    link: Link,
    values: Mapping[System, Mapping[str, Value]],
    mapping: ObjectMapping,
    directory: Directory,
    known: Known,
    whole: Cause | None,
) -> Iterator[Difference]:
    ours, theirs = values[System.HUBSPOT], values[System.SALESFORCE]
    for one in mapping.fields:
        if not _travels(one) or one.name not in ours or one.name not in theirs:
            continue
        hubspot, salesforce = ours[one.name], theirs[one.name]
        if hubspot == salesforce:
            continue
        cause = whole or _of_the_field(link, one, (hubspot, salesforce), directory, known)
        base = (link.base or {}).get(one.name)
        moved = _moved(base, hubspot, salesforce)
        yield _told(link, one.name, cause, moved, (base, hubspot, salesforce))


def _travels(one: FieldMapping) -> bool:
    return one.rule is not SyncRule.DONT_SYNC and not one.only_new


def _of_the_pair(link: Link, records: Mapping[System, Record], known: Known) -> Cause | None:
    """What explains every difference of a pair, or None."""
    keys = [(system, link.id_in(system)) for system in System]
    is_there = System.HUBSPOT in records  # what is gone has left the list as well
    if is_there and known.listed is not None and link.hubspot_id not in known.listed:
        return Cause.PAUSED
    if link.salesforce_id in known.outside:
        return Cause.FILTERED
    if any(None in known.held.get(key, ()) for key in keys):
        return Cause.HELD
    if any(key in known.waiting for key in keys):
        return Cause.WAITING
    if any(_is_unread(record, link, known) for record in records.values()):
        return Cause.UNREAD
    return None


def _is_unread(record: Record, link: Link, known: Known) -> bool:
    """Whether the next run reads this version by itself.

    A version that is new to us and older than what the next run reads was missed.
    """
    judged, window = link.modified_in(record.system), known.window.get(record.system)
    if judged is not None and record.modified_at <= judged:
        return False
    return window is None or record.modified_at >= window


def _of_the_field(
    link: Link,
    one: FieldMapping,
    both: tuple[Value, Value],
    directory: Directory,
    known: Known,
) -> Cause:
    keys = [(system, link.id_in(system)) for system in System]
    if any(one.name in known.held.get(key, ()) for key in keys):
        return Cause.HELD
    if one.name in link.bounced and link.bounced[one.name] in both:
        return Cause.BOUNCED
    if one.type is FieldType.OWNER and _is_nobody_there(one, both, directory):
        return Cause.OWNER_UNKNOWN
    return Cause.DRIFT if one.name in (link.base or {}) else Cause.UNFILLED


def _is_nobody_there(one: FieldMapping, both: tuple[Value, Value], directory: Directory) -> bool:
    hubspot, salesforce = both
    if salesforce is not None and not directory.knows(salesforce, one, System.HUBSPOT):
        return True
    return hubspot is not None and not directory.knows(hubspot, one, System.SALESFORCE)


def _moved(base: Value, hubspot: Value, salesforce: Value) -> str:
    if base not in (hubspot, salesforce):
        return "both"
    return str(System.SALESFORCE if hubspot == base else System.HUBSPOT)


def _told(
    link: Link,
    name: str,
    cause: Cause,
    moved: str,
    values: tuple[Value, Value, Value] = (None, None, None),
) -> Difference:
    base, hubspot, salesforce = values
    return Difference(
        link_id=link.id or 0,
        hubspot_id=link.hubspot_id,
        salesforce_id=link.salesforce_id,
        field=name,
        cause=cause,
        moved=moved,
        base=base,
        hubspot=hubspot,
        salesforce=salesforce,
    )

"""Versions that look older than the one already judged: asked for once more, by id.

A search index that is late shows a version that is none any more, and a clock that was set back
gives an edit an older stamp than the version before it. Reading by id tells the two apart: it is
never late. It is a call for a hundred records, and only where there are such versions.
"""

from collections.abc import Mapping
from datetime import datetime

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record

Found = dict[str, Record]


def as_they_are(
    found: Found, judged: Mapping[str, datetime], mapping: ObjectMapping, gateway: Gateway
) -> Found:
    """The records that were found, those that look older than what was judged as they are now."""
    older = _older(found, judged)
    if not older:
        return found
    now = {one.id: one for one in gateway.read(mapping, sorted(older))}
    return {id_: now.get(id_, one) for id_, one in found.items() if id_ not in older or id_ in now}


def is_new(record: Record, judged: Mapping[str, datetime]) -> bool:
    """Whether this version was not judged yet, of a record as it is."""
    return record.id not in judged or record.modified_at != judged[record.id]


def _older(found: Found, judged: Mapping[str, datetime]) -> set[str]:
    return {id_ for id_, one in found.items() if id_ in judged and one.modified_at < judged[id_]}

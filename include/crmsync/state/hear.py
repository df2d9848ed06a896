"""Remembering a run that had nothing to do: how far it read, and which echoes it heard.

No base and no held record changes, and no link's version: a plan made on the link stays good.
Only the stamps move, forward, so that the same echo is not read as a change again.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Update, bindparam, or_, update

from include.crmsync.model.record import System
from include.crmsync.state import schema


def hear(
    connection: Connection,
    object_type: str,
    echoes: Mapping[System, Mapping[str, datetime]],
) -> None:
    """Move the judged stamps of linked records forward."""
    for system, stamps in echoes.items():
        mine = {"of_type": object_type}
        rows = [{"record": id_, "heard_at": at, **mine} for id_, at in stamps.items()]
        if rows:
            connection.execute(_heard(system), rows)


@cache
def _heard(system: System) -> Update:
    link = schema.link.c
    stamp = link[f"{system}_modified_at"]
    heard_at = bindparam("heard_at", type_=stamp.type)
    return (
        update(schema.link)
        .where(
            link.object_type == bindparam("of_type"),
            link[f"{system}_id"] == bindparam("record"),
            or_(stamp.is_(None), stamp < heard_at),
        )
        .values({stamp: heard_at})
    )

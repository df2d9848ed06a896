"""Remembering a run that had nothing to do: how far it read, and which echoes it heard.

No base and no held record changes, and no link's version: a plan made on the link stays good.
Only the stamps move, forward, so that the same echo is not read as a change again.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, update

from include.crmsync.model.record import System
from include.crmsync.state import schema


def hear(
    connection: Connection,
    object_type: str,
    echoes: Mapping[System, Mapping[str, datetime]],
) -> None:
    """Move the judged stamps of linked records forward."""
    for system, stamps in echoes.items():
        link = schema.link.c
        stamp = link[f"{system}_modified_at"]
        statement = (
            update(schema.link)
            .where(
                link.object_type == object_type,
                link[f"{system}_id"] == bindparam("record"),
                or_(stamp.is_(None), stamp < bindparam("heard_at", type_=stamp.type)),
            )
            .values({stamp: bindparam("heard_at", type_=stamp.type)})
        )
        rows = [{"record": id_, "heard_at": at} for id_, at in stamps.items()]
        if rows:
            connection.execute(statement, rows)

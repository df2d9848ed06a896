"""Whose e-mail it is: every record that any table remembers with an address.

A person who asks to be forgotten may never have been linked: then they are known as held, or by
what a run planned for them. An address is compared by a function, so that a caller who only has
its hash can ask as well.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, literal, or_, select

from include.crmsync.model.record import System
from include.crmsync.state import schema

Key = tuple[System, str]
Matches = Callable[[str], bool]


def records_of(
    connection: Connection, object_type: str, field: str, matches: Matches
) -> frozenset[Key]:
    """Records that are, or were, remembered with a matching value in a field."""
    asked = object_type, field, matches
    found = {
        *_linked(connection, *asked),
        *_held(connection, *asked),
        *_planned(connection, *asked),
        *_in_conflict(connection, *asked),
    }
    return frozenset(found)


def is_known(connection: Connection, object_type: str, system: System, record_id: str) -> bool:
    """Whether any table names a record."""
    action = schema.action.c
    named = [
        (schema.link.c[f"{system}_id"] == record_id,),
        *(
            (table.c.record_id == record_id, table.c.system == str(system))
            for table in (schema.held, schema.retry, schema.held_history)
        ),
        (
            or_(action.record_id == record_id, action.outcome_record_id == record_id),
            action.system == str(system),
        ),
        (action.origin_id == record_id, action.system == str(system.other)),
    ]
    tables = (schema.link, schema.held, schema.retry, schema.held_history, *[schema.action] * 2)
    return any(
        connection.execute(
            select(literal(1)).where(table.c.object_type == object_type, *conditions).limit(1)
        ).first()
        for table, conditions in zip(tables, named, strict=True)
    )


def _linked(
    connection: Connection, object_type: str, field: str, matches: Matches
) -> Iterator[Key]:
    table = schema.link.c
    query = select(table.hubspot_id, table.salesforce_id, table.base, table.bounced)
    for hubspot_id, salesforce_id, base, bounced in connection.execute(
        query.where(table.object_type == object_type)
    ):
        known = base or {}
        # Where HubSpot is known to hold another value, it stands beside Salesforce's.
        values = known.get(field), known.get(f"{field}@hubspot"), bounced.get(field)
        if any(value is not None and matches(value) for value in values):
            yield System.HUBSPOT, hubspot_id
            yield System.SALESFORCE, salesforce_id


def _held(connection: Connection, object_type: str, field: str, matches: Matches) -> Iterator[Key]:
    for table in (schema.held.c, schema.held_history.c):
        query = select(table.system, table.record_id, table.value).where(
            table.object_type == object_type, table.field == field, table.value.is_not(None)
        )
        for system, record_id, value in connection.execute(query):
            if matches(value):
                yield System(system), record_id


def _planned(
    connection: Connection, object_type: str, field: str, matches: Matches
) -> Iterator[Key]:
    action, change = schema.action, schema.change
    mine = (
        (change.c.sync_run == action.c.sync_run)
        & (change.c.object_type == action.c.object_type)
        & (change.c.attempt == action.c.attempt)
        & (change.c.action_id == action.c.id)
    )
    columns = action.c.system, action.c.record_id, action.c.outcome_record_id, action.c.origin_id
    query = select(*columns, change.c.before, change.c.after).join(change, mine)
    wanted = action.c.object_type == object_type, change.c.field == field
    for system, record_id, made, origin_id, *values in connection.execute(query.where(*wanted)):
        if any(value is not None and matches(value) for value in values):
            here = System(system)
            yield from ((here, id_) for id_ in (record_id, made) if id_)
            yield here.other, origin_id


def _in_conflict(
    connection: Connection, object_type: str, field: str, matches: Matches
) -> Iterator[Key]:
    table = schema.conflict.c
    columns = table.hubspot_id, table.salesforce_id, table.base, table.hubspot, table.salesforce
    wanted = table.object_type == object_type, table.field == field
    for hubspot_id, salesforce_id, *values in connection.execute(select(*columns).where(*wanted)):
        if any(value is not None and matches(value) for value in values):
            yield System.HUBSPOT, hubspot_id
            yield System.SALESFORCE, salesforce_id

"""A schema of two made-up objects, with rows of them in SQLite, for tests of the compiler."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from include.sandbox.salesforce.schema import Child, Field, Schema, SObject
from include.sandbox.soql.functions import register

OWNER = SObject(
    name="Owner__c",
    label="Owner",
    plural="Owners",
    prefix="a00",
    fields=(
        Field("Id", "Owner ID", "id", 18),
        Field("Name", "Name", "string", 80),
        Field("Active__c", "Active", "boolean"),
    ),
    children=(Child("Things__r", "Thing__c", "Owner__c", cascade=False),),
)
THING = SObject(
    name="Thing__c",
    label="Thing",
    plural="Things",
    prefix="a01",
    fields=(
        Field("Id", "Thing ID", "id", 18),
        Field("Name", "Name", "string", 80),
        Field("Size__c", "Size", "double", precision=18, scale=2),
        Field("Sold__c", "Sold", "boolean"),
        Field("Day__c", "Day", "date"),
        Field("At__c", "At", "datetime"),
        Field("Tags__c", "Tags", "multipicklist", 255),
        Field("Notes__c", "Notes", "textarea", 32000, filterable=False),
        Field("Owner__c", "Owner", "reference", 18, to=("Owner__c",), relation="Owner__r"),
    ),
)
SCHEMA = Schema([OWNER, THING])

_SQL = {"double": "REAL", "boolean": "INTEGER", "string": "TEXT COLLATE NOCASE"}


def database(rows: Mapping[SObject, Iterable[Mapping[str, Any]]]) -> sqlite3.Connection:
    """SQLite with the given rows of each object; a field left out is null."""
    connection = sqlite3.connect(":memory:")
    register(connection)
    for sobject in (OWNER, THING):
        columns = ", ".join(f'"{one.name}" {_SQL.get(one.type, "TEXT")}' for one in sobject.fields)
        connection.execute(f'CREATE TABLE "{sobject.table}" ({columns})')
        marks = ", ".join("?" * len(sobject.fields))
        connection.executemany(
            f'INSERT INTO "{sobject.table}" VALUES ({marks})',
            ([row.get(one.name) for one in sobject.fields] for row in rows.get(sobject, ())),
        )
    return connection

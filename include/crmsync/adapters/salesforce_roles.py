"""Roles in Salesforce: rows of an object between two records, such as OpportunityContactRole.

A row is never deleted and made anew to give it another name: it is updated, so whoever is primary
stays so. Before anything is written the rows are read, and read again where an answer was lost,
because Salesforce takes a second row of one holder like any other. Of several rows of one holder
the primary one counts, else the oldest. Rows have stamps of their own, and a record counts as
modified when one of its rows was.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.salesforce_write import COLLECTION, written
from include.crmsync.adapters.soql import STAMP, moment, portions, select, within
from include.crmsync.errors import Unavailable
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.record import Record
from include.crmsync.model.role import ROLE_OBJECTS, Role, RoleWrite

DELETED = "IsDeleted"
GONE_ALREADY = "ENTITY_IS_DELETED"

Row = Mapping[str, Any]


def changed_soql(one: FieldMapping, since: datetime | None) -> str:
    """Every row that moved since then, deleted ones too; None: every row there is."""
    where = [] if since is None else [f"{STAMP} >= {moment(since)}"]
    kind = _kind(one)
    return select(_columns(kind), kind, where=where, order_by=[STAMP, "Id"])


def rows_of(api: SalesforceApi, kind: str, ids: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of some records, deleted ones too, by record."""
    found: list[Row] = []
    for portion in portions(ids):
        soql = select(_columns(kind), kind, where=[within(ROLE_OBJECTS[kind].record, portion)])
        found += api.query(soql, include_deleted=True)
    return by_record(kind, found)


def by_record(kind: str, rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows in groups, by the record that they are roles in."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row[ROLE_OBJECTS[kind].record]), []).append(row)
    return found


def with_roles(
    api: SalesforceApi, mapping: ObjectMapping, records: Iterable[Record], size: int = 300
) -> Iterator[Record]:
    """Yield the records with their roles, read for as many at a time as one query names."""
    if not mapping.roles:
        yield from records
        return
    for some in chunks(records, size):
        known = {
            one.name: rows_of(api, _kind(one), [record.id for record in some])
            for one in mapping.roles
        }
        yield from (completed(record, mapping, known) for record in some)


def completed(
    record: Record, mapping: ObjectMapping, known: Mapping[str, Mapping[str, Sequence[Row]]]
) -> Record:
    """A record with its roles; as new as the newest of them."""
    stamps, roles = [record.modified_at], {}
    for one in mapping.roles:
        rows = known[one.name].get(record.id, ())
        stamps += [datetime.fromisoformat(row[STAMP]).astimezone(UTC) for row in rows]
        between = ROLE_OBJECTS[_kind(one)]
        roles[one.parent or ""] = tuple(
            Role(holder, str(row.get(between.name) or ""))
            for holder, [row, *_] in _counting(_kind(one), rows).items()
        )
    return replace(record, modified_at=max(stamps), roles=roles)


def write_roles(
    api: SalesforceApi, mapping: ObjectMapping, rows: Sequence[Write], answers: Sequence[Written]
) -> list[Written]:
    """The answers, in the order of `rows`, after roles were written where records landed."""
    told = {answer.key: answer for answer in answers}
    for one in mapping.roles:
        ready = {
            row.key: (told[row.key].record_id or "", row.roles[one.parent or ""])
            for row in rows
            if one.parent in row.roles and told[row.key].code is None
        }
        if ready:
            for refused in _write(api, _kind(one), ready):
                told[refused.key] = replace(refused, record_id=told[refused.key].record_id)
    return [told[row.key] for row in rows]


@dataclass(slots=True)
class _Work:
    """What is to be done to rows, each with the key of the write that asks for it."""

    insert: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    update: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    delete: list[tuple[str, str]] = field(default_factory=list)


def _write(
    api: SalesforceApi, kind: str, ready: Mapping[str, tuple[str, RoleWrite]]
) -> Iterator[Written]:
    """Yield an answer for each row that was refused."""
    there = rows_of(api, kind, sorted({record_id for record_id, _ in ready.values()}))
    work = _Work()
    for key, (record_id, roles) in ready.items():
        _plan(kind, (key, record_id), roles, there.get(record_id, ()), work)
    for some in chunks(work.insert, COLLECTION):
        yield from _insert(api, kind, some)
    for some in chunks(work.update, COLLECTION):
        yield from _refused(some, api.update([body for _, body in some]))
    for gone in chunks(work.delete, COLLECTION):
        answers = _refused(gone, api.delete([id_ for _, id_ in gone]))
        yield from (one for one in answers if one.code != GONE_ALREADY)


def _insert(
    api: SalesforceApi, kind: str, some: Sequence[tuple[str, dict[str, Any]]]
) -> list[Written]:
    """Make rows; where it is in doubt whether they were made, those alone that are not there."""
    between, left = ROLE_OBJECTS[kind], list(some)

    def send() -> list[Written]:
        return list(_refused(left, api.insert([body for _, body in left])))

    def done() -> bool:
        there = rows_of(api, kind, sorted({body[between.record] for _, body in left}))
        holders = {record_id: _counting(kind, rows) for record_id, rows in there.items()}
        left[:] = [
            (key, body)
            for key, body in left
            if body[between.holder] not in holders.get(body[between.record], ())
        ]
        return not left

    return api.wire.once(send, done) or []


def _plan(
    kind: str, write: tuple[str, str], roles: RoleWrite, rows: Sequence[Row], work: _Work
) -> None:
    key, record_id = write
    between, there = ROLE_OBJECTS[kind], _counting(kind, rows)
    for holder, name in sorted(roles.given.items()):
        attributes = {"attributes": {"type": kind}}
        if holder not in there:
            body = {between.record: record_id, between.holder: holder, between.name: name or None}
            work.insert.append((key, {**attributes, **body}))
        elif name is not None and name != (there[holder][0].get(between.name) or ""):
            body = {"id": there[holder][0]["Id"], between.name: name or None}
            work.update.append((key, {**attributes, **body}))
    for holder in sorted(roles.taken & there.keys()):
        work.delete += [(key, str(row["Id"])) for row in there[holder]]


def _refused(asked: Sequence[tuple[str, Any]], answers: Sequence[Any]) -> Iterator[Written]:
    if len(answers) != len(asked):
        raise Unavailable("Salesforce did not say what became of each role")
    for (key, _), said in zip(asked, answers, strict=True):
        one = written(Write(key, "", key, {}), said, "")
        if one.code is not None:
            yield one


def _counting(kind: str, rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each holder that are there, the one that counts first."""
    between = ROLE_OBJECTS[kind]
    found: dict[str, list[Row]] = {}
    order = sorted(rows, key=lambda row: (not _is_true(row.get(between.primary)), str(row["Id"])))
    for row in order:
        if not _is_true(row.get(DELETED)):
            found.setdefault(str(row[between.holder]), []).append(row)
    return found


def _columns(kind: str) -> list[str]:
    between = ROLE_OBJECTS[kind]
    named = [between.record, between.holder, between.name, between.primary]
    return ["Id", *named, DELETED, STAMP]


def _kind(one: FieldMapping) -> str:
    return next(iter(one.salesforce.values()))


def _is_true(value: Any) -> bool:
    """A checkbox: JSON from a query, text from a bulk job."""
    return value is True or value == "true"

"""Records created, changed, deleted and restored, as the org's rules allow.

The order of the checks is the real one's: what may not be written, values, required fields,
references, uniqueness, then the org's own rules. Each write is a transaction. An update
moves the stamps even if it changes nothing. `Refusal` carries what is wrong with a record.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from include.sandbox.database import Database
from include.sandbox.salesforce.access import Access
from include.sandbox.salesforce.bodies import Draft
from include.sandbox.salesforce.computed import Computed, Writing
from include.sandbox.salesforce.customs import Saved, Witness
from include.sandbox.salesforce.errors import Fault, Refusal, deleted, refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.references import References
from include.sandbox.salesforce.schema import Field, Schema, SObject
from include.sandbox.salesforce.store import Row, Store
from include.sandbox.salesforce.values import check, wire_time


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, when, and how determined."""

    user_id: str
    now: datetime
    saves_duplicates: bool = False
    """Whether the request insists where a duplicate rule only warns."""
    assigns_owner: bool = False
    """Whether the assignment rule may choose the owner of a new lead."""
    access: Access | None = None
    """What the author may write; None for one who may write anything."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record about to be saved."""

    sobject: SObject
    row: Row
    """The whole record, as it will be."""
    before: Row | None
    """As it was; None when it is being created."""
    author: Author


Judge = Callable[[Candidate], None]
"""Raises Refusal when a record breaks a rule of the org."""


@dataclass(frozen=True, slots=True)
class Customs:
    """What the org does around a write."""

    judges: tuple[Judge, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    assigned: Callable[[SObject], str | None] = lambda _: None
    """Who owns a new record by the org's assignment rule, None without one."""
    check_lock: Callable[[str], None] = lambda _: None
    """Raises Refusal when the row of a record cannot be locked."""
    usual: Callable[[SObject], Row] = lambda _: {}
    """What else a new record holds unless told otherwise."""


class Writer:
    """Writes records, one at a time."""

    def __init__(
        self,
        database: Database,
        schema: Schema,
        store: Store,
        computed: Computed,
        customs: Customs,
    ) -> None:
        self._database = database
        self._schema = schema
        self._store = store
        self._computed = computed
        self._customs = customs
        self._references = References(schema, store)

    def create(self, draft: Draft, author: Author) -> str:
        """Create a record; the answer is its id."""
        with self._store.joined():
            return self._create(draft, author)

    def update(self, draft: Draft, record_id: str, author: Author) -> None:
        """Change some fields of a record."""
        with self._store.joined():
            self._update(draft, self.writable(draft.sobject, record_id), author)

    def delete(self, sobject: SObject, record_id: str, author: Author) -> None:
        """Move a record to the Recycle Bin, and with it what hangs below it."""
        row = self.writable(sobject, record_id)
        _check_access(author, sobject, "delete")
        if not sobject.deletable:
            raise refusal(
                "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", ()
            )
        with self._database.transaction():
            for kind, one in self._with_dependants(sobject, row):
                self._store.update(kind, one["Id"], {"IsDeleted": 1, **_stamps(author)})

    def undelete(self, sobject: SObject, record_id: str, author: Author) -> None:
        """Take a record out of the Recycle Bin, and with it what went there with it."""
        row = self._store.get(sobject, canonical(record_id) or "")
        if row is None or not row.get("IsDeleted"):
            raise refusal("UNDELETE_FAILED", "entity is not in the recycle bin", ())
        together = row["SystemModstamp"]
        with self._database.transaction():
            for kind, one in self._with_dependants(sobject, row, deleted_at=together):
                self._store.update(kind, one["Id"], {"IsDeleted": 0, **_stamps(author)})

    def writable(self, sobject: SObject, record_id: str) -> Row:
        """A record that exists and is not deleted; raises Refusal."""
        full = canonical(record_id)
        if full is None or not full.startswith(sobject.prefix):
            raise refusal(
                "MALFORMED_ID",
                f"{sobject.label} ID: id value of incorrect type: {record_id}",
                ["Id"],
            )
        row = self._store.get(sobject, full)
        if row is None:
            raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
        if row.get("IsDeleted"):
            raise deleted(status=400)
        self._customs.check_lock(full)
        return row

    def _create(self, draft: Draft, author: Author) -> str:
        sobject = draft.sobject
        _check_access(author, sobject, "create")
        if not sobject.createable:
            raise _unsupported(sobject, "create")
        _check_writable(draft, author, creating=True)
        usual = {**_defaults(sobject, author), **self._customs.usual(sobject)}
        row = {**usual, **_filled(self._values(draft))}
        if author.assigns_owner and (owner := self._customs.assigned(sobject)):
            row["OwnerId"] = owner
        _check_required(sobject, row)
        now = wire_time(author.now)
        row |= self._computed.fields(sobject.name, Writing(row, row, now))
        row |= _stamps(author) | {"CreatedDate": now, "CreatedById": author.user_id}
        self._check_unique(sobject, row, {}, free=draft.free)
        self._judge(Candidate(sobject, row, None, author))
        row["Id"] = self._store.next_id(sobject)
        self._store.insert(sobject, row)
        self._tell(Saved(sobject, row, None, author.user_id, now))
        return str(row["Id"])

    def _update(self, draft: Draft, before: Row, author: Author) -> None:
        sobject = draft.sobject
        _check_access(author, sobject, "update")
        if not sobject.updateable:
            raise _unsupported(sobject, "update")
        if sobject.name == "Lead" and before["IsConverted"]:
            raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
        _check_writable(draft, author, creating=False)
        changes = self._values(draft, before)
        _check_required(sobject, changes, partial=True)
        now = wire_time(author.now)
        writing = Writing(before | changes, changes, now)
        changes |= self._computed.fields(sobject.name, writing) | _stamps(author)
        self._check_unique(sobject, changes, before)
        self._judge(Candidate(sobject, before | changes, before, author))
        self._store.update(sobject, before["Id"], changes)
        self._tell(Saved(sobject, before | changes, before, author.user_id, now))

    def _tell(self, saved: Saved) -> None:
        for witness in self._customs.witnesses:
            witness(saved)

    def _values(self, draft: Draft, before: Row | None = None) -> Row:
        sobject, values = draft.sobject, dict(draft.values)
        for name, (key, value, parent) in draft.parents.items():
            values[name] = self._references.by_key(name, parent, key, value)
        checked = {
            name: check(column, value)
            for name, value in values.items()
            if (column := sobject.field(name))
        }
        self._references.check(sobject, checked, before or {})
        for column in sobject.masters:
            if master := checked.get(column.name):
                self._customs.check_lock(master)
        return checked

    def _check_unique(
        self, sobject: SObject, values: Row, before: Row, *, free: str | None = None
    ) -> None:
        for column in sobject.unique:
            value = values.get(column.name)
            if value is None or value == before.get(column.name) or column.name == free:
                continue
            holders = self._store.ids_holding(sobject, column.name, value)
            if others := [one for one in holders if one != before.get("Id")]:
                raise refusal(
                    "DUPLICATE_VALUE",
                    f"duplicate value found: {column.name} duplicates value on record with id:"
                    f" {others[0]}",
                    (),
                )

    def _judge(self, candidate: Candidate) -> None:
        for judge in self._customs.judges:
            judge(candidate)

    def _with_dependants(
        self, sobject: SObject, row: Row, deleted_at: str | None = None
    ) -> Iterator[tuple[SObject, Row]]:
        """A record and what cascades from it: live records, or those deleted at a moment."""
        yield sobject, row
        for child in sobject.children:
            if not child.cascade:
                continue
            kind = self._schema.named(child.sobject)
            sql = f'SELECT * FROM "{kind.table}" WHERE "{child.field}" = ? AND "IsDeleted" = ?'  # noqa: S608
            params = [row["Id"], int(deleted_at is not None)]
            for found in self._store.select(sql, params):
                if deleted_at in (None, found["SystemModstamp"]):
                    yield from self._with_dependants(kind, dict(found), deleted_at)


def _unsupported(sobject: SObject, verb: str) -> Refusal:
    return refusal(
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        f"entity type {sobject.name} does not support {verb}",
        (),
    )


def _stamps(author: Author) -> Row:
    now = wire_time(author.now)
    return {"LastModifiedDate": now, "LastModifiedById": author.user_id, "SystemModstamp": now}


def _defaults(sobject: SObject, author: Author) -> Row:
    owner = {"OwnerId": author.user_id} if sobject.field("OwnerId") else {}
    return sobject.defaults | owner


def _filled(values: Row) -> Row:
    return {name: value for name, value in values.items() if value is not None}


def _check_access(author: Author, sobject: SObject, deed: str) -> None:
    if author.access:
        author.access.check(sobject, deed)


def _check_writable(draft: Draft, author: Author, *, creating: bool) -> None:
    fields = (draft.sobject.field(name) for name in (*draft.values, *draft.parents))
    seen = author.access.narrowed(draft.sobject) if author.access else None
    barred = [one.name for one in fields if one and _barred(one, seen, creating)]
    if barred:
        raise refusal(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: {', '.join(barred)}. Please check the security"
            " settings of this field and verify that it is read/write for your profile or"
            " permission set.",
            barred,
        )


def _barred(field: Field, seen: SObject | None, creating: bool) -> bool:  # noqa: FBT001
    found = seen.field(field.name) if seen else field
    return found is None or not (found.createable if creating else found.updateable)


def _check_required(sobject: SObject, values: Row, *, partial: bool = False) -> None:
    lacking = [
        one.name
        for one in sobject.required
        if (one.name in values or not partial) and values.get(one.name) is None
    ]
    if lacking:
        raise Refusal(
            [
                Fault(
                    "REQUIRED_FIELD_MISSING",
                    f"Required fields are missing: [{', '.join(lacking)}]",
                    tuple(lacking),
                )
            ]
        )

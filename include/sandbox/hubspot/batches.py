"""Batches of objects: a hundred at a time, all or none unless each row can be told apart.

What is missing is left out and told in `errors` with 207. A row that is refused takes the
whole batch with it, and the batch is answered with that row's error; only where every row
carries an `objectWriteTraceId` of its own do the others go ahead.
"""

from collections.abc import Callable, Sequence
from typing import Any

from include.sandbox.hubspot import inline, moments
from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import NOT_FOUND, Failure, bad_request
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.objects import PATH, archive, archived, properties_in
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.versions import STRICT_SINCE
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BATCH = 100
TRACE = "objectWriteTraceId"

Input = dict[str, Any]
Shown = dict[str, Any]


class Batches:
    """Serves batches of every object type."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        base = f"{PATH}/batch"
        return [
            Route("POST", f"{base}/read", self._read),
            Route("POST", f"{base}/create", self._create, writes=True),
            Route("POST", f"{base}/update", self._update, writes=True),
            Route("POST", f"{base}/upsert", self._upsert, writes=True),
            Route("POST", f"{base}/archive", self._archive, writes=True),
        ]

    def _read(self, call: Call, kind: str) -> Answer:
        what, told = self._portal.types.named(kind), call.fields()
        ids = [named(one) for one in call.inputs(BATCH)]
        id_property = str(told.get("idProperty") or "")
        in_archive = call.flag("archived") and not id_property
        found = (
            archived(self._portal, what, ids)
            if in_archive
            else self._portal.by(what, id_property, ids)
        )
        rows = {row.id: row for row in (found[one] for one in ids if one in found)}
        wanted, past = _names(told, "properties"), _names(told, "propertiesWithHistory")
        results = [self._portal.showing.record(what, row, wanted, past) for row in rows.values()]
        missing = [one for one in dict.fromkeys(ids) if one not in found]
        return self._answer(200, results, [_missing(what, missing).row()] if missing else [])

    def _create(self, call: Call, kind: str) -> Answer:
        what, strict = self._portal.types.named(kind), call.place.since(STRICT_SINCE)

        def write(one: Input) -> Shown:
            row = self._portal.writing.create(what, properties_in(one), strict=strict)
            inline.associate(self._portal, what, row, one.get("associations"))
            return self._portal.showing.filled(what, row)

        return self._each(201, call.inputs(BATCH), write)

    def _update(self, call: Call, kind: str) -> Answer:
        what, inputs = self._portal.types.named(kind), call.inputs(BATCH)
        strict = call.place.since(STRICT_SINCE)
        _check_distinct(inputs)

        def write(one: Input) -> Shown:
            return self._change(what, one, strict=strict)

        return self._each(200, inputs, write)

    def _upsert(self, call: Call, kind: str) -> Answer:
        what, inputs = self._portal.types.named(kind), call.inputs(BATCH)
        strict = call.place.since(STRICT_SINCE)
        _check_distinct(inputs)

        def write(one: Input) -> Shown:
            name, value = str(one.get("idProperty") or ""), named(one)
            if self._portal.by(what, name, [value]):
                return {**self._change(what, one, strict=strict), "new": False}
            if name in ("", "hs_object_id"):
                raise _missing(what, [value])
            row = self._portal.writing.create(
                what, {name: value, **properties_in(one)}, strict=strict
            )
            return {**self._portal.showing.filled(what, row), "new": True}

        return self._each(200, inputs, write)

    def _archive(self, call: Call, kind: str) -> Answer:
        what = self._portal.types.named(kind)
        ids = [named(one) for one in call.inputs(BATCH)]
        with self._portal.database.transaction():
            for row in {row.id: row for row in self._portal.by(what, "", ids).values()}.values():
                archive(self._portal, what, row)
        return Answer(204)

    def _change(self, kind: ObjectType, one: Input, *, strict: bool) -> Shown:
        value, told = named(one), properties_in(one)
        row = self._portal.by(kind, str(one.get("idProperty") or ""), [value]).get(value)
        if row is None:
            raise _missing(kind, [value])
        after, changed = self._portal.writing.update(kind, row, told, strict=strict)
        return self._portal.showing.filled(kind, after, {*told, *changed})

    def _each(
        self, status: int, inputs: Sequence[Input], write: Callable[[Input], Shown]
    ) -> Answer:
        """Write every input in one transaction; a refusal ends it, or is told of its row."""
        traced = _traced(inputs)
        results: list[Shown] = []
        errors: list[dict[str, Any]] = []
        with self._portal.database.transaction():
            for one in inputs:
                trace = {TRACE: [str(one[TRACE])]} if traced else {}
                try:
                    with self._portal.database.transaction():
                        shown = write(one)
                except Failure as failure:
                    # A record that does not exist is left out, with or without a trace.
                    if not traced and failure.category != NOT_FOUND:
                        raise
                    errors.append(failure.row(trace))
                else:
                    results.append({**shown, TRACE: str(one[TRACE])} if traced else shown)
        return self._answer(status, results, errors)

    def _answer(self, status: int, results: list[Shown], errors: list[dict[str, Any]]) -> Answer:
        now = moments.shown(self._portal.now())
        body: dict[str, Any] = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": now,
            "completedAt": now,
        }
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        return Answer(207 if errors else status, body)


def named(one: Input) -> str:
    """The id an input names a record by."""
    told = one.get("id")
    if not isinstance(told, str | int) or isinstance(told, bool) or told == "":
        raise bad_request("Invalid input JSON: every input needs an id")
    return str(told)


def _names(told: dict[str, Any], key: str) -> list[str]:
    names = told.get(key) or []
    if not isinstance(names, list):
        raise bad_request(f"Invalid input JSON: {key} is a list of names")
    return [str(name) for name in names]


def _traced(inputs: Sequence[Input]) -> bool:
    traces = [str(one[TRACE]) for one in inputs if one.get(TRACE) not in (None, "")]
    return len(traces) == len(inputs) == len(set(traces))


def _check_distinct(inputs: Sequence[Input]) -> None:
    told = [(one.get("idProperty"), named(one)) for one in inputs]
    if twice := sorted({value for key, value in told if told.count((key, value)) > 1}):
        raise bad_request(
            f"Duplicate IDs found in batch input: [{', '.join(twice)}]. IDs must be unique"
        )


def _missing(kind: ObjectType, ids: Sequence[str]) -> Failure:
    return Failure(
        404,
        NOT_FOUND,
        f"Could not get some {kind.singular.upper()} objects, they may be deleted or not exist. "
        "Check that ids are valid.",
        context={"ids": list(ids)},
    )

"""Several calls in one: composite, batch and tree.

A composite call's requests run in order and may use what earlier ones answered, as
`@{reference.field}`; with `allOrNone` one failure undoes all. The requests of a batch are
independent. A tree is created whole, parents first, or not at all.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from include.sandbox.salesforce.bodies import draft, json_object
from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.schema import SObject
from include.sandbox.wire import Answer, Request

MOST_REQUESTS = 25
MOST_LARGE = 5
"""Requests of a composite call that may be queries or collections."""
_LARGE = re.compile(r"/(query|queryAll|composite/sobjects)\b")
MOST_IN_TREE, DEEPEST_TREE = 200, 5
HALTED = {
    "errorCode": "PROCESSING_HALTED",
    "message": "The transaction was rolled back since another operation in the same transaction"
    " failed.",
}
_REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")

Perform = Callable[[Visit, Request], Answer]
"""Answers one request below this visit's version; never raises Refusal."""


class Undo(Exception):
    """Leaves the transaction of calls that must not happen."""


class Composite:
    """The resources composite, composite/batch and composite/tree."""

    def __init__(self, org: Org, perform: Perform) -> None:
        self._org = org
        self._perform = perform

    def composite(self, visit: Visit) -> Answer:
        body = json_object(visit.request)
        asked = listed(body, "compositeRequest", MOST_REQUESTS)
        if sum(_LARGE.search(str(one.get("url", ""))) is not None for one in asked) > MOST_LARGE:
            raise refusal(
                "LIMIT_EXCEEDED",
                f"A composite request may hold {MOST_LARGE} query and collection requests",
            )
        all_or_none = body.get("allOrNone") is True
        done: dict[str, Answer] = {}
        try:
            with self._org.world.database.transaction():
                for one in asked:
                    self.next(visit, one, done)
                undo_if(all_or_none and any(answer.status >= 400 for answer in done.values()))
        except Undo:
            done = {name: halted(answer) for name, answer in done.items()}
        return Answer(body={"compositeResponse": [part(*item) for item in done.items()]})

    def batch(self, visit: Visit) -> Answer:
        body = json_object(visit.request)
        halts = body.get("haltOnError") is True
        results: list[dict[str, Any]] = []
        failed = False
        for one in listed(body, "batchRequests", MOST_REQUESTS):
            if failed and halts:
                results.append({"statusCode": 412, "result": [HALTED]})
                continue
            url = f"/services/data/{str(one.get('url', '')).lstrip('/')}"
            answer = self._perform(visit, _request(visit, one, url, one.get("richInput")))
            failed = failed or answer.status >= 400
            results.append({"statusCode": answer.status, "result": answer.body})
        return Answer(body={"hasErrors": failed, "results": results})

    def tree(self, visit: Visit, sobject: str) -> Answer:
        records = _records(json_object(visit.request))
        kind = self._org.known(sobject)
        harvest = _Harvest()
        try:
            with self._org.world.database.transaction():
                for record in records:
                    self._plant(visit, kind, record, {}, harvest)
                undo_if(bool(harvest.failed))
        except Undo:
            return Answer(400, {"hasErrors": True, "results": harvest.failed})
        return Answer(201, {"hasErrors": False, "results": harvest.made})

    def next(self, visit: Visit, one: Any, done: dict[str, Answer]) -> None:
        """Perform one request after those already done; raises Refusal for one without name."""
        name = str(one.get("referenceId", ""))
        if not name or name in done:
            raise refusal("INVALID_INPUT", f"referenceId {name!r} is missing or used twice")
        try:
            url = str(_resolved(one.get("url", ""), done))
            done[name] = self._perform(
                visit, _request(visit, one, url, _resolved(one.get("body"), done))
            )
        except Refusal as refused:
            done[name] = refused.answer()

    def _plant(
        self,
        visit: Visit,
        kind: SObject,
        record: Any,
        parent: Mapping[str, str],
        harvest: "_Harvest",
    ) -> None:
        name = harvest.admitted(record)
        below = {key: one for key, one in record.items() if _is_subtree(one)}
        own = {key: one for key, one in record.items() if key not in below}
        try:
            planted = draft(kind, own, self._org.present, visit.request.body)
            planted.values |= parent
            record_id = self._org.writer.create(planted, self._org.author(visit))
        except Refusal as refused:
            faults = [fault.as_row() for fault in refused.faults]
            harvest.failed.append({"referenceId": name, "errors": faults})
            return
        harvest.made.append({"referenceId": name, "id": record_id})
        harvest.level += 1
        for relation, children in below.items():
            child = kind.child(relation)
            if child is None:
                raise refusal("INVALID_FIELD", f"No such relation '{relation}' on {kind.name}")
            target = self._org.present.named(child.sobject)
            for one in _records(children):
                self._plant(visit, target, one, {child.field: record_id}, harvest)
        harvest.level -= 1


@dataclass(slots=True)
class _Harvest:
    """What became of the records of a tree so far."""

    made: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    level: int = 1
    """How deep below the top the next record is, itself counted."""
    _names: set[str] = field(default_factory=set)

    def admitted(self, record: Any) -> str:
        """The reference id of the next record; raises Refusal when it cannot be one."""
        attributes = record.get("attributes") if isinstance(record, dict) else None
        name = attributes.get("referenceId") if isinstance(attributes, dict) else None
        if not isinstance(name, str) or name in self._names:
            raise refusal("INVALID_INPUT", "Include a unique reference ID for each record.")
        if self.level > DEEPEST_TREE:
            raise refusal("INVALID_INPUT", f"a tree may have {DEEPEST_TREE} levels")
        if len(self._names) >= MOST_IN_TREE:
            raise refusal("EXCEEDED_ID_LIMIT", f"a tree may have {MOST_IN_TREE} records")
        self._names.add(name)
        return name


def _is_subtree(value: Any) -> bool:
    return isinstance(value, dict) and "records" in value


def listed(body: Mapping[str, Any], name: str, most: int) -> list[dict[str, Any]]:
    """A list of requests under a name of the body; raises Refusal."""
    asked = body.get(name)
    if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
        raise refusal("INVALID_INPUT", f"{name} is a list of requests")
    if len(asked) > most:
        raise refusal("LIMIT_EXCEEDED", f"The limit of {most} requests was exceeded.")
    return asked


def _records(body: Mapping[str, Any]) -> list[Any]:
    records = body.get("records")
    if not isinstance(records, list):
        raise refusal("INVALID_INPUT", "The records list is required")
    return records


def _request(visit: Visit, one: Mapping[str, Any], url: str, body: Any) -> Request:
    parts = urlsplit(url)
    return replace(
        visit.request,
        method=str(one.get("method", "GET")).upper(),
        path=parts.path,
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        body=b"" if body is None else json.dumps(body).encode(),
    )


def _resolved(value: Any, done: Mapping[str, Answer]) -> Any:
    """A value with its references replaced by what earlier requests answered."""
    match value:
        case str():
            return _REFERENCE.sub(lambda found: str(_looked_up(found, done)), value)
        case dict():
            return {key: _resolved(one, done) for key, one in value.items()}
        case list():
            return [_resolved(one, done) for one in value]
    return value


def _looked_up(found: re.Match[str], done: Mapping[str, Answer]) -> Any:
    value: Any = done[found[1]].body if found[1] in done else None
    for step in _steps(found[2]):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            raise refusal(
                "PROCESSING_HALTED", f"Invalid reference specified. No value for {found[0]} found"
            ) from None
    return value


def _steps(path: str) -> Iterator[str | int]:
    for step in _STEP.finditer(path):
        yield step[1] or int(step[2])


def part(name: str, answer: Answer) -> dict[str, Any]:
    """One answer as a part of the whole."""
    return {
        "body": answer.body,
        "httpHeaders": answer.headers,
        "httpStatusCode": answer.status,
        "referenceId": name,
    }


def halted(answer: Answer) -> Answer:
    """What a request answers that is undone for another's sake."""
    return answer if answer.status >= 400 else Answer(400, [HALTED])


def undo_if(failed: bool) -> None:  # noqa: FBT001
    """Leave the transaction, undone, if something failed."""
    if failed:
        raise Undo

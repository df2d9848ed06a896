"""What became of a batch: the fate of each record in the order sent, or what a query found.

The answer has the kind of the job: CSV, XML or JSON. In JSON a query's dates are numbers of
milliseconds, as the real API has them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from include.sandbox.salesforce.batches.wording import (
    CSV,
    HEAD,
    JSON,
    NAMESPACE,
    XML,
    element,
    xml,
)
from include.sandbox.salesforce.bulk.extract import found, table
from include.sandbox.salesforce.bulk.extract import text as spelled
from include.sandbox.salesforce.bulk.job import Job
from include.sandbox.salesforce.bulk.sheet import write
from include.sandbox.salesforce.store import Store
from include.sandbox.soql.statement import Cell, Parent, Statement, Value, record
from include.sandbox.wire import Answer

NOTHING = b"Records not found for this query"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

Fate = tuple[str, bool, bool, str]
"""Id, success, created, error."""


def fates(job: Job, content_type: str) -> Answer:
    """What became of each record of a batch."""
    listed = _fates(job)
    if content_type == "CSV":
        rows = ([one, str(ok).lower(), str(made).lower(), why] for one, ok, made, why in listed)
        head = ["Id", "Success", "Created", "Error"]
        return Answer(200, write([head, *rows], "COMMA", "LF"), {"Content-Type": CSV})
    if content_type == "JSON":
        return Answer(200, [_json_fate(one) for one in listed], {"Content-Type": JSON})
    return xml("results", "".join(map(_xml_fate, listed)))


def _fates(job: Job) -> Iterator[Fate]:
    written, refused = iter(job.successes), iter(job.failures)
    for success in job.fates:
        if success:
            record_id, created, _ = next(written)
            yield record_id, True, created, ""
        else:
            record_id, error, _ = next(refused)
            yield record_id, False, False, error


def _error(text: str) -> dict[str, Any]:
    """CODE:message:fields -- in its parts."""
    code, _, rest = text.partition(":")
    message, _, fields = rest.rpartition(":")
    return {
        "message": message,
        "fields": fields.removesuffix("--").split(),
        "statusCode": code,
        "extendedErrorDetails": None,
    }


def _json_fate(fate: Fate) -> dict[str, Any]:
    record_id, success, created, why = fate
    errors = [] if success else [_error(why)]
    return {"success": success, "created": created, "id": record_id or None, "errors": errors}


def _xml_fate(fate: Fate) -> str:
    record_id, success, created, why = fate
    parts = [element("id", record_id)] if record_id else []
    parts += [element("success", success), element("created", created)]
    if not success:
        error = _error(why)
        fields = "".join(element("fields", one) for one in error["fields"])
        inner = f"{fields}{element('message', error['message'])}"
        parts.append(f"<errors>{inner}{element('statusCode', error['statusCode'])}</errors>")
    return f"<result>{''.join(parts)}</result>"


def rows(store: Store, job: Job, content_type: str, base: str) -> Answer:
    """What a query found; `base` is the address of the objects."""
    statement, ids = job.statement, job.ids
    if statement is None:
        return Answer(200, NOTHING, {"Content-Type": CSV})
    if content_type == "CSV":
        body = write(table(store, statement, ids), "COMMA", "LF") if ids else NOTHING
        return Answer(200, body, {"Content-Type": CSV})
    if content_type == "JSON":
        return Answer(200, list(_records(store, statement, ids, base)), {"Content-Type": JSON})
    inner = "".join(_xml_record(statement, row) for row in found(store, statement, ids))
    text = f'{HEAD}<queryResult xmlns="{NAMESPACE}" xmlns:xsi="{_XSI}">{inner}</queryResult>'
    return Answer(200, text.encode(), {"Content-Type": XML})


def _records(
    store: Store, statement: Statement, ids: Sequence[str], base: str
) -> Iterator[dict[str, Any]]:
    kind = statement.sobject
    for row in found(store, statement, ids):
        url = f"{base}/{kind}/{row[statement.id_index]}"
        shown = record(statement.cells, row, {"type": kind, "url": url}, base, {})
        _count_milliseconds(statement.cells, shown)
        yield shown


def _count_milliseconds(cells: Sequence[Cell], shown: dict[str, Any]) -> None:
    for cell in cells:
        value = shown.get(cell.key)
        if value is None:
            continue
        if isinstance(cell, Parent):
            _count_milliseconds(cell.cells, value)
        elif isinstance(cell, Value) and cell.type in ("date", "datetime"):
            moment = datetime.fromisoformat(value)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            shown[cell.key] = round(moment.timestamp() * 1000)


def _xml_record(statement: Statement, row: Sequence[Any]) -> str:
    inner = element("type", statement.sobject) + _xml_cells(statement.cells, row)
    return f'<records xsi:type="sObject">{inner}</records>'


def _xml_cells(cells: Sequence[Cell], row: Sequence[Any]) -> str:
    return "".join(_xml_cell(cell, row) for cell in cells)


def _xml_cell(cell: Cell, row: Sequence[Any]) -> str:
    if isinstance(cell, Parent) and row[cell.id_index] is not None:
        inner = element("type", row[cell.type_index]) + _xml_cells(cell.cells, row)
        return f'<{cell.key} xsi:type="sObject">{inner}</{cell.key}>'
    if isinstance(cell, Value) and (value := row[cell.index]) is not None:
        return f"<{cell.key}>{escape(spelled(value, cell))}</{cell.key}>"
    return f'<{cell.key} xsi:nil="true"/>'

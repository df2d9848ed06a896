"""Salesforce's records, as the pages show them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from include.sandbox.pages.asking import SalesforceApi
from include.sandbox.pages.shown import PAGE, Detail, FieldFacts, Listing, Shown, by_key_or_email

_MORE = ("Email", "Company", "StageName", "SystemModstamp", "Subject", "CaseNumber")
"""Fields a listing shows where the object has them."""


Known = Sequence[Mapping[str, Any]]
"""The described fields of an object, asked for once for each page."""


class SalesforceSide:
    """Reads and changes Salesforce through its API."""

    name = "salesforce"

    def __init__(self, api: SalesforceApi) -> None:
        self._api = api

    def listing(self, kind: str, after: str) -> Listing:
        where = f"WHERE Id > {_literal(after)}" if after else ""
        rows = self._query(kind, f"{where} ORDER BY Id LIMIT {PAGE + 1}", self._fields(kind))
        shown = rows[:PAGE]
        return Listing(shown, shown[-1].id if len(rows) > PAGE else "")

    def find(self, kind: str, text: str, *, deep: bool) -> list[Shown]:
        known = self._fields(kind)
        found = [
            one
            for name in _looked_up(known, text)
            for one in self._query(kind, f"WHERE {name} = {_literal(text)} LIMIT {PAGE}", known)
        ]
        if found or not deep:
            return found
        like = f"'%{_unlike(_escaped(text))}%'"
        names = [
            str(one["name"]) for one in known if one.get("nameField") or one["name"] == "Email"
        ]
        if not names:
            return []
        where = " OR ".join(f"{name} LIKE {like}" for name in names)
        return self._query(kind, f"WHERE {where} ORDER BY Id LIMIT {PAGE}", known)

    def counterparts(self, kind: str, records: Sequence[Shown]) -> dict[str, Shown]:
        known = self._fields(kind)
        keys = [key for one in records for key in one.keys if _is_id(key)]
        candidates = [*self._among(kind, "Id", keys, known)]
        for name in _external(known):
            candidates += self._among(kind, name, [one.id for one in records], known)
        if any(one["name"] == "Email" for one in known):
            emails = [one.email for one in records if one.email]
            candidates += self._among(kind, "Email", emails, known)
        return by_key_or_email(records, candidates)

    def detail(self, kind: str, record_id: str) -> Detail:
        known = self._fields(kind)
        told = self._api("GET", f"/sobjects/{quote(kind)}/{quote(record_id, safe='')}")
        record = _shown(kind, told, known)
        facts = [_facts(one) for one in known if one["type"] not in ("address", "location")]
        return Detail(record, facts)

    def update(self, kind: str, record_id: str, name: str, value: str) -> None:
        facts = next((one for one in self._fields(kind) if one["name"] == name), {"type": ""})
        body = {name: _typed(value, str(facts["type"]))}
        self._api("PATCH", f"/sobjects/{quote(kind)}/{quote(record_id)}", body=body)

    def _fields(self, kind: str) -> Known:
        told: Known = self._api("GET", f"/sobjects/{quote(kind)}/describe")["fields"]
        return told

    def _among(self, kind: str, name: str, values: Iterable[str], known: Known) -> Iterator[Shown]:
        wanted = ", ".join(_literal(value) for value in dict.fromkeys(values))
        if wanted:
            yield from self._query(kind, f"WHERE {name} IN ({wanted}) LIMIT 200", known)

    def _query(self, kind: str, rest: str, known: Known) -> list[Shown]:
        soql = f"SELECT {', '.join(_listed(known))} FROM {kind} {rest}"  # noqa: S608  SOQL; values are quoted
        told = self._api("GET", "/query", {"q": soql})
        return [_shown(kind, one, known) for one in told["records"]]


def _looked_up(known: Known, text: str) -> Iterator[str]:
    """Names of the indexed fields that may hold a text."""
    if _is_id(text):
        yield "Id"
    if "@" in text and any(one["name"] == "Email" for one in known):
        yield "Email"
    yield from _external(known)


def _external(known: Known) -> list[str]:
    texts = ("string", "email")
    return [str(one["name"]) for one in known if one.get("externalId") and one["type"] in texts]


def _listed(known: Known) -> list[str]:
    wanted = {"Id", *_MORE, *_external(known)}
    return [str(one["name"]) for one in known if one["name"] in wanted or one.get("nameField")]


def _shown(kind: str, told: Mapping[str, Any], known: Known) -> Shown:
    values = {name: value for name, value in told.items() if not isinstance(value, dict)}
    called = next((str(one["name"]) for one in known if one.get("nameField")), "Id")
    return Shown(
        system="salesforce",
        kind=kind,
        id=str(told["Id"]),
        title=str(values.get(called) or told["Id"])[:120],
        email=str(values.get("Email") or ""),
        modified=str(values.get("SystemModstamp") or ""),
        values=values,
        keys=[str(values[name]) for name in _external(known) if values.get(name)],
    )


def _facts(told: Mapping[str, Any]) -> FieldFacts:
    return FieldFacts(
        name=str(told["name"]),
        label=str(told["label"]),
        type=str(told["type"]),
        writable=bool(told["updateable"]),
        unique=bool(told.get("externalId")),
        options=[str(one["value"]) for one in told.get("picklistValues") or ()],
    )


def _typed(value: str, kind: str) -> Any:
    """What a person typed, as JSON has it; the API refuses what does not fit."""
    if kind == "boolean":
        return value.strip().lower() in ("true", "1", "on", "yes")
    if not value:
        return None
    if kind in ("int", "double", "currency", "percent"):
        try:
            return int(value) if kind == "int" else float(value)
        except ValueError:
            return value
    return value


def _literal(text: str) -> str:
    return f"'{_escaped(text)}'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")


def _unlike(text: str) -> str:
    """A text in which nothing is a wildcard."""
    return text.replace("%", "\\%").replace("_", "\\_")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isalnum() and len(text) in (15, 18)

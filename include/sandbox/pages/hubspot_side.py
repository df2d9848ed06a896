"""HubSpot's records, as the pages show them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from include.sandbox.pages.asking import HubSpotApi
from include.sandbox.pages.shown import (
    PAGE,
    Detail,
    FieldFacts,
    Listing,
    Shown,
    Version,
    by_key_or_email,
)

OBJECTS = "/crm/v3/objects"
TITLES = (
    ("firstname", "lastname"),
    ("name",),
    ("dealname",),
    ("subject",),
    ("hs_task_subject",),
    ("hs_meeting_title",),
    ("hs_call_title",),
    ("hs_email_subject",),
    ("hs_note_body",),
    ("hs_communication_body",),
    ("email",),
    ("domain",),
)
"""Which properties a record is called by: the first that are filled."""
VERSIONS = 40
_PAST = 50
"""HubSpot lists as many properties with their history in one call."""


class Known:
    """The properties of an object type, asked for once for each page."""

    def __init__(self, kind: str, properties: Sequence[Mapping[str, Any]]) -> None:
        self.kind = kind
        self.properties = properties
        self.unique = [
            str(one["name"])
            for one in properties
            if one.get("hasUniqueValue") and not one.get("hubspotDefined")
        ]
        """Custom properties in which no two records hold one value."""
        titles = {name for names in TITLES for name in names}
        named = [str(one["name"]) for one in properties if one["name"] in titles]
        self.listed = list(dict.fromkeys([*named, *self.unique]))
        """What a listing needs to know of a record."""


class HubSpotSide:
    """Reads and changes HubSpot through its API."""

    name = "hubspot"

    def __init__(self, api: HubSpotApi) -> None:
        self._api = api

    def listing(self, kind: str, after: str) -> Listing:
        known = self._known(kind)
        query = {"limit": str(PAGE), "properties": ",".join(known.listed)}
        if after:
            query["after"] = after
        told = self._api("GET", f"{OBJECTS}/{quote(kind)}", query)
        following = told.get("paging", {}).get("next", {}).get("after", "")
        return Listing([_shown(known, one) for one in told["results"]], following)

    def find(self, kind: str, text: str, *, deep: bool) -> list[Shown]:
        known = self._known(kind)
        found = [*self._named(known, text)]
        if found or not deep:
            return found
        body = {"query": text, "limit": PAGE, "properties": known.listed}
        told = self._api("POST", f"{OBJECTS}/{quote(kind)}/search", body=body)
        return [_shown(known, one) for one in told["results"]]

    def counterparts(self, kind: str, records: Sequence[Shown]) -> dict[str, Shown]:
        known = self._known(kind)
        ids = [key for one in records for key in one.keys if _is_id(key)]
        candidates = [*self._batch(known, "", ids)]
        for name in known.unique:
            candidates += self._batch(known, name, [one.id for one in records])
        if kind == "contacts":
            candidates += self._batch(known, "email", [one.email for one in records if one.email])
        return by_key_or_email(records, candidates)

    def detail(self, kind: str, record_id: str) -> Detail:
        known = self._known(kind)
        fields = [_facts(one) for one in known.properties]
        told = self._read(kind, record_id, {"properties": ",".join(one.name for one in fields)})
        record = _shown(known, told)
        filled = [one.name for one in fields if record.values.get(one.name)][:_PAST]
        past = self._read(kind, record_id, {"propertiesWithHistory": ",".join(filled)})
        return Detail(record, fields, _versions(past.get("propertiesWithHistory") or {}))

    def update(self, kind: str, record_id: str, name: str, value: str) -> None:
        path = f"{OBJECTS}/{quote(kind)}/{quote(record_id)}"
        self._api("PATCH", path, body={"properties": {name: value}})

    def _read(self, kind: str, record_id: str, query: Mapping[str, str]) -> Any:
        return self._api("GET", f"{OBJECTS}/{quote(kind)}/{quote(record_id, safe='')}", query)

    def _named(self, known: Known, text: str) -> Iterator[Shown]:
        """The records that an id, an e-mail or a unique value names."""
        if _is_id(text):
            yield from self._batch(known, "", [text])
        if "@" in text and known.kind == "contacts":
            yield from self._batch(known, "email", [text])
        for name in known.unique:
            yield from self._batch(known, name, [text])

    def _batch(self, known: Known, id_property: str, values: Iterable[str]) -> Iterator[Shown]:
        wanted = list(dict.fromkeys(values))[:100]
        if not wanted:
            return
        body: dict[str, Any] = {
            "inputs": [{"id": value} for value in wanted],
            "properties": known.listed,
        }
        if id_property:
            body["idProperty"] = id_property
        told = self._api("POST", f"{OBJECTS}/{quote(known.kind)}/batch/read", body=body)
        for one in told["results"]:
            yield _shown(known, one)

    def _known(self, kind: str) -> Known:
        return Known(kind, self._api("GET", f"/crm/v3/properties/{quote(kind)}")["results"])


def _shown(known: Known, told: Mapping[str, Any]) -> Shown:
    values = told.get("properties") or {}
    return Shown(
        system="hubspot",
        kind=known.kind,
        id=str(told["id"]),
        title=_title(values) or str(told["id"]),
        email=values.get("email") or "",
        modified=str(told.get("updatedAt") or ""),
        values=values,
        keys=[values[name] for name in known.unique if values.get(name)],
    )


def _title(values: Mapping[str, Any]) -> str:
    for names in TITLES:
        if filled := " ".join(str(values[name]) for name in names if values.get(name)):
            return filled[:120]
    return ""


def _facts(told: Mapping[str, Any]) -> FieldFacts:
    locked = told.get("modificationMetadata", {}).get("readOnlyValue") or told.get("calculated")
    return FieldFacts(
        name=str(told["name"]),
        label=str(told.get("label") or told["name"]),
        type=str(told.get("type")),
        writable=not locked,
        unique=bool(told.get("hasUniqueValue")),
        options=[str(one["value"]) for one in told.get("options") or ()],
    )


def _versions(past: Mapping[str, Any]) -> list[Version]:
    versions = [
        Version(str(one["timestamp"]), name, str(one["value"]), str(one.get("sourceType")))
        for name, held in past.items()
        for one in held
    ]
    return sorted(versions, key=lambda one: one.at, reverse=True)[:VERSIONS]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19

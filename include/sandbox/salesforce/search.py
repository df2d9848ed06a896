"""Searching records by a word, asked with parameters or in SOSL: by name, e-mail or phone.

The real search index splits text into words and lags behind; this one looks for the word
anywhere in the searched fields and lags never.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from include.sandbox.salesforce.bodies import json_body, no_column
from include.sandbox.salesforce.errors import refusal
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.schema import Field, SObject
from include.sandbox.salesforce.sosl import asked_by
from include.sandbox.salesforce.views import view
from include.sandbox.wire import Answer

SHORTEST = 2
MOST = 2000
SEARCHED = {"ALL": ("string", "email", "phone", "url"), "EMAIL": ("email",), "PHONE": ("phone",)}
DEFAULT = ("Account", "Contact", "Lead", "Opportunity")


class Search:
    """The resources parameterizedSearch, asked by address or by body, and search."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def search(self, visit: Visit) -> Answer:
        asked = _by_address(visit) if visit.request.method == "GET" else json_body(visit.request)
        return self._found(visit, asked)

    def by_sosl(self, visit: Visit) -> Answer:
        return self._found(visit, asked_by(visit.request.get("q")))

    def _found(self, visit: Visit, asked: Any) -> Answer:
        word = str((asked or {}).get("q") or "").strip("*? ") if isinstance(asked, dict) else ""
        if len(word) < SHORTEST:
            raise refusal("MALFORMED_SEARCH", "search term must be longer than one character")
        found: list[dict[str, Any]] = []
        for kind, fields, limit in self._targets(asked):
            shown = self._matching(visit, kind, fields, word, str(asked.get("in") or "ALL"))
            found.extend(islice(shown, limit))
        return Answer(body={"searchRecords": found[: _limit(asked.get("overallLimit"))]})

    def _targets(self, asked: dict[str, Any]) -> Iterator[tuple[SObject, list[str], int]]:
        common = asked.get("fields")
        for one in asked.get("sobjects") or [{"name": name} for name in DEFAULT]:
            told = one if isinstance(one, dict) else {"name": str(one)}
            kind = self._org.seen(str(told.get("name")))
            fields = told.get("fields") or common or ["Id"]
            names = [str(name) for name in fields] if isinstance(fields, list) else ["Id"]
            yield kind, names, _limit(told.get("limit", asked.get("defaultLimit")))

    def _matching(
        self, visit: Visit, kind: SObject, fields: list[str], word: str, scope: str
    ) -> Iterator[dict[str, Any]]:
        shown = [_known(kind, name) for name in fields]
        columns = [one.name for one in kind.stored if _searched(one, scope.upper())]
        if not columns:
            return
        any_of = " OR ".join(f"\"{name}\" LIKE ? ESCAPE '\\'" for name in columns)
        alive = '"IsDeleted" = 0' if kind.deletable else "1"
        sql = (
            f'SELECT * FROM "{kind.table}" WHERE {alive} AND ({any_of}) ORDER BY "Id" LIMIT {MOST}'  # noqa: S608  declared names
        )
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = self._org.store.select(sql, [f"%{escaped}%"] * len(columns))
        for row in self._org.filled(kind, [dict(one) for one in found]):
            yield view(kind, row, shown, visit.base)


def _limit(told: Any) -> int:
    given = isinstance(told, int) and not isinstance(told, bool) and told > 0
    return min(told, MOST) if given else MOST


def _by_address(visit: Visit) -> dict[str, Any]:
    get = visit.request.get
    named = [one for one in (get("sobject") or "").split(",") if one]
    fields = [one for one in get("fields").split(",") if one]
    asked: dict[str, Any] = {"q": get("q"), "in": get("in") or "ALL", "fields": fields or None}
    return asked | ({"sobjects": [{"name": one} for one in named]} if named else {})


def _known(kind: SObject, name: str) -> Field:
    if column := kind.field(name):
        return column
    raise no_column(name, kind)


def _searched(column: Field, scope: str) -> bool:
    if scope == "NAME":
        return column.name_field
    return column.type in SEARCHED.get(scope, SEARCHED["ALL"]) and column.filterable

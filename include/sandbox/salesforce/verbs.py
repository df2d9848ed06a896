"""Control routes of Salesforce's own: what a person does in its pages, not over REST.

Below `POST /_sandbox/salesforce/`: `convert-lead {"lead_id", "account_id"?, "contact_id"?,
"opportunity_name"?, "with_opportunity"?}`, `merge {"sobject", "master_id", "merged_ids"}`,
`undelete {"id"}`, `empty-recycle-bin`, and `declare {"name", "fields", "record_types"}` for a
custom object or for more of one that is there. A refusal is answered as the API would word it.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from include.sandbox.router import Route
from include.sandbox.salesforce.additions import Additions
from include.sandbox.salesforce.bodies import json_object
from include.sandbox.salesforce.conversion import Conversion, convert, merge
from include.sandbox.salesforce.declaring import BadDeclaration
from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.oauth import acting_user
from include.sandbox.salesforce.org import Org
from include.sandbox.salesforce.writer import Author
from include.sandbox.wire import Answer, Request

PREFIX = "/_sandbox/salesforce"


class Verbs:
    """What the org's administrator may ask of it."""

    def __init__(self, org: Org, additions: Additions) -> None:
        self._org = org
        self._additions = additions

    def routes(self) -> list[Route]:
        verbs: dict[str, Callable[[dict[str, Any]], Any]] = {
            "convert-lead": self._convert,
            "merge": self._merge,
            "undelete": self._undelete,
            "declare": self._declare,
            "empty-recycle-bin": self._empty,
        }
        return [
            Route("POST", f"{PREFIX}/{name}", _answering(verb), writes=True)
            for name, verb in verbs.items()
        ]

    def author(self) -> Author:
        """The administrator: the user of the integration, who may do anything."""
        return Author(acting_user(self._org), self._org.world.clock.now(), saves_duplicates=True)

    def _convert(self, told: dict[str, Any]) -> Any:
        how = {name: told[name] for name in Conversion.__slots__ if name in told}
        if not isinstance(how.get("lead_id"), str):
            raise refusal("MISSING_ARGUMENT", "lead_id is required")
        return asdict(convert(self._org, Conversion(**how), self.author()))

    def _merge(self, told: dict[str, Any]) -> Any:
        kind = self._org.schema.sobject(str(told.get("sobject")))
        if kind is None:
            raise refusal("INVALID_TYPE", f"sObject type '{told.get('sobject')}' is not supported.")
        merged = [str(one) for one in told.get("merged_ids") or ()]
        merge(self._org, kind, str(told.get("master_id")), merged, self.author())
        return {"master_id": told.get("master_id"), "merged_ids": merged}

    def _undelete(self, told: dict[str, Any]) -> Any:
        record_id = canonical(str(told.get("id"))) or ""
        kind = self._org.schema.of_id(record_id)
        if kind is None:
            raise refusal("MALFORMED_ID", f"malformed id {told.get('id')}")
        self._org.writer.undelete(kind, record_id, self.author())
        return {"id": record_id}

    def _empty(self, told: dict[str, Any]) -> Any:  # noqa: ARG002  every verb is told something
        return {"purged": sum(self._org.store.purge(kind) for kind in self._org.schema)}

    def _declare(self, told: dict[str, Any]) -> Any:
        try:
            self._additions.add([told])
        except BadDeclaration as error:
            raise refusal("INVALID_INPUT", str(error)) from None
        kind = self._org.schema.named(str(told["name"]))
        return {"name": kind.name, "fields": [one.name for one in kind.fields if one.custom]}


def _answering(verb: Callable[[dict[str, Any]], Any]) -> Callable[[Request], Answer]:
    def handler(request: Request) -> Answer:
        try:
            return Answer(200, verb(json_object(request) if request.body else {}))
        except Refusal as refused:
            return refused.answer()

    return handler

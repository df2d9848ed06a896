"""The resources below tooling: queries over metadata, and custom fields made and unmade."""

import re
from dataclasses import replace
from typing import Any

from include.sandbox.salesforce.additions import Additions
from include.sandbox.salesforce.bodies import json_object
from include.sandbox.salesforce.declaring import BadDeclaration
from include.sandbox.salesforce.describe import described, summary
from include.sandbox.salesforce.errors import missing, refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.queries import Queries, soql_of
from include.sandbox.salesforce.rules import Rules
from include.sandbox.salesforce.schema import Field, SObject
from include.sandbox.salesforce.tooling.kinds import bad, declared_by
from include.sandbox.salesforce.tooling.tables import Tables, field_id, rule_id
from include.sandbox.soql.printer import write
from include.sandbox.soql.tree import Comparison, Path, Query, Selected, Text
from include.sandbox.wire import Answer

_ON_BOTH = re.compile(r"\bFROM\s+(EntityDefinition|FieldDefinition)\b", re.IGNORECASE)


class Tooling:
    """Answers requests about the org's metadata."""

    def __init__(self, org: Org, rules: Rules, additions: Additions) -> None:
        self._org = org
        self._rules = rules
        self._additions = additions
        self._tables = Tables(org, rules)
        self._queries = Queries(self._tables)

    def query(self, visit: Visit) -> Answer:
        return Answer(body=self._page(_below(visit), soql_of(visit)))

    def more(self, visit: Visit, locator: str) -> Answer:
        return self._queries.more(_below(visit), locator)

    def serves(self, visit: Visit) -> bool:
        """Whether a query of the data resources asks for metadata that both have."""
        return _ON_BOTH.search(visit.request.get("q")) is not None

    def query_beside(self, visit: Visit) -> Answer:
        """A query of the data resources for metadata that both have."""
        return Answer(body=self._page(visit, soql_of(visit)))

    def everything(self, visit: Visit) -> Answer:
        base = _below(visit).base
        shown = [summary(one, base) for one in self._tables.visible]
        return Answer(body={"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})

    def basic(self, visit: Visit, sobject: str) -> Answer:
        body = {"objectDescribe": summary(self._kind(sobject), _below(visit).base)}
        return Answer(body={**body, "recentItems": []})

    def describe(self, visit: Visit, sobject: str) -> Answer:
        kind = self._kind(sobject)
        return Answer(body=described(kind, self._tables.visible, _below(visit).base))

    def read(self, visit: Visit, sobject: str, record_id: str) -> Answer:
        kind = self._kind(sobject)
        if canonical(record_id) is None and kind.name not in (
            "EntityDefinition",
            "FieldDefinition",
        ):
            raise missing()
        query = Query(
            items=tuple(Selected(Path((one.name,))) for one in kind.fields),
            source=kind.name,
            where=Comparison(Path(("Id",)), "=", Text.of(record_id)),
        )
        found = self._page(_below(visit), write(query))["records"]
        if not found:
            raise missing()
        return Answer(body=found[0])

    def create(self, visit: Visit, sobject: str) -> Answer:
        if self._kind(sobject).name != "CustomField":
            raise refusal(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                f"entity type cannot be inserted: {self._kind(sobject).label}",
            )
        body = json_object(visit.request)
        kind, name = self._place(body.get("FullName"))
        metadata = body.get("Metadata")
        if not isinstance(metadata, dict):
            raise refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [Metadata]")
        declared = declared_by(name, metadata)
        self._declare(kind, declared)
        if not declared.get("required"):
            self._org.access.hide(f"{kind.name}.{name}")
        made = self._org.schema.named(kind.name).field(name)
        identity = field_id(kind, made) if made else ""
        location = f"{_below(visit).base}/sobjects/CustomField/{identity}"
        told = {"id": identity, "success": True, "errors": [], "warnings": [], "infos": []}
        return Answer(201, told, {"Location": location})

    def update(self, visit: Visit, sobject: str, record_id: str) -> Answer:
        """Switch a validation rule on or off."""
        if self._kind(sobject).name != "ValidationRule":
            raise refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be updated")
        full = canonical(record_id)
        rule = next((one for one in self._rules.every() if rule_id(one) == full), None)
        if rule is None:
            raise missing()
        metadata = json_object(visit.request).get("Metadata")
        active = metadata.get("active") if isinstance(metadata, dict) else None
        if not isinstance(active, bool):
            raise refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [active]")
        self._rules.switch(rule, active=active)
        return Answer(204)

    def delete(self, visit: Visit, sobject: str, record_id: str) -> Answer:  # noqa: ARG002
        if self._kind(sobject).name != "CustomField":
            raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access", status=403)
        kind, field = self._field(canonical(record_id))
        self._additions.take(kind, field.name)
        return Answer(204)

    def _page(self, visit: Visit, soql: str) -> dict[str, Any]:
        self._tables.fill()
        page = self._queries.page(visit, soql)
        single = ("Metadata", "FullName")
        records = page["records"]
        if len(records) > 1 and any(name in records[0] for name in single):
            raise refusal(
                "MALFORMED_QUERY",
                "When retrieving results with Metadata or FullName fields, the query"
                " qualifications must specify no more than one row for retrieval. Result size:"
                f" {page['totalSize']}",
            )
        return page

    def _kind(self, name: str) -> SObject:
        if found := self._tables.visible.sobject(name):
            return found
        raise missing()

    def _place(self, full_name: Any) -> tuple[SObject, str]:
        sobject, _, name = str(full_name or "").partition(".")
        kind = self._org.present.sobject(sobject)
        if kind is None:
            raise bad(f"Entity Enumeration Or ID: bad value: {sobject}", "TableEnumOrId")
        if not name.endswith("__c"):
            raise bad("Custom field name must end with __c", "FullName")
        if kind.field(name):
            raise refusal(
                "DUPLICATE_DEVELOPER_NAME",
                f"There is already a field named {name.removesuffix('__c')} on {kind.label}.",
                ["DeveloperName"],
            )
        return kind, name

    def _declare(self, kind: SObject, field: dict[str, Any]) -> None:
        try:
            self._additions.add([{"name": kind.name, "fields": [field]}])
        except BadDeclaration as error:
            raise bad(str(error), "FullName") from None

    def _field(self, record_id: str | None) -> tuple[SObject, Field]:
        for kind in self._org.present:
            for one in kind.fields:
                if one.custom and field_id(kind, one) == record_id:
                    return kind, one
        raise missing()


def _below(visit: Visit) -> Visit:
    """The visit, with the addresses of the tooling resources."""
    return replace(visit, version=f"{visit.version}/tooling")

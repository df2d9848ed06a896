"""What the org says about its objects: the list, the short form, and every field.

The keys and their order are the real API's; what the sandbox has no notion of is there with
the value a plain org would give.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.schema import TEXT_TYPES, Field, Schema, SObject
from include.sandbox.salesforce.store import Row
from include.sandbox.wire import Answer

MASTER_RECORD_TYPE = "012000000000000AAA"
BYTES_PER_CHARACTER = 3

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}


class Describe:
    """The resources that describe the org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._edition: tuple[Any, str] = (None, "")

    def everything(self, visit: Visit) -> Answer:
        def body() -> Any:
            shown = [summary(one, visit.base) for one in self._org.visible]
            return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown}

        return self._unless_known(visit, body)

    def basic(self, visit: Visit, sobject: str) -> Answer:
        kind = self._org.seen(sobject)
        return Answer(body={"objectDescribe": summary(kind, visit.base), "recentItems": []})

    def sobject(self, visit: Visit, sobject: str) -> Answer:
        kind = self._org.seen(sobject)
        types = self._record_types(kind)
        return self._unless_known(
            visit, lambda: described(kind, self._org.visible, visit.base, types)
        )

    def _record_types(self, kind: SObject) -> list[Row]:
        types = self._org.schema.named("RecordType")
        rows = self._org.store.holding(types, "SobjectType", kind.name)
        return [row for row in rows if row["IsActive"]]

    def _unless_known(self, visit: Visit, body: Callable[[], Any]) -> Answer:
        """The answer, or 304 for a client that has asked since the last change."""
        changed = self._changed()
        since = visit.request.headers.get("if-modified-since")
        headers = {"Last-Modified": changed}
        if since and _moment(since) >= _moment(changed):
            return Answer(304, None, headers)
        return Answer(200, body(), headers)

    def _changed(self) -> str:
        """When what is described was last another, to the second."""
        visible = self._org.visible
        if self._edition[0] is not visible:
            now = self._org.world.clock.now()
            self._edition = (visible, format_datetime(now, usegmt=True))
        return self._edition[1]


def _moment(text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def described(
    kind: SObject, schema: Schema, base: str, record_types: Sequence[Row] = ()
) -> dict[str, Any]:
    """Everything about one object."""
    return {
        "actionOverrides": [],
        **summary(kind, base),
        "childRelationships": [_child(parent, field) for parent, field in _pointing(kind, schema)],
        "compactLayoutable": kind.layoutable,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [_field(one, kind) for one in kind.fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [*_record_types(kind, record_types, base)],
        "searchLayoutable": kind.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [
            {"label": f"All {kind.plural.lower()}", "name": "everything"},
            {"label": f"My {kind.plural.lower()}", "name": "mine"},
            {"label": "Filter by scope", "name": "scopingRule"},
            {"label": f"My team's {kind.plural.lower()}", "name": "team"},
        ],
    }


def summary(kind: SObject, base: str) -> dict[str, Any]:
    """An object in the list of all: the same 28 facts of each."""
    own = f"{base}/sobjects/{kind.name}"
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": kind.createable,
        "custom": kind.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": kind.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": kind.layoutable and kind.undeletable,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": kind.prefix,
        "label": kind.label,
        "labelPlural": kind.plural,
        "layoutable": kind.layoutable,
        "mergeable": kind.mergeable,
        "mruEnabled": kind.layoutable and kind.deletable,
        "name": kind.name,
        "queryable": True,
        "replicateable": kind.audited,
        "retrieveable": True,
        "searchable": kind.searchable,
        "triggerable": kind.createable,
        "undeletable": kind.undeletable,
        "updateable": kind.updateable,
        "urls": _urls(kind, own),
    }


def _field(field: Field, kind: SObject) -> dict[str, Any]:
    text = field.type in TEXT_TYPES or field.type in ("id", "reference")
    length = field.length if text else 0
    return {
        "aggregatable": field.filterable and field.type not in ("boolean", "address"),
        "aiPredictionField": False,
        "autoNumber": field.name == "CaseNumber",
        "byteLength": length if field.type in ("id", "reference") else length * BYTES_PER_CHARACTER,
        "calculated": field.formula is not None,
        "calculatedFormula": field.formula,
        "cascadeDelete": field.cascade,
        "caseSensitive": False,
        "compoundFieldName": field.compound,
        "controllerName": None,
        "createable": field.createable and kind.createable,
        "custom": field.custom,
        "defaultValue": field.default,
        "defaultValueFormula": None,
        "defaultedOnCreate": field.default is not None or _filled_in(field),
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": field.digits,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": field.external_id,
        "extraTypeInfo": _extra_type(field),
        "filterable": field.filterable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": field.groupable,
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.id_lookup,
        "inlineHelpText": field.help,
        "label": field.label,
        "length": length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": field.polymorphic,
        "nillable": field.nillable,
        "permissionable": field.nillable and field.compound != "Name",
        "picklistValues": [_picklist_value(one, field) for one in field.values],
        "polymorphicForeignKey": field.polymorphic,
        "precision": field.precision,
        "queryByDistance": field.type == "address",
        "referenceTargetField": None,
        "referenceTo": list(field.to),
        "relationshipName": field.relation,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "searchPrefilterable": False,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "sortable": field.sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable and kind.updateable,
        "writeRequiresMasterRead": False,
    }


def _filled_in(field: Field) -> bool:
    """Whether the org fills the field at creation, whatever the request says."""
    audit = not field.nillable and field.writable == "never" and field.type != "string"
    return audit or field.name in ("OwnerId", "Probability")


def _extra_type(field: Field) -> str | None:
    if field.compound == "Name" or (field.name, field.label) == ("Name", "Full Name"):
        return "personname"
    return "plaintextarea" if field.type == "textarea" else None


def _picklist_value(value: str, field: Field) -> dict[str, Any]:
    return {
        "active": True,
        "defaultValue": value == field.default,
        "label": value,
        "validFor": None,
        "value": value,
    }


def _pointing(kind: SObject, schema: Schema) -> list[tuple[SObject, Field]]:
    return [(other, field) for other in schema for field in other.fields if kind.name in field.to]


def _child(other: SObject, field: Field) -> dict[str, Any]:
    return {
        "cascadeDelete": field.cascade,
        "childSObject": other.name,
        "deprecatedAndHidden": False,
        "field": field.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": field.children,
        "restrictedDelete": False,
    }


def _urls(kind: SObject, own: str) -> dict[str, str]:
    urls = {"rowTemplate": f"{own}/{{ID}}", "describe": f"{own}/describe", "sobject": own}
    if kind.layoutable:
        urls |= {
            "compactLayouts": f"{own}/describe/compactLayouts",
            "approvalLayouts": f"{own}/describe/approvalLayouts",
            "listviews": f"{own}/listviews",
            "quickActions": f"{own}/quickActions",
            "layouts": f"{own}/describe/layouts",
        }
    return urls


def _record_types(kind: SObject, rows: Sequence[Row], base: str) -> Iterator[dict[str, Any]]:
    """The record types of an object; the first one is new records' own, else the master."""
    for place, row in enumerate(rows):
        yield _record_type(kind, row, base) | {"defaultRecordTypeMapping": place == 0}
    master = {"Id": MASTER_RECORD_TYPE, "Name": "Master", "DeveloperName": "Master", "IsActive": 1}
    yield _record_type(kind, master, base) | {"defaultRecordTypeMapping": not rows, "master": True}


def _record_type(kind: SObject, row: Row, base: str) -> dict[str, Any]:
    layout = f"{base}/sobjects/{kind.name}/describe/layouts/{row['Id']}"
    return {
        "active": bool(row["IsActive"]),
        "available": True,
        "defaultRecordTypeMapping": False,
        "developerName": row["DeveloperName"],
        "master": False,
        "name": row["Name"],
        "recordTypeId": row["Id"],
        "urls": {"layout": layout},
    }

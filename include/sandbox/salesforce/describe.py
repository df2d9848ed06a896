"""What the org says about its objects: the list, the short form, and every field.

The keys and their order are the real API's; what the sandbox has no notion of is there with
the value a plain org would give.
"""

from typing import Any

from include.sandbox.salesforce.bodies import known_object
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.schema import TEXT_TYPES, Field, Schema, SObject
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

    def everything(self, visit: Visit) -> Answer:
        shown = [_summary(one, visit.base) for one in self._org.schema]
        return Answer(body={"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})

    def basic(self, visit: Visit, sobject: str) -> Answer:
        kind = known_object(sobject, self._org.schema)
        return Answer(body={"objectDescribe": _summary(kind, visit.base), "recentItems": []})

    def sobject(self, visit: Visit, sobject: str) -> Answer:
        kind = known_object(sobject, self._org.schema)
        return Answer(body=described(kind, self._org.schema, visit.base))


def described(kind: SObject, schema: Schema, base: str) -> dict[str, Any]:
    """Everything about one object."""
    return {
        "actionOverrides": [],
        **_summary(kind, base),
        "childRelationships": [_child(parent, field) for parent, field in _pointing(kind, schema)],
        "compactLayoutable": True,
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
        "recordTypeInfos": [_master_record_type(kind, base)],
        "searchLayoutable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [
            {"label": f"All {kind.plural.lower()}", "name": "everything"},
            {"label": f"My {kind.plural.lower()}", "name": "mine"},
        ],
    }


def _summary(kind: SObject, base: str) -> dict[str, Any]:
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
        "feedEnabled": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": kind.prefix,
        "label": kind.label,
        "labelPlural": kind.plural,
        "layoutable": True,
        "mergeable": kind.mergeable,
        "mruEnabled": True,
        "name": kind.name,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": True,
        "triggerable": True,
        "undeletable": kind.undeletable,
        "updateable": kind.updateable,
        "urls": {"rowTemplate": f"{own}/{{ID}}", "describe": f"{own}/describe", "sobject": own},
    }


def _field(field: Field, kind: SObject) -> dict[str, Any]:
    text = field.type in TEXT_TYPES or field.type in ("id", "reference")
    length = field.length if text else 0
    return {
        "aggregatable": field.filterable and field.type not in ("boolean", "address"),
        "aiPredictionField": False,
        "autoNumber": field.name == "CaseNumber",
        "byteLength": length if field.type in ("id", "reference") else length * BYTES_PER_CHARACTER,
        "calculated": False,
        "calculatedFormula": None,
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
        "inlineHelpText": None,
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
    if field.compound == "Name":
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


def _master_record_type(kind: SObject, base: str) -> dict[str, Any]:
    layout = f"{base}/sobjects/{kind.name}/describe/layouts/{MASTER_RECORD_TYPE}"
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": MASTER_RECORD_TYPE,
        "urls": {"layout": layout},
    }

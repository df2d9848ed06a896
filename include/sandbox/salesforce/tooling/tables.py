"""The org's metadata as tables, made anew whenever it is asked for.

They lie in a database of their own, so that the same compiler answers queries about fields
and rules that answers those about records. Ids are worked out from names and stay the same.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

from include.sandbox.database import Database
from include.sandbox.salesforce.declaring import built, shipped
from include.sandbox.salesforce.ids import canonical, numbered
from include.sandbox.salesforce.org import Org
from include.sandbox.salesforce.rules import Rule, Rules
from include.sandbox.salesforce.schema import Field, Schema, SObject
from include.sandbox.salesforce.settings import Settings
from include.sandbox.salesforce.store import Row, Store
from include.sandbox.salesforce.tooling.kinds import metadata_of
from include.sandbox.salesforce.values import wire_time
from include.sandbox.world import World

DECLARATIONS = Path(__file__).parent / "declarations"
UNMANAGED = "unmanaged"


class MetadataSchema(Schema):
    """A schema in which names are ids, too: an object's id is its name."""

    def id_of(self, text: str) -> str | None:
        return canonical(text) or text


class Tables:
    """A place to query, with the metadata of an org in it."""

    def __init__(self, org: Org, rules: Rules) -> None:
        self._org = org
        self._rules = rules
        self.visible = MetadataSchema(built(shipped(DECLARATIONS)))
        self._database = Database()
        self.store = Store(self._database, self.visible)

    @property
    def world(self) -> World:
        return self._org.world

    @property
    def settings(self) -> Settings:
        return self._org.settings

    def fill(self) -> None:
        """Make the tables tell what the org is now."""
        now = wire_time(self._org.world.clock.now())
        stamps = {"CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now}
        with self._database.transaction():
            self.store.clear()
            for name, rows in self._tables():
                kind = self.visible.named(name)
                self.store.insert_many(kind, ({**kind.defaults, **stamps, **row} for row in rows))

    def _tables(self) -> Iterator[tuple[str, Iterator[Row]]]:
        kinds = list(self._org.visible)
        yield "EntityDefinition", map(_entity, kinds)
        yield "FieldDefinition", (self._field(kind, one) for kind in kinds for one in kind.fields)
        custom = ((kind, one) for kind in kinds for one in kind.fields if one.custom)
        yield "CustomField", (_custom_field(kind, one) for kind, one in custom)
        yield "CustomObject", (_custom_object(kind) for kind in kinds if kind.custom)
        rules = (one for one in self._rules.every() if self._org.visible.sobject(one.sobject))
        yield "ValidationRule", map(_rule, rules)

    def _field(self, kind: SObject, field: Field) -> Row:
        tracked = self._org.settings["tracked_fields"].get(kind.name) or ()
        return {
            "Id": f"{kind.name}.{field.name}",
            "DurableId": f"{kind.name}.{field_id(kind, field) if field.custom else field.name}",
            "EntityDefinitionId": kind.name,
            "QualifiedApiName": field.name,
            "DeveloperName": field.name.removesuffix("__c"),
            "MasterLabel": field.label,
            "Label": field.label,
            "DataType": _data_type(field),
            "ValueTypeId": field.type,
            "Length": field.length,
            "Precision": field.precision,
            "Scale": field.scale,
            "RelationshipName": field.relation,
            "IsNillable": int(field.nillable),
            "IsIndexed": int(
                field.id_lookup or field.external_id or field.type in ("id", "reference")
            ),
            "IsCalculated": int(field.formula is not None),
            "IsCompound": int(field.type == "address"),
            "IsNameField": int(field.name_field),
            "IsFieldHistoryTracked": int(field.name in tracked),
            "IsApiFilterable": int(field.filterable),
            "IsApiSortable": int(field.sortable),
            "IsApiGroupable": int(field.groupable),
        }


def field_id(kind: SObject, field: Field) -> str:
    """The id of a custom field."""
    return _id("00N", f"{kind.name}.{field.name}")


def rule_id(rule: Rule) -> str:
    """The id of a validation rule."""
    return _id("03d", rule.full_name)


def _id(prefix: str, name: str) -> str:
    return numbered(prefix, crc32(name.lower().encode()))


def _entity(kind: SObject) -> Row:
    return {
        "Id": kind.name,
        "DurableId": kind.name,
        "QualifiedApiName": kind.name,
        "DeveloperName": kind.name.removesuffix("__c"),
        "MasterLabel": kind.label,
        "Label": kind.label,
        "PluralLabel": kind.plural,
        "KeyPrefix": kind.prefix,
        "IsCustomizable": int(kind.custom or kind.createable),
        "IsQueryable": 1,
        "IsSearchable": int(kind.searchable),
        "IsTriggerable": int(kind.createable),
        "IsLayoutable": int(kind.layoutable),
        "IsReplicateable": int(kind.audited),
        "IsRetrieveable": 1,
    }


def _custom_field(kind: SObject, field: Field) -> Row:
    return {
        "Id": field_id(kind, field),
        "EntityDefinitionId": kind.name,
        "TableEnumOrId": kind.name,
        "DeveloperName": field.name.removesuffix("__c"),
        "InlineHelpText": field.help,
        "Length": field.length or None,
        "Precision": field.precision or None,
        "Scale": field.scale if field.precision else None,
        "ManageableState": UNMANAGED,
        "FullName": f"{kind.name}.{field.name}",
        "Metadata": json.dumps(metadata_of(field)),
    }


def _custom_object(kind: SObject) -> Row:
    name = kind.name.removesuffix("__c")
    return {"Id": _id("01I", name), "DeveloperName": name, "ManageableState": UNMANAGED}


def _rule(rule: Rule) -> Row:
    metadata: dict[str, Any] = {
        "active": rule.active,
        "description": None,
        "errorConditionFormula": rule.formula,
        "errorDisplayField": rule.error_field,
        "errorMessage": rule.error_message,
        "shouldEvaluateOnClient": None,
        "urls": None,
    }
    return {
        "Id": rule_id(rule),
        "EntityDefinitionId": rule.sobject,
        "ValidationName": rule.name,
        "Active": int(rule.active),
        "ErrorDisplayField": rule.error_field,
        "ErrorMessage": rule.error_message,
        "ManageableState": UNMANAGED,
        "FullName": rule.full_name,
        "Metadata": json.dumps(metadata),
    }


def _data_type(field: Field) -> str:
    if field.formula:
        return f"Formula ({_data_type_of(field)})"
    return _data_type_of(field)


def _data_type_of(field: Field) -> str:
    match field.type:
        case "string":
            unique = ", External ID, Unique Case Insensitive" if field.unique else ""
            return f"Text({field.length}){' (' + unique[2:] + ')' if unique else ''}"
        case "double" | "currency" | "percent":
            name = {"double": "Number"}.get(field.type, field.type.capitalize())
            return f"{name}({field.precision - field.scale}, {field.scale})"
        case "reference":
            return f"Lookup({','.join(field.to)})"
    return _DATA_TYPES.get(field.type, field.type.capitalize())


_DATA_TYPES = {
    "boolean": "Checkbox",
    "datetime": "Date/Time",
    "textarea": "Text Area",
    "multipicklist": "Picklist (Multi-Select)",
    "int": "Number(8, 0)",
    "url": "URL",
    "id": "Id",
}

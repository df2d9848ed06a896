"""What HubSpot says about its properties: one call per object type, and the portal's time zone.

A property's type is told with its form (`enumeration/checkbox`), because the form decides how many
options it holds. Options that HubSpot keeps elsewhere (owners) are not told here, so such a
property counts as free. HubSpot refuses a value outside a list whatever the list's form.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.crmsync.adapters.hubspot_api import ACCOUNT, PIPELINES, PROPERTIES, HubSpotApi, results
from include.crmsync.errors import ConfigError, Rejected
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.schema import FieldSchema, Schema


def read_schema(api: HubSpotApi, mapping: ObjectMapping) -> Schema:
    """Every property of the mapping's object, and the portal's zone; two calls."""
    try:
        listed = results(api.get(f"{PROPERTIES}/{mapping.hubspot}"))
    except Rejected as refused:
        raise ConfigError(
            f"HubSpot has no object {mapping.hubspot}, or the token may not read its properties"
            f" ({refused.code}). Mend `hubspot.object` in mappings/{mapping.object_type}.yaml, or"
            " give the token the object's schema scope."
        ) from None
    zone = str(api.get(ACCOUNT).get("timeZone") or "")
    fields = {str(one.get("name")): to_field(one) for one in listed if not one.get("archived")}
    for one in mapping.fields:
        if one.pipeline_property in fields and one.hubspot in fields:
            fields |= _pipelines(api, mapping.hubspot, one, fields)
    return Schema({mapping.hubspot: fields}, zone)


def _pipelines(
    api: HubSpotApi, kind: str, one: FieldMapping, fields: Mapping[str, FieldSchema]
) -> dict[str, FieldSchema]:
    """Both properties of a stage, with the pipelines and stages that there are: a call."""
    found = [item for item in results(api.get(f"{PIPELINES}/{kind}")) if not item.get("archived")]
    pipelines = {str(item["id"]): str(item.get("label") or item["id"]) for item in found}
    stages = {
        str(stage["id"]): str(stage.get("label") or stage["id"])
        for item in found
        for stage in item.get("stages") or ()
        if not stage.get("archived")
    }
    return {
        one.pipeline_property: replace(
            fields[one.pipeline_property], options=pipelines, restricted=True
        ),
        one.hubspot: replace(fields[one.hubspot], options=stages, restricted=True),
    }


def to_field(told: Mapping[str, Any]) -> FieldSchema:
    """One property."""
    listed = sorted(told.get("options") or (), key=lambda one: int(one.get("displayOrder") or 0))
    options = {str(one.get("value")): str(one.get("label") or one.get("value")) for one in listed}
    read_only = bool((told.get("modificationMetadata") or {}).get("readOnlyValue"))
    return FieldSchema(
        type=f"{told.get('type')}/{told.get('fieldType')}",
        label=str(told.get("label") or ""),
        order=tuple(options),
        options=options if told.get("type") == "enumeration" and options else None,
        restricted=told.get("type") == "enumeration" and bool(options),
        writable=not (read_only or told.get("calculated")),
        calculated=bool(told.get("calculated")),
        unique=bool(told.get("hasUniqueValue")),
    )

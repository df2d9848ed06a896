"""A richer world than the shipped one: custom fields of every type, under dice-thrown rules.

The shipped mappings use three of the six rules and few types. Here both CRMs get custom fields
through their public APIs, as an administrator would make them, and copies of the shipped files
name them. The sync and the driver read the same files, each in its own way.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.conftest import ROOT
from tests.end_to_end.driver.crms import Crms

SHIPPED = ROOT / "include" / "crmsync" / "mappings"
KINDS = {"companies": ["Account"], "contacts": ["Contact", "Lead"], "deals": ["Opportunity"]}
GROUPS = {
    "companies": "companyinformation",
    "contacts": "contactinformation",
    "deals": "dealinformation",
}
RULES = (
    "two_way",
    "prefer_salesforce_unless_blank",
    "always_salesforce",
    "prefer_hubspot_unless_blank",
    "always_hubspot",
    "dont_sync",
)
SIZES = {"s": "Small", "m": "Medium", "l": "Large"}
TASTES = {"art": "Art", "golf": "Golf", "opera": "Opera", "tea": "Tea & Cake"}
EXTRA: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # name: HubSpot's property, Salesforce's field, what the mapping says besides
    "x_tick": (
        {"type": "bool", "fieldType": "booleancheckbox"},
        {"type": "boolean"},
        {"type": "boolean"},
    ),
    "x_size": (
        {"type": "enumeration", "fieldType": "select", "options": SIZES},
        {"type": "picklist", "values": [*SIZES.values(), "Huge"], "restricted": True},
        {"type": "picklist", "values": SIZES},
    ),
    "x_tastes": (
        {"type": "enumeration", "fieldType": "checkbox", "options": {**TASTES, "rust": "Rust"}},
        {"type": "multipicklist", "values": [*TASTES.values(), "Chess"], "restricted": True},
        {"type": "multipicklist", "values": TASTES},
    ),
    "x_day": ({"type": "date", "fieldType": "date"}, {"type": "date"}, {"type": "date"}),
    "x_moment": (
        {"type": "datetime", "fieldType": "date"},
        {"type": "datetime"},
        {"type": "datetime"},
    ),
    "x_birth": ({"type": "date", "fieldType": "date"}, {"type": "datetime"}, {"type": "date"}),
    "x_due": ({"type": "datetime", "fieldType": "date"}, {"type": "date"}, {"type": "date"}),
    "x_ratio": (
        {"type": "number", "fieldType": "number"},
        {"type": "double", "precision": 12, "scale": 3},
        {"type": "number"},
    ),
    "x_count": (
        {"type": "number", "fieldType": "number"},
        {"type": "int", "digits": 8},
        {"type": "number"},
    ),
    "x_share": (
        {"type": "number", "fieldType": "number"},
        {"type": "percent", "precision": 9, "scale": 2},
        {"type": "number", "transform": "percent"},
    ),
    "x_story": (
        {"type": "string", "fieldType": "textarea"},
        {"type": "textarea", "length": 1000},
        {"type": "text"},
    ),
    "x_line": (
        {"type": "string", "fieldType": "text"},
        {"type": "string", "length": 30},
        {"type": "string"},
    ),
}


def furnish(crms: Crms, folder: Path, dice: Random) -> Path:
    """Make the fields in both systems and the mapping files that name them; the folder."""
    folder.mkdir()
    for object_type, kinds in KINDS.items():
        for name, (here, _, _) in EXTRA.items():
            crms.hubspot(
                "POST", f"/crm/v3/properties/{object_type}", _property(name, here, object_type)
            )
        for kind in kinds:
            fields = [{"name": f"{name}__c", **there} for name, (_, there, _) in EXTRA.items()]
            crms.control("POST", "salesforce/declare", {"name": kind, "fields": fields})
        told = yaml.safe_load((SHIPPED / f"{object_type}.yaml").read_text())
        told["fields"] += _lines(dice)
        (folder / f"{object_type}.yaml").write_text(yaml.safe_dump(told, sort_keys=False))
    return folder


def _lines(dice: Random) -> Iterator[dict[str, Any]]:
    for name, (_, _, more) in EXTRA.items():
        yield {
            "name": name,
            "hubspot": name,
            "salesforce": f"{name}__c",
            "rule": dice.choice(RULES),
            **more,
        }


def _property(name: str, told: dict[str, Any], object_type: str) -> dict[str, Any]:
    body = {"name": name, "label": name, "groupName": GROUPS[object_type], **told}
    if told["type"] == "bool":
        body["options"] = {"true": "Yes", "false": "No"}
    if options := body.get("options"):
        body["options"] = [
            {"value": value, "label": label, "displayOrder": at}
            for at, (value, label) in enumerate(options.items())
        ]
    return body

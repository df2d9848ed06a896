"""The shipped mappings, trimmed: every rule and every type that matters, in few fields.

Fewer fields make faster histories. Rules that no shipped field has are given to some, so that
each sync rule is tried in every world; fields that a criterion looks at always stay.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from include.crmsync.criteria.suite import Suite
from include.crmsync.criteria.suites import load
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule

KEPT = {
    "companies": {"name", "website", "industry", "revenue", "phone", "city", "owner"},
    "contacts": {
        *("email", "last_name", "title", "phone", "lead_source", "company", "mobile"),
        *("first_name", "employees", "owner", "account"),
    },
    "deals": {
        *("name", "stage", "amount", "close_date", "next_step", "description", "owner", "account"),
    },
}
RULES = {
    "companies": {"website": SyncRule.ALWAYS_SALESFORCE, "city": SyncRule.ALWAYS_HUBSPOT},
    "contacts": {"mobile": SyncRule.PREFER_HUBSPOT, "first_name": SyncRule.ALWAYS_SALESFORCE},
    "deals": {"next_step": SyncRule.PREFER_HUBSPOT, "description": SyncRule.ALWAYS_SALESFORCE},
}


@cache
def trimmed(follow: bool = False) -> Mapping[str, ObjectMapping]:  # noqa: FBT002
    """The mappings; with `follow`, deletions follow in both systems."""
    return {name: _trimmed(one, follow=follow) for name, one in load_all().items() if name in KEPT}


@cache
def suites() -> Mapping[tuple[str, System], Suite]:
    """The shipped suites."""
    return {
        (name, system): load(name, system, one)
        for name, one in trimmed().items()
        for system in System
    }


def _plain(one: FieldMapping) -> FieldMapping:
    """A stage as a list of values: worlds have one pipeline, and nobody leaves it."""
    if one.type is not FieldType.STAGE:
        return one
    return replace(one, type=FieldType.PICKLIST, pipelines=(), pipeline_property="")


def _trimmed(mapping: ObjectMapping, *, follow: bool) -> ObjectMapping:
    name = mapping.object_type
    judged = {
        column
        for system in System
        for one in load(name, system).expectations
        for column in one.columns
    }
    fields = [
        replace(_plain(one), rule=RULES[name].get(one.name, one.rule), moves_with=None)
        for one in mapping.fields
        if one.name in KEPT[name] | judged
    ]
    deletes = frozenset(System) if follow else mapping.deletes_in
    return replace(mapping, fields=tuple(fields), deletes_in=deletes)

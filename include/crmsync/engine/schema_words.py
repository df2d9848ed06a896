"""What a person is told of a mapping that the live schemas do not bear out.

Each names the field, the system and the object, says what follows for the sync, and what to do. No
words carry a record's value; names of fields and of mapped picklist values are the mapping's own.
"""

from collections.abc import Sequence

from include.crmsync.model.mapping import FieldMapping
from include.crmsync.model.record import System
from include.crmsync.model.schema import Issue

Where = tuple[str, System, str]
"""Field name in the system, the system, its object."""

_ASIDE = (
    " Until then the field is set aside and the others sync; what changes in it meanwhile is read"
    " again once it is back."
)
_MOST = 8
"""Values named in one sentence."""


def missing(field: str, name: str, system: System, kind: str, object_type: str) -> Issue:
    """A field that one system does not have."""
    reason = (
        f"{field}: {system.label} has no field {name} on {kind}, or hides it from the integration"
        f" user. Create it or grant access, or take it out of mappings/{object_type}.yaml.{_ASIDE}"
    )
    return Issue(field, str(system), "missing", "set_aside", reason)


def mistyped(field: FieldMapping, where: Where, told: str, object_type: str) -> Issue:
    """A field of a type that cannot hold the mapped one."""
    name, system, kind = where
    reason = (
        f"{field.name}: {name} on {kind} in {system.label} is of type {told}, which cannot hold"
        f" the mapped type {field.type}. Map it to a field of a fitting type, or mend the type in"
        f" mappings/{object_type}.yaml.{_ASIDE}"
    )
    return Issue(field.name, str(system), "type_mismatch", "set_aside", reason)


def read_only(field: FieldMapping, where: Where, object_type: str, *, computed: bool) -> Issue:
    """A field that may only travel to where it cannot be written."""
    name, system, kind = where
    reason = (
        f"{field.name}: {_closed(name, system, kind, computed=computed)}, and the rule"
        f" {field.rule} lets the field travel there only. Change the rule to"
        f" always_{system} in mappings/{object_type}.yaml, or let the user edit it.{_ASIDE}"
    )
    return Issue(field.name, str(system), "read_only", "set_aside", reason)


def one_way(field: FieldMapping, where: Where, object_type: str, *, computed: bool) -> Issue:
    """A field that one system computes, or keeps to itself."""
    name, system, kind = where
    reason = (
        f"{field.name}: {_closed(name, system, kind, computed=computed)}, so its value flows"
        f" out of {system.label} only and stands in {system.other.label}. Let the user edit it, or"
        f" say so in mappings/{object_type}.yaml with the rule always_{system}."
    )
    return Issue(field.name, str(system), "read_only", "one_way", reason)


def values_lost(field: str, system: System, lost: Sequence[str], object_type: str) -> Issue:
    """Mapped picklist values that a list does not have."""
    named = ", ".join(lost[:_MOST]) + (", ..." if len(lost) > _MOST else "")
    reason = (
        f"{field}: {system.label} no longer lists {len(lost)} mapped values: {named}. A record that"
        f" holds one keeps it to itself. Add them there, or mend `values` in"
        f" mappings/{object_type}.yaml."
    )
    return Issue(field, str(system), "values_lost", "values_held", reason)


def default_refused(field: str, system: System, object_type: str) -> Issue:
    """A default that the field would not take."""
    reason = (
        f"{field}: {system.label} would not take the mapping's default: it is too long, or no"
        f" option of the field. New records go without it. Mend `default` in"
        f" mappings/{object_type}.yaml, or the field in {system.label}."
    )
    return Issue(field, str(system), "default_refused", "values_held", reason)


def pipelines_lost(field: str, system: System, lost: Sequence[str], object_type: str) -> Issue:
    """Mapped pipelines or record types that a system does not have."""
    what = "pipelines" if system is System.HUBSPOT else "active record types"
    named = ", ".join(lost[:_MOST]) + (", ..." if len(lost) > _MOST else "")
    reason = (
        f"{field}: {system.label} does not have {len(lost)} mapped {what}: {named}. The records"
        f" that belong there are paused. Make them there, or mend `pipelines` in"
        f" mappings/{object_type}.yaml."
    )
    return Issue(field, str(system), "pipelines_lost", "values_held", reason)


def not_created(name: str, kind: str, object_type: str) -> Issue:
    """A field that new records need and the mapping never sends."""
    reason = (
        f"Salesforce creates no {kind} without {name}, and the mapping never sends it. Map it in"
        f" mappings/{object_type}.yaml, or give it a constant there. Until then no {kind} is"
        " created in Salesforce; updates go on."
    )
    return Issue("", str(System.SALESFORCE), f"required:{name}", "not_created", reason)


def unique_key(name: str, system: System, kind: str, *, exists: bool) -> str:
    """What is wrong with the field that carries the other system's id."""
    wanted = (
        "a property with unique values (`hasUniqueValue`, text)"
        if system is System.HUBSPOT
        else "a text field that is an external id, unique, and editable by the integration user"
    )
    found = "is there, but is not" if exists else "is missing, or hidden; it must be"
    return (
        f"{system.label}: the key field {name} on {kind} {found} {wanted}. Without it a create"
        " could be doubled."
    )


def no_domain(name: str, system: System, kind: str, object_type: str) -> str:
    """What is wrong with a field that companies are to be matched by."""
    return (
        f"{system.label} has no field {name} on {kind}, or hides it from the integration user, and"
        f" {object_type} are matched by it. Create it, grant access, or mend match_domain in"
        f" mappings/{object_type}.yaml. Without it a create could be doubled."
    )


def _closed(name: str, system: System, kind: str, *, computed: bool) -> str:
    why = "is computed by" if computed else "is read-only for the integration user in"
    return f"{name} on {kind} {why} {system.label}"

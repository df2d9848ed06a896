"""Properties a custom object has from the start, besides those people give it."""

from include.sandbox.hubspot.declared.kinds import computed, moment, owner
from include.sandbox.hubspot.declared.portal import SHARED
from include.sandbox.hubspot.property import Property


def properties(name: str) -> tuple[Property, ...]:
    """What every custom object of this full name has."""
    group = f"{name.partition('_')[2]}_information"
    stage = ("hs_pipeline", "Pipeline"), ("hs_pipeline_stage", "Pipeline stage")
    return (
        computed(moment("hs_createdate", "Object create date/time", group)),
        computed(moment("hs_lastmodifieddate", "Object last modified date/time", group)),
        owner(group),
        *(Property(n, label, "enumeration", "select", group, external=True) for n, label in stage),
        *SHARED,
    )

"""A pipeline: HubSpot's row of stages, and what it is in Salesforce.

There the same row is a record type with stage names of its own, or, in an org without record
types, simply the stage names there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

PIPELINE_PROPERTIES: Mapping[str, str] = {"deals": "pipeline", "tickets": "hs_pipeline"}
"""HubSpot object -> the property that holds a record's pipeline."""

RECORD_TYPE = "RecordTypeId"
MASTER = "Master"
"""The record type of records that have none."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline and its stages."""

    hubspot: str
    """HubSpot's id of it."""
    record_type: str = ""
    """The record type's developer name; empty where the mapping names none."""
    stages: Mapping[str, str] = field(default_factory=dict)
    """HubSpot's stage id -> Salesforce's stage name."""

"""Which HubSpot property is which Salesforce field, and by which rule it travels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from include.crmsync.model.pipeline import RECORD_TYPE, Pipeline
from include.crmsync.model.record import System
from include.crmsync.model.request import STRAIGHT, Bend
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema
from include.crmsync.model.transform import Transform


class FieldType(StrEnum):
    """How a field's canonical value is spelled and compared."""

    STRING = "string"
    TEXT = "text"
    """Several lines; line endings are canonical, inner blanks are kept."""
    EMAIL = "email"
    PHONE = "phone"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    OWNER = "owner"
    """Canonical: the owner's e-mail, lower case. Each system stores its own user id."""
    PARENT = "parent"
    """Canonical: the id of the parent's link. Each system stores its own parent id."""
    ROLES = "roles"
    """Canonical: the links of those who have a role in the record, and the names of the roles."""
    STAGE = "stage"
    """Canonical: HubSpot's pipeline and Salesforce's stage name, which stands alone for the first
    pipeline: `Closed Won`, `8214763/Closed Won`."""


ASSOCIATED = frozenset({FieldType.PARENT, FieldType.ROLES})
"""Types of which HubSpot keeps the values as associations, not as properties."""


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """One mapped field."""

    name: str
    """Our name for it; the key of canonical values, bases and journal rows."""
    hubspot: str
    """The HubSpot property. For a parent or roles: the associated object type, e.g. companies."""
    salesforce: Mapping[str, str]
    """Salesforce object -> field, e.g. {"Contact": "MailingCity", "Lead": "City"}.
    For roles: the object whose rows they are."""
    type: FieldType
    rule: SyncRule
    values: Mapping[str, str] = field(default_factory=dict)
    """HubSpot value -> Salesforce value of a picklist, or of a role: HubSpot's is a label there.
    The canonical value is Salesforce's."""
    parent: str | None = None
    """Object type of the parent, for type parent; of those who have a role, for type roles."""
    length: int | None = None
    """Longest value both systems store, when the mapping states it."""
    required: bool = False
    """No record is created without it: where it cannot be sent, its creation waits."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Salesforce value -> the Salesforce value it counts as: several that HubSpot says as one."""
    by_label: bool = False
    """Picklist values pair where both systems' labels are alike; `values` goes before."""
    transform: Transform | None = None
    default: str | None = None
    """Canonical value of a new record whose origin is blank."""
    constant: str | None = None
    """The value that always stands, or that new records get; one system has the field."""
    only_new: bool = False
    """Of a constant: written at creation and never looked at again."""
    optional: bool = False
    """Used only where both systems have the field."""
    moves_with: str | None = None
    """Name of the field without which this one says nothing: an amount's currency."""
    schemas: Mapping[str, FieldSchema] = field(default_factory=dict)
    """Kind, HubSpot's or Salesforce's -> the live field, where it is known."""
    pipelines: tuple[Pipeline, ...] = ()
    """For type stage: what pairs with what."""
    home: str = ""
    """HubSpot's id of the first pipeline stated: its stages are spelled without it."""
    pipeline_property: str = ""
    """HubSpot's property of the pipeline, which a stage needs beside it."""
    record_types: Mapping[str, str] = field(default_factory=dict)
    """Record type id -> developer name, where the live schema tells them."""
    zone: str = ""
    """Time zone in which a moment is a day, where one system keeps a moment and one a day."""

    def beside(self, system: System) -> str | None:
        """The system's field without which a stage says nothing; None where it has none."""
        if system is System.HUBSPOT:
            return self.pipeline_property or None
        return RECORD_TYPE if any(one.record_type for one in self.pipelines) else None

    @property
    def scale(self) -> int | None:
        """Digits behind the point that every system keeps, None where nobody limits them."""
        scales = [one.scale for one in self.schemas.values() if one.scale is not None]
        return min(scales, default=None)


Condition = Literal["linked", "filled", "blank"] | frozenset[str]
"""What a field must be: a parent with a link, any value, no value, or one of these values."""


@dataclass(frozen=True, slots=True)
class KindRule:
    """Which Salesforce object a new record becomes, if everything in `when` is so."""

    kind: str
    when: tuple[tuple[str, Condition], ...] = ()
    """Mapped field, and what its canonical value in HubSpot must be."""


STAGE = "lifecycle"
"""Our name of the field that holds a contact's lifecycle stage, where stages are moved."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """To which HubSpot stages a role in an opportunity moves a contact; only ever forward."""

    property: str
    open: str
    """For a role in an opportunity that is open."""
    won: str


@dataclass(frozen=True, slots=True)
class ObjectMapping:
    """One pair of object types and its mapped fields, in the order a person reads them."""

    object_type: str
    hubspot: str
    """HubSpot's object name in paths: companies, contacts, deals."""
    hubspot_key: str
    """HubSpot's unique property that carries the Salesforce id of the record it came from."""
    salesforce: tuple[str, ...]
    """Salesforce objects of this type, the one that creates use first."""
    salesforce_key: str
    """Salesforce's unique external id field that carries the HubSpot id."""
    match_on: str | None
    """Name of the mapped field by which unlinked records match; None: stored links only."""
    fields: tuple[FieldMapping, ...]
    creates_in: frozenset[System]
    """Systems in which this type may be created."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Salesforce object -> the SOQL condition of the records that take part; the others do not."""
    deletes_in: frozenset[System] = frozenset()
    """Systems in which a record is deleted when its counterpart was; elsewhere it is kept."""
    linked_by: tuple[str, ...] = ()
    """HubSpot properties that name the Salesforce record of an earlier integration, best first."""
    match_domain: Mapping[System, str] | None = None
    """Of companies: the field of each system that holds the domain they may match by; None: off."""
    match_further: str | None = None
    """HubSpot property with further values of the match field, parted by `;`; None: unused."""
    merges_in: frozenset[System] = frozenset()
    """Systems in which two records are merged when their counterparts were; else it is reported."""
    lifecycle: Lifecycle | None = None
    """How roles in opportunities move people's lifecycle stages; None: they do not."""
    needs_contact: frozenset[str] = frozenset()
    """What a HubSpot company needs to be created: a contact that is listed, one that is no lead."""
    creates_as: tuple[KindRule, ...] = ()
    """Which Salesforce object a new record becomes: the first rule that fits, else the first."""
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Salesforce object -> what it requires and the mapping never sends, so none is created."""
    orgs_words: frozenset[str] = frozenset()
    """Messages of the org's active validation rules: no record's values, whatever they equal."""
    bend: Bend = STRAIGHT
    """How this run differs from the mapping as it is stated, by request."""

    def __getitem__(self, name: str) -> FieldMapping:
        return next(field for field in self.fields if field.name == name)

    @property
    def becomes(self) -> tuple[str, ...]:
        """The Salesforce objects that a new record may become."""
        told = [rule.kind for rule in self.creates_as]
        always = bool(self.creates_as) and not self.creates_as[-1].when
        return tuple(dict.fromkeys([*told, *([] if always else self.salesforce[:1])]))

    @property
    def unshared(self) -> FieldMapping | None:
        """The field whose value no two HubSpot records share: a contact's e-mail address."""
        if self.hubspot != "contacts":
            return None
        return next((one for one in self.fields if one.hubspot == "email"), None)

    @property
    def rules(self) -> dict[str, SyncRule]:
        return {field.name: field.rule for field in self.fields}

    @property
    def parents(self) -> tuple[FieldMapping, ...]:
        return tuple(field for field in self.fields if field.type is FieldType.PARENT)

    @property
    def roles(self) -> tuple[FieldMapping, ...]:
        return tuple(field for field in self.fields if field.type is FieldType.ROLES)

    @property
    def associated(self) -> tuple[FieldMapping, ...]:
        """Fields that HubSpot keeps as associations."""
        return tuple(field for field in self.fields if field.type in ASSOCIATED)

    def wire_name(self, name: str, system: System, kind: str) -> str | None:
        """The system's own name of a mapped field, None where that object has none."""
        if system is System.HUBSPOT:
            return self[name].hubspot or None
        return self[name].salesforce.get(kind) or None

    def wire_fields(self, system: System, kind: str) -> list[str]:
        """Every field to ask the system for, associations apart, each once, in order."""
        named = (
            name
            for field in self.fields
            if not (system is System.HUBSPOT and field.type is FieldType.PARENT)
            and field.type is not FieldType.ROLES
            for name in (self.wire_name(field.name, system, kind), field.beside(system))
        )
        return list(dict.fromkeys(name for name in named if name))

"""What a system says about its own fields: the live schema, as far as a mapping needs it.

Both systems' answers come down to one shape, so that a mapping is held against either alike.
A kind that is not in a schema is not known, and nothing is held against it; a field that is not
in a known kind does not exist there, or is hidden from the integration user. Pure values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """One field, as its system describes it."""

    type: str
    """The system's own word: `picklist`, `textarea`; HubSpot's with its form: `string/text`."""
    label: str = ""
    length: int | None = None
    """Characters of text it stores; None: no limit worth knowing."""
    precision: int | None = None
    """Digits of a number in all; None: any."""
    scale: int | None = None
    """Digits of a number behind the point; None: any."""
    options: Mapping[str, str] | None = None
    """Value -> label of every option that may still be chosen; None: it is no list."""
    order: tuple[str, ...] = ()
    """The options' values as the system lists them, where their order means something."""
    restricted: bool = False
    """Whether a value outside the options is refused."""
    writable: bool = True
    """Whether our user may change it."""
    calculated: bool = False
    """Whether the system computes it."""
    required: bool = False
    """Whether no record can be created without it."""
    unique: bool = False
    external_id: bool = False


Fields = Mapping[str, FieldSchema]


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """An account's own condition for records of one kind, which we know by name alone."""

    kind: str
    name: str
    message: str = ""
    """What a person reads whose record breaks it."""

    @property
    def id(self) -> str:
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True)
class Rules:
    """The validation rules that are switched on."""

    active: tuple[ValidationRule, ...] = ()
    refused: str = ""
    """The system's word for not telling them."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What one system says about one object type."""

    kinds: Mapping[str, Fields] = field(default_factory=dict)
    """The system's own object name -> field name -> field."""
    zone: str = ""
    """The account's time zone, an IANA name; empty where it is not told."""
    rules: Rules | None = None
    """The account's validation rules; None where the system has none, or was not asked."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing in a mapping that the live schemas do not bear out."""

    field: str
    """The mapping's name of the field, or a validation rule's id; empty for the object type."""
    system: str
    """Whose schema says so."""
    problem: str
    """One word for it: missing, type_mismatch, read_only..."""
    effect: str
    """What follows: `set_aside`, `one_way`, `values_held`, `not_created`, `warned`."""
    reason: str
    """What is wrong and what to do, for a person."""

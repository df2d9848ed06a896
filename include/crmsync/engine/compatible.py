"""Which types of the two systems may be mapped to each other, and what gets lost between them.

One row per mapped type: the HubSpot properties and the Salesforce fields that can hold it. The
rows say what HubSpot's own integration allows, with Salesforce's relatives of text (e-mail, phone,
URL) where text is allowed, and with text beside a picklist or a number, because HubSpot's own
contact properties are so: a value that does not fit is held by itself. What is
in no row, such as a property of type "HubSpot user", cannot be mapped.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from include.crmsync.model.mapping import FieldType
from include.crmsync.model.record import System

_LINE, _LINES, _RICH, _PHONE = "string/text", "string/textarea", "string/html", "string/phonenumber"
_PHONE_NUMBER = "phone_number/phonenumber"
_CHOICE = frozenset({"enumeration/select", "enumeration/radio"})
_TICK = frozenset({"bool/booleancheckbox", "enumeration/booleancheckbox"})
_SHORT = frozenset({"string", "email", "phone", "url", "combobox", "encryptedstring", "id"})


@dataclass(frozen=True, slots=True)
class Types:
    """The types that can hold one mapped type, in each system's own words."""

    hubspot: frozenset[str]
    salesforce: frozenset[str]

    def of(self, system: System) -> frozenset[str]:
        return self.hubspot if system is System.HUBSPOT else self.salesforce


COMPATIBLE: Mapping[FieldType, Types] = {
    FieldType.STRING: Types(
        frozenset({_LINE, _PHONE, _PHONE_NUMBER}), _SHORT | {"textarea", "picklist"}
    ),
    FieldType.TEXT: Types(frozenset({_LINE, _LINES, _RICH}), frozenset({"textarea"})),
    FieldType.EMAIL: Types(frozenset({_LINE}), frozenset({"email", "string"})),
    FieldType.PHONE: Types(
        frozenset({_LINE, _PHONE, _PHONE_NUMBER}), frozenset({"phone", "string"})
    ),
    FieldType.NUMBER: Types(
        frozenset({"number/number", _LINE}),
        frozenset({"double", "int", "long", "currency", "percent"}),
    ),
    FieldType.BOOLEAN: Types(_TICK, frozenset({"boolean"})),
    FieldType.DATE: Types(
        frozenset({"date/date", "datetime/date"}), frozenset({"date", "datetime"})
    ),
    FieldType.DATETIME: Types(frozenset({"datetime/date"}), frozenset({"datetime"})),
    FieldType.PICKLIST: Types(
        _CHOICE | {_LINE}, frozenset({"picklist", "combobox", "reference", "string"})
    ),
    FieldType.MULTIPICKLIST: Types(
        frozenset({"enumeration/checkbox"}), frozenset({"multipicklist"})
    ),
    FieldType.OWNER: Types(_CHOICE | {_LINE, "number/number"}, frozenset({"reference"})),
    FieldType.PARENT: Types(frozenset(), frozenset({"reference"})),
    FieldType.ROLES: Types(frozenset(), frozenset()),
    FieldType.STAGE: Types(
        _CHOICE | {_LINE}, frozenset({"picklist", "combobox", "string", "reference"})
    ),
}


@dataclass(frozen=True, slots=True)
class Loss:
    """What a mapped type does not keep."""

    hubspot: str
    salesforce: str
    lost: str


LOSSY: Mapping[FieldType, tuple[Loss, ...]] = {
    FieldType.DATE: (
        Loss("moment", "day", "the time of day; the day is the one in the portal's time zone"),
        Loss("day", "moment", "the time of day; the day is the one in the portal's time zone"),
    ),
    FieldType.DATETIME: (Loss("moment", "moment", "fractions of a second"),),
    FieldType.NUMBER: (
        Loss("number", "number with a scale", "digits beyond the field's scale, rounded half up"),
    ),
    FieldType.BOOLEAN: (
        Loss(
            "checkbox", "checkbox", "whether a box was never touched: Salesforce has no unset one"
        ),
    ),
    FieldType.EMAIL: (Loss("text", "e-mail", "capitals"),),
    FieldType.MULTIPICKLIST: (
        Loss("multiple checkboxes", "multi-select picklist", "the order of the values"),
    ),
    FieldType.STRING: (Loss("text", "text", "blanks at either end"),),
    FieldType.TEXT: (
        Loss("text", "text area", "blanks at either end, and whether a line ends in CR LF or LF"),
    ),
}
"""What is lost within a pair of types; every other pair keeps its values as they are."""


def fits(type_: FieldType, system: System, told: str) -> bool:
    """Whether a system's own type can hold the mapped one."""
    return told in COMPATIBLE[type_].of(system)

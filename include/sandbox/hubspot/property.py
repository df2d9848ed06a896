"""One property of an object type: what it is called, what fits in it, who may write it."""

from dataclasses import dataclass
from typing import Any

from include.sandbox.hubspot import moments

FOUNDED = 1_672_531_200_000
"""When the portal was set up, in milliseconds."""
USER_ID = "9000081"
"""The person whose private app everybody uses."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an enumeration."""

    value: str
    label: str
    hidden: bool = False
    description: str = ""
    order: int | None = None
    """Where it stands when shown; None: where it is declared."""

    def shown(self, order: int) -> dict[str, Any]:
        return {
            "label": self.label,
            "value": self.value,
            "displayOrder": order if self.order is None else self.order,
            "hidden": self.hidden,
            "description": self.description,
        }


@dataclass(frozen=True, slots=True)
class Property:
    """One property's declaration."""

    name: str
    label: str
    type: str
    """string, number, date, datetime, enumeration, bool or phone_number."""
    field_type: str
    group: str
    options: tuple[Option, ...] = ()
    read_only: bool = False
    calculated: bool = False
    unique: bool = False
    own: bool = True
    """HubSpot's own, and not somebody's custom property."""
    external: bool = False
    """Its options live elsewhere: owners, pipelines."""
    description: str = ""
    hidden: bool = False
    form_field: bool = False
    display_order: int = -1
    formula: str = ""
    """What a calculated property of one's own is worked out from."""
    sensitivity: str = "non_sensitive"
    currency: bool = False
    referenced: str = ""
    """The object type its values name, where they do."""
    created: int = 0
    updated: int = 0
    """Milliseconds since 1970; 0: there from the start."""
    archived: int = 0
    """When it was archived; 0: it is not."""

    @property
    def several(self) -> bool:
        """Whether it holds several options at once."""
        return self.type == "enumeration" and self.field_type == "checkbox"

    def shown(self) -> dict[str, Any]:
        """The declaration as the properties API shows it."""
        told: dict[str, Any] = {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": self.description,
            "groupName": self.group,
            "options": [one.shown(order) for order, one in enumerate(self.options)],
            "displayOrder": self.display_order,
            "calculated": self.calculated,
            "externalOptions": self.external,
            "hasUniqueValue": self.unique,
            "hidden": self.hidden,
            "hubspotDefined": self.own,
            "archived": self.archived > 0,
            "modificationMetadata": self._metadata(),
            "formField": self.form_field,
            "dataSensitivity": self.sensitivity,
        }
        return told | self._extras()

    def _metadata(self) -> dict[str, Any]:
        told = {
            "archivable": not self.own,
            "readOnlyDefinition": self.own,
            "readOnlyValue": self.read_only,
        }
        return {**told, "readOnlyOptions": self.own} if self.type == "enumeration" else told

    def _extras(self) -> dict[str, Any]:
        """What is only shown of some."""
        told: dict[str, Any] = {
            "createdAt": moments.shown(self.created or FOUNDED),
            "updatedAt": moments.shown(self.updated or FOUNDED),
        }
        if not self.own:
            told |= {"createdUserId": USER_ID, "updatedUserId": USER_ID}
        if self.archived:
            told["archivedAt"] = moments.shown(self.archived)
        if self.formula:
            told["calculationFormula"] = self.formula
        if self.currency:
            told["showCurrencySymbol"] = True
        if self.referenced:
            told["referencedObjectType"] = self.referenced
        return told

"""One property of an object type: what it is called, what fits in it, who may write it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an enumeration."""

    value: str
    label: str
    hidden: bool = False

    def shown(self, order: int) -> dict[str, Any]:
        return {
            "label": self.label,
            "value": self.value,
            "displayOrder": order,
            "hidden": self.hidden,
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

    @property
    def several(self) -> bool:
        """Whether it holds several options at once."""
        return self.type == "enumeration" and self.field_type == "checkbox"

    def shown(self) -> dict[str, Any]:
        """The declaration as the properties API shows it."""
        editable = not self.own
        metadata: dict[str, Any] = {
            "archivable": editable,
            "readOnlyDefinition": self.own,
            "readOnlyValue": self.read_only,
        }
        if self.type == "enumeration":
            metadata["readOnlyOptions"] = self.own
        return {
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
            "archived": False,
            "modificationMetadata": metadata,
            "formField": self.form_field,
            "dataSensitivity": "non_sensitive",
        }

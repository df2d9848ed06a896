"""What is held, as people look for it: by category, then by kind, then record by record.

A refusal of a CRM has its category in the catalogue of refusals. A criterion of ours has none;
it is put with the refusals that it foresees, or with what is left out on purpose.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from include.crmsync.errors.catalogue import Advice, Category, advice
from include.crmsync.model.plan import REFUSED, Held
from include.crmsync.model.record import System
from include.crmsync.state.cells import harmless
from include.crmsync.state.held_board import HeldGroup, HeldRow

LEFT_OUT = "left_out"
"""Our ninth category: records that are not to sync, by somebody's decision."""

CATEGORIES = (*map(str, Category), LEFT_OUT)

TITLES = {
    Category.ASSOCIATIONS: "Associations",
    Category.CUSTOM_CODE: "Custom code",
    Category.DUPLICATES: "Duplicates",
    Category.PERMISSIONS: "Permissions",
    Category.PROPERTY_VALUES: "Property values",
    Category.DELETED_OR_CONVERTED: "Deleted or converted",
    Category.LIMITS: "Limits",
    Category.OTHER: "Other",
    LEFT_OUT: "Left out on purpose",
}

MEANINGS = {
    Category.ASSOCIATIONS: "They wait for a record they belong to.",
    Category.CUSTOM_CODE: "A trigger, flow or validation rule of the CRM said no.",
    Category.DUPLICATES: "Another record has the value that tells them apart.",
    Category.PERMISSIONS: "The sync's user may not read or write something.",
    Category.PROPERTY_VALUES: "A value is missing, too long, or none that the other CRM knows.",
    Category.DELETED_OR_CONVERTED: "The counterpart is gone, converted or cannot be read.",
    Category.LIMITS: "A limit of the CRM was reached.",
    Category.OTHER: "What fits nowhere else; the CRM's own words are with each.",
    LEFT_OUT: "Not on the inclusion list, or of a kind that is not created over there.",
}

_OF_CRITERIA = {
    "parent_linked": Category.ASSOCIATIONS,
    "role_holder_linked": Category.ASSOCIATIONS,
    "unique_in_system": Category.DUPLICATES,
    "match_unlinked": Category.DUPLICATES,
    "value_unshared": Category.DUPLICATES,
    "counterpart_free": Category.OTHER,
    "counterpart_exists": Category.DELETED_OR_CONVERTED,
    "on_inclusion_list": LEFT_OUT,
    "contact_on_inclusion_list": LEFT_OUT,
    "contact_not_a_lead": LEFT_OUT,
    "creation_allowed": LEFT_OUT,
    "pipeline_mapped": LEFT_OUT,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """Records held for the same reason."""

    group: HeldGroup
    category: str
    title: str
    cause: str
    remedy: str
    who: str

    @property
    def key(self) -> str:
        """What names it in an address."""
        return f"{self.group.criterion}:{self.group.code}"


@dataclass(frozen=True, slots=True)
class CategoryCard:
    """One category with what is held for it."""

    name: str
    title: str
    meaning: str
    records: int


def kinds(groups: Sequence[HeldGroup]) -> list[Kind]:
    """Each kind of trouble with its words."""
    return [_kind(one) for one in groups]


def cards(found: Sequence[Kind]) -> list[CategoryCard]:
    """The categories that hold anything, most records first."""
    sums = dict.fromkeys(CATEGORIES, 0)
    for one in found:
        sums[one.category] += one.group.records
    ordered = sorted(
        (name for name in CATEGORIES if sums[name]),
        key=lambda name: (name == LEFT_OUT, -sums[name]),
    )
    return [CategoryCard(name, TITLES[name], MEANINGS[name], sums[name]) for name in ordered]


def category_of(system: System, criterion: str, code: str) -> str:
    """Where a kind of trouble belongs; `system` is the one the record is in."""
    if code or criterion.startswith(REFUSED):
        return str(advice(_refuser(criterion, system), code or None).category)
    return str(_OF_CRITERIA.get(criterion, Category.PROPERTY_VALUES))


def _refuser(criterion: str, system: System) -> System:
    name = criterion.removeprefix(REFUSED)
    return System(name) if name in set(System) else system.other


def _kind(group: HeldGroup) -> Kind:
    system = System(group.system)
    category = category_of(system, group.criterion, group.code)
    if group.code:
        told = advice(_refuser(group.criterion, system), group.code)
        return Kind(group, category, told.title, told.cause, told.remedy, _who(told))
    title = group.criterion.replace("_", " ")
    return Kind(group, category, title, group.reason, "", "")


def _who(told: Advice) -> str:
    return told.who.words


HEADINGS = (
    "object_type", "system", "record_id", "category", "criterion", "code", "field", "value",
    "reason", "remedy", "since",
)  # fmt: skip
"""The columns of an export."""


def cells(row: HeldRow) -> list[str]:
    """A row of an export; no cell of it is a formula."""
    held = row.held
    told = advice(held.refused_by or held.system.other, held.code) if held.code else None
    category = category_of(held.system, held.criterion, held.code or "")
    plain = (
        held.object_type, str(held.system), held.record_id, category, held.criterion,
        held.code or "", held.field or "", held.value or "", held.reason,
        told.remedy if told else "", _moment(row.since),
    )  # fmt: skip
    return [harmless(cell) for cell in plain]


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Line:
    """One held record on the page."""

    row: HeldRow
    category: str
    title: str
    remedy: str

    @property
    def held(self) -> Held:
        return self.row.held


def lines(rows: Sequence[HeldRow]) -> Iterator[Line]:
    """Rows with the words for their kind of trouble."""
    for row in rows:
        held = row.held
        told = advice(held.refused_by or held.system.other, held.code) if held.code else None
        title = told.title if told else held.criterion.replace("_", " ")
        category = category_of(held.system, held.criterion, held.code or "")
        yield Line(row, category, title, told.remedy if told else "")

"""The kinds of association HubSpot has from the start, as a table.

Each line is one kind in both directions: the number it has from the first object type to the
second, and back. A labelled association is always also a plain one, and of the primary kind
a record has one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

HUBSPOT = "HUBSPOT_DEFINED"
USER = "USER_DEFINED"


@dataclass(frozen=True, slots=True)
class AssociationType:
    """One kind of association in one direction."""

    from_type: str
    to_type: str
    id: int
    reverse: int
    label: str | None = None
    category: str = HUBSPOT
    primary: bool = False
    """Whether a record of the first type has at most one."""

    @property
    def plain(self) -> bool:
        return self.label is None


_PLAIN = (
    ("contacts", "companies", 279, 280),
    ("deals", "companies", 341, 342),
    ("deals", "contacts", 3, 4),
    ("tickets", "contacts", 16, 15),
    ("tickets", "companies", 339, 340),
    ("tickets", "deals", 28, 27),
    ("contacts", "contacts", 449, 449),
    ("companies", "companies", 450, 450),
    ("deals", "deals", 451, 451),
    ("tickets", "tickets", 452, 452),
    ("calls", "contacts", 194, 193),
    ("calls", "companies", 182, 181),
    ("calls", "deals", 206, 205),
    ("calls", "tickets", 220, 219),
    ("emails", "contacts", 198, 197),
    ("emails", "companies", 186, 185),
    ("emails", "deals", 210, 209),
    ("emails", "tickets", 224, 223),
    ("meetings", "contacts", 200, 199),
    ("meetings", "companies", 188, 187),
    ("meetings", "deals", 212, 211),
    ("meetings", "tickets", 226, 225),
    ("notes", "contacts", 202, 201),
    ("notes", "companies", 190, 189),
    ("notes", "deals", 214, 213),
    ("notes", "tickets", 228, 227),
    ("tasks", "contacts", 204, 203),
    ("tasks", "companies", 192, 191),
    ("tasks", "deals", 216, 215),
    ("tasks", "tickets", 230, 229),
    ("communications", "contacts", 81, 82),
    ("communications", "companies", 87, 88),
    ("communications", "deals", 85, 86),
    ("communications", "tickets", 84, 83),
    ("line_items", "deals", 20, 19),
    ("quotes", "deals", 64, 63),
    ("quotes", "line_items", 67, 68),
    ("quotes", "contacts", 69, 70),
    ("quotes", "companies", 71, 72),
    ("leads", "contacts", 608, 609),
    ("leads", "companies", 610, 611),
)
_LABELLED = (
    ("contacts", "companies", 1, 2, "Primary", "Primary"),
    ("deals", "companies", 5, 6, "Primary", "Primary"),
    ("tickets", "companies", 26, 25, "Primary", "Primary"),
    ("leads", "contacts", 578, 579, "Primary", "Primary"),
    ("companies", "companies", 14, 13, "Parent Company", "Child Company"),
)


def _declared() -> Iterator[AssociationType]:
    for one, two, there, back in _PLAIN:
        yield AssociationType(one, two, there, back)
        if one != two:
            yield AssociationType(two, one, back, there)
    for one, two, there, back, label, reverse in _LABELLED:
        primary = label == "Primary"
        yield AssociationType(one, two, there, back, label, primary=primary)
        yield AssociationType(two, one, back, there, reverse)


STANDARD = tuple(_declared())
"""Every kind a portal has from the start, in both directions."""

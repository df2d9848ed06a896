"""A demand: what a system asks of a field's values before it takes them.

Demands are read off the live schemas and the mapping. They are values, in canonical words, so
that the criteria can be derived from them and a mapping's own defaults be held against them.
"""

from dataclasses import dataclass
from enum import StrEnum

from include.crmsync.model.plan import Verb

EMAIL = (
    r"^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])$"
)
"""What both systems take for an e-mail address, in lower case."""


class What(StrEnum):
    """What is asked."""

    VALUE = "value"
    """That there is a value at all."""
    LENGTH = "length"
    """At most `limit` characters."""
    DIGITS = "digits"
    """At most `limit` digits before the point."""
    OPTION = "option"
    """One of `options`; of a multi-picklist, each part."""
    EMAIL = "email"
    """The syntax of an e-mail address."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that is asked of one field's values."""

    what: What
    field: str
    """Our name of it."""
    applies_to: frozenset[Verb] = frozenset({Verb.CREATE, Verb.UPDATE})
    kinds: frozenset[str] = frozenset()
    """The system's kinds that ask it; none named: all of them do."""
    limit: int | None = None
    options: tuple[str, ...] = ()
    """Canonical, sorted."""
    several: bool = False
    """Whether a value may be several options."""
    paired: bool = False
    """Whether the mapping's `values` say which options there are."""

"""Keeping the members of dynamic lists what their filters say.

A list is looked at again when it is read and some record has changed since; a search index
that lags does not matter here.
"""

from include.sandbox.hubspot.failures import Failure
from include.sandbox.hubspot.list_filters import NotUnderstood, condition
from include.sandbox.hubspot.lists import List
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.search_terms import Terms


class Membership:
    """Brings dynamic lists up to date."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._seen: dict[int, tuple[int, int]] = {}

    def reset(self) -> None:
        self._seen.clear()

    def fresh(self, one: List) -> List:
        """The list with the members it should have."""
        kind = self._portal.types.find(one.object_type_id)
        if one.filters is None or one.writable or kind is None:
            return one
        state = (one.version, self._portal.records.generation(kind.name))
        if self._seen.get(one.id) == state:
            return one
        self._refresh(one, kind)
        self._seen[one.id] = state
        return self._portal.lists.get(one.id) or one

    def take_once(self, one: List) -> None:
        """Fill a snapshot with those its filters choose now."""
        if one.filters is not None:
            self._refresh(one, self._portal.types.named(one.object_type_id))

    def check(self, kind: ObjectType, filters: object) -> None:
        """Refuse filters that make no sense; those not understood here are let pass."""
        try:
            condition(self._terms(kind), filters)
        except NotUnderstood:
            return

    def _refresh(self, one: List, kind: ObjectType) -> None:
        terms = self._terms(kind)
        try:
            chosen = condition(terms, one.filters)
        except (NotUnderstood, Failure):
            # What cannot be told (any more) leaves the list as it was.
            return
        query = f"SELECT id FROM hs_record WHERE type = :type AND archived IS NULL AND ({chosen})"  # noqa: S608
        self._portal.lists.follow(one.id, query, terms.parameters)

    def _terms(self, kind: ObjectType) -> Terms:
        known = self._portal.schema.of(kind.name)
        return Terms(kind, known, self._portal.types.named, {"type": kind.name})

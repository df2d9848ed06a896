"""Who is in which HubSpot company, as far as one extract has asked.

Companies that wait for a contact, those that changed and those that were read as counterparts are
often the same. What was answered once in a step is not asked again in it: people who come or go
meanwhile are seen by the next run.
"""

from collections.abc import Collection, Mapping

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.pipeline.strangers import PEOPLE, Strangers
from include.crmsync.pipeline.workshop import Workshop


class PeopleOf:
    """The people of companies, asked for once."""

    def __init__(
        self, mapping: ObjectMapping, shop: Workshop, people: ObjectMapping | None = None
    ) -> None:
        """`people` is their mapping, where this run matches them otherwise than it is stated."""
        self._mapping = mapping
        self._shop = shop
        self._known: dict[str, frozenset[str]] = {}
        self.strangers = Strangers(people or shop.mappings[PEOPLE], shop)

    def companies(self, ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """HubSpot company -> the contacts in it."""
        missing = sorted(set(ids) - self._known.keys())
        if missing:
            gateway = self._shop.gateways[System.HUBSPOT]
            self._known |= gateway.children(self._mapping, missing, PEOPLE)
        return {id_: self._known.get(id_, frozenset()) for id_ in sorted(ids)}

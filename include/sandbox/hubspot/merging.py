"""Merging two records into one, and erasing a contact for good.

The winner keeps its values and takes what it lacks from the loser, whose e-mails become
additional ones. The loser is not archived: it is gone, and its id answers with the winner.
"""

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import bad_request
from include.sandbox.hubspot.object_types import ObjectType, object_type
from include.sandbox.hubspot.objects import PATH
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.uniqueness import MORE_MAILS, keys, mails
from include.sandbox.hubspot.writing import differing
from include.sandbox.router import Route
from include.sandbox.wire import Answer

MERGED = "hs_merged_object_ids"
MERGED_AT = "hs_calculated_merged_vids"


class Merging:
    """Serves merges and privacy deletes."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        return [
            Route("POST", f"{PATH}/merge", self._merge, writes=True),
            Route("POST", f"{PATH}/gdpr-delete", self._erase, writes=True),
        ]

    def _merge(self, call: Call, kind: str) -> Answer:
        what, told = object_type(kind), call.fields()
        ids = [str(told.get(key)) for key in ("primaryObjectId", "objectIdToMerge")]
        with self._portal.database.transaction():
            winner, loser = (self._portal.one(what, id_) for id_ in ids)
            if winner.id == loser.id:
                raise bad_request("A record cannot be merged with itself")
            after = self._merged(what, winner, loser)
        return Answer(200, self._portal.showing.filled(what, after))

    def _merged(self, kind: ObjectType, winner: Row, loser: Row) -> Row:
        after = winner.copy()
        after.properties = {**loser.properties, **winner.properties}
        own = (winner.properties.get(MERGED), loser.properties.get(MERGED), str(loser.id))
        after.properties[MERGED] = ";".join(filter(None, own))
        if kind.name == "contacts":
            self._join_contacts(after, winner, loser)
        self._remove(kind, loser)
        self._portal.associations.move(kind.name, loser.id, winner.id)
        changed = differing(winner.properties, after.properties)
        self._portal.writing.store(kind, winner, after, changed)
        unique = self._portal.schema.unique(kind.name)
        self._portal.records.hold(kind.name, winner.id, keys(kind, unique, after.properties))
        self._portal.records.merged(kind.name, loser.id, winner.id)
        return after

    def _join_contacts(self, after: Row, winner: Row, loser: Row) -> None:
        now = self._portal.now()
        vids = [one for row in (winner, loser) if (one := row.properties.get(MERGED_AT))]
        after.properties[MERGED_AT] = ";".join([*vids, f"{loser.id}:{now}"])
        after.properties["hs_all_contact_vids"] = f"{winner.id};{after.properties[MERGED]}"
        first = after.properties.get("email")
        more = [
            one for one in (*mails(winner.properties), *mails(loser.properties)) if one != first
        ]
        if more:
            after.properties[MORE_MAILS] = ";".join(dict.fromkeys(more))

    def _erase(self, call: Call, kind: str) -> Answer:
        what, told = object_type(kind), call.fields()
        name, value = str(told.get("idProperty") or ""), str(told.get("objectId"))
        with self._portal.database.transaction():
            for row in self._portal.by(what, name, [value]).values():
                self._remove(what, row)
                self._portal.associations.part(what.name, row.id)
                self._portal.lists.drop(row.id)
                self._portal.history.forget(what.name, row.id)
        return Answer(204)

    def _remove(self, kind: ObjectType, row: Row) -> None:
        self._portal.unindexed.note(kind.name, row.id, row)
        self._portal.records.remove(kind.name, row.id)

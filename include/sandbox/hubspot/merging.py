"""Merging two records into one, and erasing a person for good.

The winner keeps its values and takes what it lacks from the loser, whose e-mails become
additional ones. The loser is not archived: it is gone, and its id answers with the winner.
Companies and deals can get a new record instead, to which both old ids lead.
"""

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import Failure, bad_request
from include.sandbox.hubspot.object_types import ObjectType, numbered_with
from include.sandbox.hubspot.objects import PATH
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import MERGED as MERGE_SOURCE
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.uniqueness import MORE_MAILS, keys, mails
from include.sandbox.hubspot.writing import differing
from include.sandbox.router import Route
from include.sandbox.wire import Answer

MERGED = "hs_merged_object_ids"
MERGED_AT = "hs_calculated_merged_vids"
MOST_MERGED = 250
"""Records that can go into one."""
_RENUMBERED = ("companies", "deals")


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
        what, told = self._portal.types.named(kind), call.fields()
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
        ids = ";".join(filter(None, own)).split(";")
        if len(ids) > MOST_MERGED:
            message = f"A record cannot have more than {MOST_MERGED} others merged into it"
            raise Failure(414, "MERGE_LIMIT_EXCEEDED", message)
        renumbered = kind.name in _RENUMBERED and self._portal.setting("merge_makes_a_new_record")
        if renumbered:
            ids.append(str(winner.id))
        after.properties[MERGED] = ";".join(ids)
        if kind.name == "contacts":
            self._join_contacts(after, winner, loser)
        self._take_over(kind, loser, winner.id)
        self._keep(kind, winner, after)
        return self._renumber(kind, after) if renumbered else after

    def _take_over(self, kind: ObjectType, loser: Row, winner: int) -> None:
        """Let a record that stays have what belongs to one that goes."""
        self._remove(kind, loser)
        self._portal.associations.move(kind.name, loser.id, winner)
        self._portal.lists.move(kind.id, loser.id, winner)
        self._portal.records.merged(kind.name, loser.id, winner)

    def _keep(self, kind: ObjectType, before: Row, after: Row) -> None:
        changed = differing(before.properties, after.properties)
        self._portal.derived.settle(kind, after.id, after.properties)
        changed |= differing(before.properties, after.properties)
        self._portal.writing.store(kind, before, after, changed, MERGE_SOURCE)
        unique = self._portal.schema.unique(kind.name)
        self._portal.records.hold(kind.name, after.id, keys(kind, unique, after.properties))

    def _renumber(self, kind: ObjectType, winner: Row) -> Row:
        after = winner.copy()
        after.id = self._portal.records.next_id(numbered_with(kind))
        self._portal.history.move(kind.name, winner.id, after.id)
        self._portal.records.put(kind.name, [after])
        self._portal.unindexed.note(kind.name, after.id, None)
        self._take_over(kind, winner, after.id)
        unique = self._portal.schema.unique(kind.name)
        self._portal.records.hold(kind.name, after.id, keys(kind, unique, after.properties))
        return after

    def _join_contacts(self, after: Row, winner: Row, loser: Row) -> None:
        now = self._portal.now()
        vids = [one for row in (winner, loser) if (one := row.properties.get(MERGED_AT))]
        after.properties[MERGED_AT] = ";".join([*vids, f"{loser.id}:{now}"])
        first = after.properties.get("email")
        more = [
            one for one in (*mails(winner.properties), *mails(loser.properties)) if one != first
        ]
        if more:
            after.properties[MORE_MAILS] = ";".join(dict.fromkeys(more))

    def _erase(self, call: Call, kind: str) -> Answer:
        what, told = self._portal.types.named(kind), call.fields()
        name, value = str(told.get("idProperty") or ""), str(told.get("objectId"))
        with self._portal.database.transaction():
            rows = self._portal.by(what, name, [value])
            if not rows and (what.name, name) == ("contacts", "email"):
                self._portal.blocked.add(value)
            for row in rows.values():
                self._remove(what, row)
                self._portal.associations.part(what.name, row.id)
                self._portal.lists.drop(what.id, row.id)
                self._portal.history.forget(what.name, row.id)
        return Answer(204)

    def _remove(self, kind: ObjectType, row: Row) -> None:
        self._portal.unindexed.note(kind.name, row.id, row)
        self._portal.records.remove(kind.name, row.id)

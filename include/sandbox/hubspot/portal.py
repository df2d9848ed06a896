"""One HubSpot portal: its tables and the rules on them, put together once.

Handlers are given a portal and take from it what they need; none of them makes a table.
"""

from collections.abc import Sequence
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.admin_rules import AdminRules
from include.sandbox.hubspot.association_kinds import AssociationKinds
from include.sandbox.hubspot.associations import Associations
from include.sandbox.hubspot.blocked import Blocked
from include.sandbox.hubspot.call import is_id
from include.sandbox.hubspot.custom_types import ObjectTypes
from include.sandbox.hubspot.derived import Derived
from include.sandbox.hubspot.exports import Exports
from include.sandbox.hubspot.failures import not_found
from include.sandbox.hubspot.forms import Forms
from include.sandbox.hubspot.history import History
from include.sandbox.hubspot.lists import Lists
from include.sandbox.hubspot.mailings import Mailings
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.owners import Owners
from include.sandbox.hubspot.pipelines import Pipelines
from include.sandbox.hubspot.records import Records
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.schema import Schema
from include.sandbox.hubspot.settings import live
from include.sandbox.hubspot.showing import Showing
from include.sandbox.hubspot.unindexed import Unindexed
from include.sandbox.hubspot.uniqueness import Uniqueness
from include.sandbox.hubspot.values import Values
from include.sandbox.hubspot.writing import Rules, Tables, Writing
from include.sandbox.world import World


class Portal:
    """Everything a portal holds."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.database = world.database
        self.types = ObjectTypes(self.database)
        self.schema = Schema(self.database)
        self.owners = Owners(self.database)
        self.records = Records(self.database)
        self.history = History(self.database)
        self.unindexed = Unindexed(self.database, self.now, self.setting)
        self.pipelines = Pipelines(self.database, self.now)
        self.kinds = AssociationKinds(self.database)
        self.associations = Associations(self.database, self.kinds)
        self.lists = Lists(self.database, self.now)
        self.forms = Forms(self.database)
        self.mailings = Mailings(self.database)
        self.exports = Exports(self.database)
        self.blocked = Blocked(self.database)
        self.derived = Derived(self.schema, self.pipelines)
        self.values = Values(self.owners.ids, self.pipelines)
        self.unique = Uniqueness(self.schema, self.records, self.blocked)
        self.showing = Showing(self.schema, self.history)
        self.writing = Writing(
            Tables(self.schema, self.records, self.history, self.unindexed),
            Rules(self.values, self.derived, self.unique, AdminRules(self.setting)),
            self.now,
        )

    def now(self) -> int:
        """The sandbox's clock in milliseconds."""
        return moments.milliseconds(self.world.clock.now())

    def setting(self, name: str) -> Any:
        """A live switch of HubSpot's."""
        return live(self.world)[name]

    def page_size(self, what: str) -> int:
        """The most a page of this holds, however many are asked for."""
        return int(self.setting("page_sizes")[what])

    def reset(self) -> None:
        with self.database.transaction():
            for table in (
                self.types,
                self.schema,
                self.owners,
                self.records,
                self.history,
                self.unindexed,
                self.pipelines,
                self.kinds,
                self.associations,
                self.lists,
                self.forms,
                self.mailings,
                self.exports,
                self.blocked,
            ):
                table.reset()

    def reload(self) -> None:
        """Let memory hold what the tables do, after a change that was taken back."""
        with self.database.reading():
            for table in (self.types, self.schema, self.pipelines, self.kinds, self.blocked):
                table.load()

    def live(self, kind: ObjectType, ids: Sequence[int]) -> dict[int, Row]:
        """For each id asked for: the record that is not archived, or the one it went into."""
        winners = self.records.winners(kind.name, ids)
        rows = self.records.find(kind.name, [winners.get(id_, id_) for id_ in ids])
        found = {id_: rows.get(winners.get(id_, id_)) for id_ in ids}
        return {id_: row for id_, row in found.items() if row and row.archived is None}

    def by(self, kind: ObjectType, id_property: str, told: Sequence[str]) -> dict[str, Row]:
        """For each value told: the live record it names, by id or by a unique property."""
        if id_property in ("", "hs_object_id"):
            numbers = {one: int(one) for one in told if is_id(one)}
            rows = self.live(kind, list(dict.fromkeys(numbers.values())))
            return {one: rows[number] for one, number in numbers.items() if number in rows}
        self.unique.finds_by(kind, id_property)
        held = self.unique.find(kind, id_property, told)
        rows = self.live(kind, list(dict.fromkeys(held.values())))
        return {one: rows[number] for one, number in held.items() if number in rows}

    def one(self, kind: ObjectType, told: str, id_property: str = "") -> Row:
        """The live record that is named; raises Failure when there is none."""
        row = self.by(kind, id_property, [told]).get(told)
        if row is None:
            raise not_found()
        return row

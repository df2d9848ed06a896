"""A value that no two HubSpot records share, written so that nobody is in anybody's way.

HubSpot refuses a contact's e-mail address while another contact has it, if only as an additional
one. Where the other gives it up in the same plan, its write goes first. Where contacts exchange
addresses in a circle, one of them is freed before: blanked by an action of its own, and given
its new address after the others. Where nobody gives it up, the field is held and the rest of the
record travels; a record that does not exist yet is held as a whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.plan import Action, Change, Held, Pair, Plan, Verb
from include.crmsync.model.record import System, Value

Holders = Mapping[str, str]
"""Value -> the HubSpot record that has it at this moment."""


def wanted(plan: Plan, mapping: ObjectMapping) -> dict[str, str]:
    """Action -> the value that it is to give its HubSpot record, where nobody else may have it."""
    found = {one.id: change.after for one, change in _changes(plan, mapping)}
    return {id_: value for id_, value in found.items() if value is not None}


def kept_apart(plan: Plan, mapping: ObjectMapping, holders: Holders) -> Plan:
    """The plan without writes that would be refused, and with room for those that exchange."""
    field, claims = mapping.unshared, wanted(plan, mapping)
    if field is None or not claims:
        return plan
    actions = {one.id: one for one in plan.actions}
    moving = {
        one.record_id: change.before
        for one, change in _changes(plan, mapping)
        if one.record_id is not None and change.before is not None
    }
    scene = _Scene(field, actions, claims, holders, moving)
    stuck = scene.stuck()
    plan = _without(plan, stuck, scene)
    return _freed(plan, field, scene.circles(claims.keys() - stuck))


def needs(actions: Sequence[Action], mapping: ObjectMapping) -> dict[str, str]:
    """Action -> the one that has to land before it."""
    field = mapping.unshared
    if field is None:
        return {}
    here = [(one, _of(one, field.name)) for one in actions if one.system is System.HUBSPOT]
    moves = sorted(here, key=lambda one: one[0].verb is Verb.FREE)
    # Of two that give one value up, the freeing one does so first.
    gives = {change.before: one.id for one, change in moves if change and change.before is not None}
    return {
        one.id: gives[change.after]
        for one, change in moves
        if change and change.after in gives and gives[change.after] != one.id
    }


def in_turns(actions: Sequence[Action], before: Mapping[str, str]) -> list[list[Action]]:
    """The actions in the order in which they can land: what is in one list needs nothing of it."""
    turns: list[list[Action]] = []
    for one in actions:
        depth, id_ = 0, one.id
        while (id_ := before.get(id_, "")) and depth < len(actions):
            depth += 1
        turns += [[] for _ in range(depth + 1 - len(turns))]
        turns[depth].append(one)
    return turns


@dataclass(frozen=True, slots=True)
class _Scene:
    field: FieldMapping
    actions: Mapping[str, Action]
    claims: Mapping[str, str]
    """Action -> the value it is to write."""
    holders: Holders
    moving: Mapping[str, str]
    """Record -> the value that an action takes from it."""

    def stuck(self) -> dict[str, str]:
        """Actions whose value stays with somebody else -> with whom."""
        found: dict[str, str] = {}
        first: dict[str, str] = {}
        for id_, value in sorted(self.claims.items()):
            winner = first.setdefault(value, id_)
            if winner != id_:
                found[id_] = self.actions[winner].record_id or self.actions[winner].origin_id
        while further := {
            id_: self.holders[value]
            for id_, value in self.claims.items()
            if id_ not in found and self._stays(id_, value, found)
        }:
            found |= further
        return found

    def _stays(self, id_: str, value: str, stuck: Mapping[str, str]) -> bool:
        holder = self.holders.get(value)
        if holder is None or holder == self.actions[id_].record_id:
            return False
        giver = self._giver(value)
        return giver is None or giver in stuck

    def _giver(self, value: str) -> str | None:
        """The action by which the holder of a value gives it up."""
        holder = self.holders.get(value, "")
        object_type = next(iter(self.actions.values())).object_type
        gives_up = self.moving.get(holder) == value
        return f"{object_type}:update:{System.HUBSPOT}:{holder}" if gives_up else None

    def circles(self, ids: set[str]) -> list[str]:
        """One action of each circle of records that exchange their values: the lowest."""
        after = {id_: giver for id_ in ids if (giver := self._giver(self.claims[id_]))}
        found: list[str] = []
        seen: set[str] = set()
        for id_ in sorted(after):
            path: list[str] = []
            at: str | None = id_
            while at is not None and at not in seen:
                seen.add(at)
                path.append(at)
                at = after.get(at)
            if at in path:
                found.append(min(path[path.index(at) :]))
        return found


def _changes(plan: Plan, mapping: ObjectMapping) -> Iterator[tuple[Action, Change]]:
    field = mapping.unshared
    for one in plan.actions:
        change = _of(one, field.name) if field else None
        if one.system is System.HUBSPOT and one.verb in (Verb.CREATE, Verb.UPDATE) and change:
            yield one, change


def _of(action: Action, name: str) -> Change | None:
    return next((one for one in action.changes if one.field == name), None)


def _without(plan: Plan, stuck: Mapping[str, str], scene: _Scene) -> Plan:
    """The plan with the stuck values taken out, and held."""
    if not stuck:
        return plan
    name = scene.field.name
    left = {one.id: _left(one, name) if one.id in stuck else one for one in plan.actions}
    pairs = [_pair(one, stuck, left, name) for one in plan.pairs]
    stamps = {id_: pair.salesforce_modified_at for pair in plan.pairs for id_ in pair.actions}
    held = [
        replace(
            _held(scene.actions[id_], name, scene.claims[id_], holder), modified_at=stamps.get(id_)
        )
        for id_, holder in sorted(stuck.items())
    ]
    return replace(
        plan,
        actions=tuple(one for one in left.values() if one is not None),
        pairs=tuple(pair for pair in pairs if pair is not None),
        held=(*plan.held, *held),
    )


def _left(action: Action, name: str) -> Action | None:
    """What remains of an action without the value; None: nothing."""
    changes = tuple(one for one in action.changes if one.field != name)
    return replace(action, changes=changes) if changes and action.verb is Verb.UPDATE else None


def _pair(
    pair: Pair, stuck: Mapping[str, str], left: Mapping[str, Action | None], name: str
) -> Pair | None:
    mine = [id_ for id_ in pair.actions if id_ in stuck]
    if not mine:
        return pair
    if pair.hubspot_id is None:  # its creation waits
        return None
    actions = tuple(id_ for id_ in pair.actions if left[id_] is not None)
    agreed = {field: value for field, value in pair.agreed.items() if field != name}
    return replace(pair, actions=actions, agreed=agreed)


def _held(action: Action, name: str, value: Value, holder: str) -> Held:
    return Held(
        System.SALESFORCE,
        action.object_type,
        action.origin_id,
        "value_unshared",
        name,
        value,
        f"another record in HubSpot, {holder}, has this {name} or is to have it, and HubSpot lets"
        f" no two share one: an additional one counts, too. Merge the two, or change one {name};"
        " it goes through by itself then. The other fields of a linked record are synced.",
    )


def _freed(plan: Plan, field: FieldMapping, circles: Sequence[str]) -> Plan:
    """The plan with an action for each circle that frees one of its values first."""
    if not circles:
        return plan
    freeing: dict[str, Action] = {}
    actions: list[Action] = []
    for one in plan.actions:
        if one.id not in circles:
            actions.append(one)
            continue
        first, then = _in_two_steps(one, field.name)
        freeing[one.id] = first
        actions += [first, then]
    pairs = [
        replace(
            pair,
            actions=tuple(
                id_
                for one in pair.actions
                for id_ in ((freeing[one].id, one) if one in freeing else (one,))
            ),
        )
        for pair in plan.pairs
    ]
    ordered = tuple(sorted(actions, key=lambda one: one.id))
    return replace(plan, actions=ordered, pairs=tuple(pairs))


def _in_two_steps(action: Action, name: str) -> tuple[Action, Action]:
    old = _of(action, name)
    value = old.before if old else None
    why = f"exchanged with other records: freed first, since no two may share one {name}"
    first = replace(
        action,
        id=f"{action.object_type}:{Verb.FREE}:{action.system}:{action.record_id}",
        verb=Verb.FREE,
        changes=(Change(name, value, None, why),),
    )
    then = tuple(replace(one, before=None) if one.field == name else one for one in action.changes)
    return first, replace(action, changes=then)

"""What a run left, and what both systems hold now, in; the plan that takes the run back out.

Field by field: what still holds what the run left there gets back what it held before. All else
is listed with its reason: edited since, gone, not mapped any more. Only what the run wrote is put
back; the edit that had travelled stays where a person made it. So the two are apart afterwards,
which the base is told, and nothing travels until either changes. Criteria and sync rules are not
asked: what they let through then may be what is being taken back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from include.crmsync.engine.apart import base_in, is_apart, moved_in, said
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.obstacle import obstacle
from include.crmsync.engine.touched import is_rough
from include.crmsync.model.departure import How
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import STAGE, FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Action, Change, Gone, Held, Pair, Plan, Verb
from include.crmsync.model.record import System, Value, Values
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.undo import Left, Touched

Links = Mapping[System, Mapping[str, Link]]
"""By the records of either system, tombstones included."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that taking a run back depends on."""

    mapping: ObjectMapping
    directory: Directory
    sync_run: str
    """The run to take back."""
    touched: Sequence[Touched]
    now: Mapping[System, Mapping[str, Values]]
    """What the touched records hold, those that are still there."""
    links: Links
    redo: bool = False
    """Whether the run took another one back itself: then what it sent was no edit."""
    delete_created: bool = False
    parents: frozenset[int] = frozenset()
    """Links to whose records others belong."""


@dataclass(slots=True)
class _Draft:
    actions: list[Action] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    pairs: dict[int, Pair] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Stop:
    """Why something is not taken back."""

    criterion: str
    reason: str


def take_back(scene: Scene) -> Plan:
    """Make the plan."""
    draft = _Draft()
    for one in scene.touched:
        now, link = scene.now[one.system].get(one.record_id), _link(one, scene)
        stop = _whole(one, now, scene)
        if stop is not None:
            draft.held.append(_held(one, None, None, stop, scene))
        elif now is not None and link is not None:
            _judge(one, now, link, scene, draft)
    return Plan(
        object_type=scene.mapping.object_type,
        actions=tuple(sorted(draft.actions, key=lambda action: action.id)),
        pairs=tuple(draft.pairs.values()),
        held=tuple(draft.held),
        undoes=scene.sync_run,
    )


def _link(one: Touched, scene: Scene) -> Link | None:
    """The link between the records that the run wrote, if it is still the same."""
    link = scene.links[one.system].get(one.record_id)
    same = link is not None and link.lives and link.id_in(one.system.other) == one.origin_id
    return link if same else None


def _whole(one: Touched, now: Values | None, scene: Scene) -> _Stop | None:
    """Why nothing of a record is taken back."""
    where = one.system.label
    if one.verb in (Verb.DELETE, Verb.MERGE):
        return _gone_by_the_run(one)
    if one.verb is Verb.CREATE and not scene.delete_created:
        return _Stop(
            "undo_created",
            f"the run created it in {where}; records are deleted only where `delete_created` says"
            " so",
        )
    if now is None:
        return _Stop("undo_gone", f"it is not in {where} any more, or hidden")
    if _link(one, scene) is None:
        return _Stop(
            "undo_moved",
            f"its link to {one.origin_id} in {one.system.other.label} is gone, or has another"
            " record now: merged, converted or deleted since. Put it back by hand if it is meant",
        )
    return None


def _gone_by_the_run(one: Touched) -> _Stop:
    if one.verb is Verb.MERGE:
        return _Stop("undo_merged", "the run merged it into another record: nobody takes it apart")
    bin_ = "from the Recycle Bin" if one.system is System.SALESFORCE else "in HubSpot's own pages"
    return _Stop(
        "undo_deleted",
        f"the run deleted it, and {one.system.label}'s API brings nothing back. Restore it {bin_};"
        " its link lives again by itself",
    )


def _judge(one: Touched, now: Values, link: Link, scene: Scene, draft: _Draft) -> None:
    pair = draft.pairs.get(link.id or 0) or _pair(link)
    if one.verb is Verb.CREATE:
        action = _deletion(one, now, link, scene, draft)
        gone = Gone(one.system, How.DELETED) if action else pair.gone
        pair = _with(pair, action, gone=gone)
    else:
        stops = _stops(one, now, scene)
        draft.held += [_held(one, name, now.get(name), stop, scene) for name, stop in stops.items()]
        free = {name: left for name, left in one.fields.items() if name not in stops}
        back = {
            name: left for name, left in free.items() if not _is_back(name, left, one, now, scene)
        }
        action = _update(one, back, now, link, scene)
        pair = _with(
            pair,
            action,
            kept={n: left.sent for n, left in back.items() if _stays(n, one, link, scene)},
            agreed=_base_of_the_back(one, free.keys() - back.keys(), link, scene),
        )
    draft.actions += [action] if action else []
    if pair.actions or pair.agreed:
        draft.pairs[link.id or 0] = pair


def _stops(one: Touched, now: Values, scene: Scene) -> dict[str, _Stop]:
    """Fields that are not taken back, and why."""
    found = {
        name: stop
        for name, left in one.fields.items()
        if (stop := _stop(name, left, one, now, scene)) is not None
    }
    return found | dict(_companions(one, found, scene.mapping))


def _companions(
    one: Touched, stopped: Mapping[str, _Stop], mapping: ObjectMapping
) -> Iterator[tuple[str, _Stop]]:
    """Fields that mean something else without one that is not taken back: an amount's currency."""
    tied = [(f.name, f.moves_with) for f in mapping.fields if f.moves_with]
    for name, other in [*tied, *((other, name) for name, other in tied)]:
        if name in one.fields and name not in stopped and other in stopped:
            yield name, _Stop("undo_edited", f"{other} is not taken back, and they move together")


def _stop(name: str, left: Left, one: Touched, now: Values, scene: Scene) -> _Stop | None:
    """Why one field is not taken back."""
    of = next((known for known in scene.mapping.fields if known.name == name), None)
    if of is None or name not in now:
        return _Stop("undo_unmapped", f"{name} is not mapped any more, or set aside")
    if _same(now[name], left.before, of, one.system):
        return None
    if not _same(now[name], left.after, of, one.system):
        return _Stop("undo_edited", f"{name} was changed since the run, by a person or a later run")
    live = of.schemas.get(one.kind)
    if live is not None and not live.writable:
        return _Stop("undo_read_only", f"{name} may not be written in {one.system.label} any more")
    return _cannot_be_said(of, left, one, scene)


def _cannot_be_said(of: FieldMapping, left: Left, one: Touched, scene: Scene) -> _Stop | None:
    """Why a value that was there before cannot be written now."""
    if is_rough(left.before):
        return _Stop(
            "undo_refused",
            f"{of.name} held signs that the journal cannot keep: put it back by hand",
        )
    if scene.mapping.lifecycle is not None and of.name == STAGE:
        return _Stop("undo_refused", "HubSpot moves a lifecycle stage forward only: set it by hand")
    if of.type is FieldType.OWNER and left.before is None and one.system is System.HUBSPOT:
        return None
    told = obstacle(left.before, of, one.system, scene.directory, {})
    if told is None:
        return None
    return _Stop("undo_refused", f"what {of.name} held before cannot be written: {told.reason}")


def _same(value: Value, other: Value, of: FieldMapping, system: System) -> bool:
    return said(value, of, system) == said(other, of, system)


def _is_back(name: str, left: Left, one: Touched, now: Values, scene: Scene) -> bool:
    return _same(now[name], left.before, scene.mapping[name], one.system)


def _update(
    one: Touched, back: Mapping[str, Left], now: Values, link: Link, scene: Scene
) -> Action | None:
    if not back:
        return None
    why = f"taken back: run {scene.sync_run} had changed it"
    changes = (Change(name, now[name], left.before, why) for name, left in back.items())
    return Action(
        id=f"{scene.mapping.object_type}:{Verb.UPDATE}:{one.system}:{one.record_id}",
        verb=Verb.UPDATE,
        system=one.system,
        object_type=scene.mapping.object_type,
        kind=one.kind,
        record_id=one.record_id,
        origin_id=link.id_in(one.system.other),
        changes=tuple(changes),
    )


def _stays(name: str, one: Touched, link: Link, scene: Scene) -> bool:
    """Whether the base is to be told what the other system keeps: the value that had travelled.

    It knows it already where the run was committed. Where the run took another one back, or wrote
    the field in both systems, what it sent is not what the other one has. Roles are known better by
    the base: HubSpot was not told all of them.
    """
    both = any(
        other.record_id == one.origin_id
        and other.system is one.system.other
        and name in other.fields
        for other in scene.touched
    )
    roles = scene.mapping[name].type is FieldType.ROLES
    return not (scene.redo or both or roles or is_apart(link.base or {}, name))


def _base_of_the_back(
    one: Touched, names: frozenset[str] | set[str], link: Link, scene: Scene
) -> dict[str, Value]:
    """The base of fields that hold again what they did, and were not committed: a killed undo."""
    base, found = link.base or {}, dict[str, Value]()
    for name in sorted(names):
        left, of = one.fields[name], scene.mapping[name]
        if not left.known or not _same(base_in(base, of, one.system), left.after, of, one.system):
            continue
        if _stays(name, one, link, scene):
            found |= moved_in(one.system.other, name, left.sent, {**base, **found})
        found |= moved_in(one.system, name, left.before, {**base, **found})
    return found


def _deletion(one: Touched, now: Values, link: Link, scene: Scene, draft: _Draft) -> Action | None:
    """The deletion of a record that the run created, if it is as the run left it."""
    if link.id in scene.parents:
        stop = _Stop(
            "undo_has_children",
            "the run created it, and records belong to it that are not deleted: part them first",
        )
        draft.held.append(_held(one, None, None, stop, scene))
        return None
    travelling = [of for of in scene.mapping.fields if of.rule is not SyncRule.DONT_SYNC]
    edited = [of.name for of in travelling if not _as_made(of, one, now)]
    if edited:
        why = f"the run created it, and it was edited since: {', '.join(edited)}"
        draft.held.append(_held(one, None, None, _Stop("undo_edited", why), scene))
        return None
    why = f"taken back: run {scene.sync_run} had created it"
    shown = [of.name for of in travelling if now.get(of.name) is not None]
    return Action(
        id=f"{scene.mapping.object_type}:{Verb.DELETE}:{one.system}:{one.record_id}",
        verb=Verb.DELETE,
        system=one.system,
        object_type=scene.mapping.object_type,
        kind=one.kind,
        record_id=one.record_id,
        origin_id=link.id_in(one.system.other),
        changes=tuple(Change(name, now[name], None, why) for name in shown),
    )


def _as_made(of: FieldMapping, one: Touched, now: Values) -> bool:
    """Whether a field of a created record holds what it was made with."""
    value = now.get(of.name)
    left = one.fields.get(of.name)
    if left is not None:
        return _same(value, left.after, of, one.system)
    return (
        value is None
        or of.constant is not None
        or (of.type is FieldType.BOOLEAN and value == "false")
    )


def _held(one: Touched, name: str | None, value: Value, stop: _Stop, scene: Scene) -> Held:
    return Held(
        system=one.system,
        object_type=scene.mapping.object_type,
        record_id=one.record_id,
        criterion=stop.criterion,
        field=name,
        value=value,
        reason=f"{stop.reason}.",
    )


def _pair(link: Link) -> Pair:
    return Pair(
        hubspot_id=link.hubspot_id,
        salesforce_id=link.salesforce_id,
        kind=link.kind,
        link_id=link.id,
        link_version=link.version,
        agreed={},
        kept={},
    )


def _with(
    pair: Pair,
    action: Action | None,
    *,
    gone: Gone | None = None,
    kept: Mapping[str, Value] | None = None,
    agreed: Mapping[str, Value] | None = None,
) -> Pair:
    """The pair with what is to become of one of its records."""
    return Pair(
        hubspot_id=pair.hubspot_id,
        salesforce_id=pair.salesforce_id,
        kind=pair.kind,
        link_id=pair.link_id,
        link_version=pair.link_version,
        agreed={**pair.agreed, **(agreed or {})},
        kept={**(pair.kept or {}), **(kept or {})},
        actions=(*pair.actions, *((action.id,) if action else ())),
        gone=gone or pair.gone,
    )

"""Whether several mappings make sense together: one pair each, parents that exist, no circle.

A record waits for its parent, so object types are put in order, parents first. Where no
such order exists, every object type of the circle is named.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from include.crmsync.mappings.parse import Where
from include.crmsync.mappings.problem import Problem, none_of
from include.crmsync.mappings.shape import Draft
from include.crmsync.model.mapping import FieldType


def together(drafts: Sequence[Draft], unread: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what is wrong between mappings.

    Of `unread` object types the file itself is wrong, which has been said: they are taken on trust.
    """
    known = {one.head.object_type: one for one in drafts if one.head.object_type}
    yield from _once(drafts)
    for draft in drafts:
        for where, parent in _waited_for(draft):
            if parent not in unread:
                yield from _exists(draft, where, parent, known)
    yield from _circles(known)


def in_order(parents: Mapping[str, frozenset[str]]) -> list[str]:
    """Object types, parents first and else by name; what is in a circle is left out."""
    placed: list[str] = []
    while ready := sorted(
        one for one in parents if one not in placed and parents[one] <= set(placed)
    ):
        placed.append(ready[0])
    return placed


def _once(drafts: Sequence[Draft]) -> Iterator[Problem]:
    taken: dict[tuple[str, str], str] = {}
    for draft in drafts:
        for space, name, where in _claims(draft):
            holder = taken.setdefault((space, name.lower()), draft.document.file)
            if holder != draft.document.file:
                yield draft.problem(where, f'{space} "{name}" is mapped in {holder} already')


def _claims(draft: Draft) -> Iterator[tuple[str, str, Where]]:
    if draft.head.hubspot.object:
        yield "HubSpot object", draft.head.hubspot.object, ("hubspot", "object")
    for at, name in enumerate(draft.objects):
        yield "Salesforce object", name, ("salesforce", "objects", at)


def _waited_for(draft: Draft) -> Iterator[tuple[Where, str]]:
    """Object types whose records are linked first: parents, and those who have roles."""
    for at, field in enumerate(draft.fields):
        if field.type is FieldType.PARENT and field.parent:
            yield ("fields", at, "parent"), field.parent
        if field.type is FieldType.ROLES and field.of:
            yield ("fields", at, "of"), field.of


def _exists(
    draft: Draft, where: Where, parent: str, known: Mapping[str, Draft]
) -> Iterator[Problem]:
    if parent not in known:
        yield draft.problem(where, f"{where[2]} {none_of(parent, sorted(known))}")
        return
    theirs = known[parent].head.hubspot.object
    mine = draft.fields[int(where[1])].hubspot
    if theirs and mine and mine != theirs:
        text = f'hubspot must be "{theirs}", the object of {parent}, not "{mine}"'
        yield draft.problem((*where[:2], "hubspot"), text)


def _circles(known: Mapping[str, Draft]) -> Iterator[Problem]:
    parents = {
        name: frozenset(parent for _, parent in _waited_for(draft) if parent in known) - {name}
        for name, draft in known.items()
    }
    waiting = sorted(set(parents) - set(in_order(parents)))
    for name in waiting:
        if not _returns(name, parents):
            continue
        draft = known[name]
        where = next(at for at, parent in _waited_for(draft) if _returns(name, parents, {parent}))
        text = f"{name} waits for itself through its parents: one of them must let go"
        yield draft.problem(where, text)


def _returns(
    name: str, parents: Mapping[str, frozenset[str]], start: set[str] | None = None
) -> bool:
    """Whether going from parent to parent leads back to `name`."""
    seen: set[str] = set()
    ahead = set(parents[name]) if start is None else set(start) & set(parents)
    while ahead:
        one = ahead.pop()
        if one == name:
            return True
        seen.add(one)
        ahead |= parents[one] - seen
    return False

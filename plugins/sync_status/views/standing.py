"""How a record stands, in sentences: linked to what, why not, and what comes next."""

from collections.abc import Iterator

from include.crmsync.model.card import Answer, Now, Step
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System
from include.crmsync.state.card_board import Kept, Key


def says(system: System, record_id: str | None, link: Link | None, answer: Answer) -> str:
    """What is worth knowing of a record in one system; empty: it is simply there."""
    if record_id is None:
        return "There is no record that it is linked to."
    if answer.trouble:
        return answer.trouble
    if answer.record_id:
        return "" if link is not None or answer.kind else "It would be linked to this one."
    if answer.gone:
        return answer.gone
    return f"{system.label} has no such record, or does not show it to the sync's user."


def standing(
    mapping: ObjectMapping, key: Key, kept: Kept, now: Now | None, *, forgotten: bool
) -> str:
    """In one sentence: linked to what, or why not."""
    system, _ = key
    link = kept.stored.link if kept.stored else None
    if link is not None:
        return _linked(link, system)
    if forgotten:
        return (
            "Its counterpart was erased for privacy: all that was known of the two was erased too,"
            " and nothing is created anew."
        )
    if kept.moved:
        turn = kept.moved[0]
        return f"Its link has gone on to another record: {turn.reason}."
    return _unlinked(mapping, system, kept, now)


def _linked(link: Link, system: System) -> str:
    other = system.other
    if link.gone_in is None:
        return f"Linked to {other.label} record {link.id_in(other)}."
    how = str(link.gone_how or "gone").replace("_", " ")
    followed = " Its counterpart was deleted after it." if link.followed else ""
    return (
        f"Linked to {other.label} record {link.id_in(other)}, and the record in"
        f" {link.gone_in.label} is gone ({how}): nothing travels, nothing is created anew."
        f"{followed}"
    )


def _unlinked(mapping: ObjectMapping, system: System, kept: Kept, now: Now | None) -> str:
    other = system.other
    if kept.held:
        return f"Not in {other.label}, as far as the sync knows: it is held, and below is why."
    if kept.retries:
        return f"Not linked yet: {kept.retries[0].reason}."
    if now is None or now.trouble:
        return "Not linked, and nothing more is remembered of it."
    if now.answers[system].record_id is None:
        return f"Not linked, and {system.label} shows no such record."
    return _would_be(mapping, other, now)


def _would_be(mapping: ObjectMapping, other: System, now: Now) -> str:
    """What the next run that reads it would make of it."""
    if now.matched:
        return (
            f"Not linked yet: the next run that reads it links it to {other.label} {now.matched}."
        )
    if now.held:
        return f"Not in {other.label}: it would be held, and below is why."
    if other not in mapping.creates_in:
        return f"Not in {other.label}: the mapping creates no {mapping.object_type} there."
    if any(one.verb is Verb.CREATE for one in now.steps):
        return f"Not in {other.label} yet: the next run that reads it creates it there."
    return f"Not in {other.label}, and no run has read it yet."


def next_steps(kept: Kept, now: Now | None) -> Iterator[str]:
    """What the next run does, in sentences."""
    if now is None:
        return
    if now.trouble:
        yield now.trouble
        return
    yield from (_step(one) for one in now.steps)
    if not now.steps:
        yield "Nothing would be written."
    if now.steps and not now.due:
        yield (
            "No run looks at it by itself, since neither record has changed since it was last"
            " judged: Sync now does."
        )
    elif now.due:
        yield f"The next run reads it: {now.due}."
    yield from (f"Tried again by itself: {one.reason}." for one in kept.retries)


_VERBS = {
    Verb.CREATE: "Creates a record in",
    Verb.UPDATE: "Writes to",
    Verb.DELETE: "Deletes the record in",
    Verb.MERGE: "Merges the record in",
    Verb.FREE: "Frees a value in",
}


def _step(one: Step) -> str:
    what = f": {', '.join(one.fields)}" if one.fields and one.verb is Verb.UPDATE else ""
    return f"{_VERBS[one.verb]} {one.system.label}{what}."

"""The criteria of an object type as lines of text: what is asked now, and what last changed.

Written ones come from their file, derived ones as they were put in force by a run; nothing is
asked of a CRM. No line holds a record's value.
"""

from collections.abc import Iterator

from include.crmsync.criteria.derived import from_json
from include.crmsync.criteria.difference import difference
from include.crmsync.criteria.suite import Expectation
from include.crmsync.criteria.words import asked, subject
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop


def in_force(object_type: str, system: System, shop: Workshop) -> Iterator[str]:
    """A heading, and a line for each expectation."""
    written = shop.suite(object_type, system)
    kept = next(iter(shop.derived.latest(object_type, system)), None)
    derived = from_json(kept.content, object_type, system).expectations if kept else ()
    yield _heading(object_type, system)
    yield f"  written in {written.file}: {len(written.expectations)}"
    yield from (f"    {_line(one)}" for one in written.expectations)
    if kept is None:
        yield "  derived from the live schemas: none yet; the next run that reads a schema does it"
        return
    since = kept.since.isoformat(timespec="seconds")
    yield f"  derived from the live schemas ({kept.fingerprint}, since {since}): {len(derived)}"
    yield from (f"    {_line(one)}" for one in derived)


def last_changes(object_type: str, system: System, shop: Workshop) -> Iterator[str]:
    """A heading, and what the derived suite in force changed of the one before it."""
    yield _heading(object_type, system)
    kept = shop.derived.latest(object_type, system, limit=2)
    if len(kept) < 2:  # noqa: PLR2004  the one in force and the one before it
        yield "  derived once, not changed since" if kept else "  not derived yet"
        return
    new, old = (from_json(one.content, object_type, system) for one in kept)
    since = kept[0].since.isoformat(timespec="seconds")
    yield f"  {kept[1].fingerprint} -> {kept[0].fingerprint}, {since}, by {kept[0].sync_run}"
    yield from (f"    {line}" for line in difference(old.expectations, new.expectations).lines())


def _heading(object_type: str, system: System) -> str:
    return f"{object_type}, {system.label} to {system.other.label}"


def _line(one: Expectation) -> str:
    verbs = ", ".join(verb for verb in ("create", "update") if verb in one.applies_to)
    return f"{subject(one)}: {asked(one)}  [{one.effect}; {verbs}]"

"""Any artifact at all, for properties: drawn from the documents' own annotations."""

from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from include.crmsync.engine.directory import Person
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Change, Conflict, Held, Pair, Plan, Verb
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.documents import (
    Extracted,
    Loaded,
    Members,
    People,
    Planned,
    Rows,
    Validated,
)

text = st.text(st.characters(codec=None), max_size=8)
"""Any text, half a surrogate pair included."""
value = st.none() | text
moment = st.datetimes(timezones=st.just(UTC))
system = st.sampled_from(System)
json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2),
    max_leaves=4,
)


def tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=2).map(tuple)


def by_system(of: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[System, Any]]:
    return st.dictionaries(system, of, max_size=2)


def by_text(of: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(text, of, max_size=2)


stamp = st.none() | moment
record = st.builds(
    Record,
    system=system,
    object_type=text,
    id=text,
    kind=text,
    modified_at=moment,
    raw=by_text(json_value),
    parents=by_text(value),
    changed_at=by_text(moment),
)
held = st.builds(Held, system, text, text, text, value, value, text, stamp)
change = st.builds(Change, text, value, value, text)
action = st.builds(
    Action, text, st.sampled_from(Verb), system, text, text, value, text, tuples(change)
)
conflict = st.builds(Conflict, text, text, text, text, value, value, value, system, text)
pair = st.builds(
    Pair,
    hubspot_id=value,
    salesforce_id=value,
    kind=text,
    link_id=st.none() | st.integers(1, 2**31),
    link_version=st.integers(0, 9),
    agreed=by_text(value),
    actions=tuples(text),
    hubspot_modified_at=stamp,
    salesforce_modified_at=stamp,
    reason=text,
)
outcome = st.builds(
    Outcome, text, st.sampled_from(Result), value, value, value, by_text(value), stamp
)
rows = st.builds(
    Rows,
    system=system,
    ids=tuples(text),
    kinds=tuples(text),
    modified_at=tuples(moment),
    roles=tuples(text),
    values=by_text(tuples(value)),
)
calls = by_system(st.integers(0, 999))
documents = st.one_of(
    st.builds(People, by_system(tuples(st.builds(Person, text, text, text, st.booleans())))),
    st.builds(Members, st.none() | st.frozensets(text, max_size=3)),
    st.builds(
        Extracted,
        sync_run=text,
        object_type=text,
        started_at=moment,
        changed=by_system(tuples(record)),
        counterparts=by_system(tuples(record)),
        keys=by_text(text),
        eligible_parents=st.frozensets(text, max_size=2),
        watermarks=by_system(moment),
        calls=calls,
    ),
    st.builds(
        Validated,
        extracted=text,
        rows=by_system(rows),
        held=tuples(held),
        blocked=by_system(by_text(st.frozensets(st.sampled_from(Verb)))),
        paused=st.frozensets(text, max_size=2),
    ),
    st.builds(
        Planned,
        text,
        text,
        st.builds(Plan, text, tuples(action), tuples(pair), tuples(conflict), tuples(held)),
    ),
    st.builds(Loaded, text, tuples(outcome), calls),
)

"""Giving written records their parents, and taking parents away.

A batch of records lands first, its parents follow: associations are an API of their own. A
parent that is refused marks the record's answer, with the record's id, so that the outcome
says both that the record is there and that its parent is not.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from include.crmsync.adapters.batches import settle
from include.crmsync.adapters.gateway import Blamed, Write, Written
from include.crmsync.adapters.hubspot_api import HubSpotApi
from include.crmsync.adapters.hubspot_associations import associate, part
from include.crmsync.adapters.hubspot_refusal import blame, word
from include.crmsync.model.mapping import ObjectMapping

Pairs = Sequence[tuple[str, str | None]]
"""A record's id and its parent's, None to take the parent away."""


def write_parents(
    api: HubSpotApi, mapping: ObjectMapping, rows: Sequence[Write], answers: Sequence[Written]
) -> list[Written]:
    """The answers, in the order of `rows`, after parents were written where records landed."""
    told = {answer.key: answer for answer in answers}
    for field in mapping.parents:
        for answer in _written(api, mapping.hubspot, field.hubspot, field.parent, rows, told):
            told[answer.key] = answer
    return [told[row.key] for row in rows]


def _written(
    api: HubSpotApi,
    here: str,
    there: str,
    parent: str | None,
    rows: Sequence[Write],
    told: dict[str, Written],
) -> Iterator[Written]:
    ready = [row for row in rows if parent in row.parents and told[row.key].code is None]
    pairs = {row.key: (told[row.key].record_id or "", row.parents[parent or ""]) for row in ready}
    for some, do in (
        ([row for row in ready if pairs[row.key][1]], lambda few: _give(api, here, there, few)),
        ([row for row in ready if not pairs[row.key][1]], lambda few: _take(api, here, there, few)),
    ):
        for answer in settle(some, _sending(do, pairs), blame, word) if some else ():
            blamed = _blamed(answer, there)
            yield replace(answer, record_id=pairs[answer.key][0], blamed=blamed)


def _blamed(answer: Written, there: str) -> tuple[Blamed, ...]:
    """The parent alone: everything else of the record has landed."""
    if answer.code is None or answer.retryable:
        return ()
    return (Blamed(there, answer.code, answer.message or ""),)


def _sending(
    do: Callable[[Pairs], None], pairs: dict[str, tuple[str, str | None]]
) -> Callable[[Sequence[Write]], list[Written]]:
    def send(rows: Sequence[Write]) -> list[Written]:
        do([pairs[row.key] for row in rows])
        return [Written(row.key) for row in rows]

    return send


def _give(api: HubSpotApi, here: str, there: str, pairs: Pairs) -> None:
    associate(api, here, there, [(one, two) for one, two in pairs if two])


def _take(api: HubSpotApi, here: str, there: str, pairs: Pairs) -> None:
    part(api, here, there, [one for one, _ in pairs])

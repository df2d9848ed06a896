"""Between runs: what failed for a passing reason goes again, and is given up after so many runs.

A refusal that passes by itself, such as a locked row, is tried again by each of the next runs.
What still fails after the cap is held like any other refusal, so that one record never costs
calls for ever; it goes again when it changes, or when the sweep lets it go. What came too late
or was not attempted is no failure, and is not counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action
from include.crmsync.model.record import System
from include.crmsync.state.commit import Retry

Attempts = Mapping[tuple[System, str], int]
"""Record -> in how many runs it has failed so far."""


def with_cap(
    actions: Iterable[Action], outcomes: Mapping[str, Outcome], attempts: Attempts, cap: int
) -> dict[str, Outcome]:
    """The outcomes, those that have failed too often as refusals for good."""
    found = dict(outcomes)
    for action in actions:
        outcome = found.get(action.id)
        if outcome is None or outcome.result is not Result.RETRYABLE:
            continue
        failed = attempts.get(_origin(action), 0) + 1
        if failed >= cap:
            told = f"{(outcome.message or '').rstrip('. ')} (given up after {failed} runs in a row)"
            found[action.id] = replace(outcome, result=Result.REJECTED, message=told)
    return found


def retries(
    again: Sequence[tuple[System, str, str]],
    actions: Iterable[Action],
    outcomes: Mapping[str, Outcome],
    *,
    asked: bool = False,
) -> list[Retry]:
    """What the next run reads again, with the code where a CRM refused it.

    `asked`: a person asked for the run; what it had no room for goes first.
    """
    ends = {_origin(action): (action.verb, outcomes[action.id]) for action in actions}
    failed = {
        record: one.code for record, (_, one) in ends.items() if one.result is Result.RETRYABLE
    }
    waits = {
        record: str(verb) for record, (verb, one) in ends.items() if one.result is Result.WAITING
    }
    return [
        Retry(
            system,
            record_id,
            reason,
            code=failed.get((system, record_id)),
            failed=(system, record_id) in failed,
            waits=waits.get((system, record_id)),
            asked=asked and (system, record_id) in waits,
        )
        for system, record_id, reason in again
    ]


def _origin(action: Action) -> tuple[System, str]:
    return action.system.other, action.origin_id

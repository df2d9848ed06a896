"""What an alert says: what happened, where, and the next step, for each kind of error.

Words only; who sends them is `notify`. Ids, counts and the error's own message, which never
carries a record's value or a secret. Of an error that nobody raised on purpose only the class is
told: its message may hold anything at all.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from include.crmsync.errors import (
    EVERYBODYS,
    Busy,
    ConfigError,
    Fault,
    GatewayError,
    GuardTripped,
    LimitReached,
    RateLimited,
    StalePlan,
    StateError,
    SyncError,
    Unauthorized,
    Unavailable,
    Unreachable,
)

LONGEST = 2000
"""Characters of an error's message that an alert repeats."""

SCHEDULED, RETRY = "crm_sync", "crm_retry"
"""DAGs: the one that needs no request, and the one that lets no plan through itself."""

_PLAN = re.compile(r"\bplan (\w{16})\b")


class Concern(StrEnum):
    """What an alert is about."""

    GUARD = "guard"
    ALLOCATION = "allocation"
    SUSPENSION = "suspension"
    """A CRM takes none of our calls any more: credentials, a permission, the API itself."""
    SETTINGS = "settings"
    OUTAGE = "outage"
    STATE = "state"
    REFUSAL = "refusal"
    UNEXPECTED = "unexpected"
    LATE = "late"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Where:
    """The task that failed."""

    dag: str
    run: str
    task: str = ""
    url: str = ""
    """Airflow's page of it."""

    @property
    def object_type(self) -> str:
        """`contacts.load` and `contacts` are both about contacts."""
        return self.task.split(".")[0]


@dataclass(frozen=True, slots=True)
class Alert:
    """One message, the same for every channel."""

    concern: Concern
    subject: str
    text: str
    key: str
    """Two alerts with one key say the same: the second can wait."""
    daily: bool = False
    """Whether it can wait for a day, since it passes and comes back by the hour."""


_TOLD: tuple[tuple[type[BaseException], Concern, str, str], ...] = (
    (
        GuardTripped,
        Concern.GUARD,
        "the guard stopped a plan",
        "Look at what the plan would do. If it is an accident, mend its source: the next run is"
        " fine. If it is meant, {let_through}. Until then every run stops"
        " here.",
    ),
    (
        StalePlan,
        Concern.GUARD,
        "a plan could not be applied",
        "Nothing was written. Make the plan anew with a dry run, look at it, and apply that one.",
    ),
    (
        LimitReached,
        Concern.ALLOCATION,
        "the allocation of API calls is spent",
        "Nothing is lost: changes wait, and the first run after calls are available again goes on."
        " See what else uses the same allocation. If it comes back daily, sync less often.",
    ),
    (
        Unauthorized,
        Concern.SUSPENSION,
        "a CRM no longer lets the sync in",
        "No run can succeed until somebody acts. 401: renew the token or secret in the Airflow"
        " connection. 403: grant the scope or permission, or switch the API on again. Then clear"
        " the failed task.",
    ),
    (
        ConfigError,
        Concern.SETTINGS,
        "a mapping, a suite, a connection or a setting is wrong",
        "Mend what the message names; it lists everything that was found. Then clear the failed"
        " task.",
    ),
    (
        RateLimited,
        Concern.OUTAGE,
        "a CRM keeps asking for fewer requests",
        "The next run goes on by itself. If it comes back, give the sync a token of its own.",
    ),
    (
        Unavailable,
        Concern.OUTAGE,
        "a CRM does not answer",
        "The next run goes on by itself. See the vendor's status page, and the workers' network.",
    ),
    (
        Unreachable,
        Concern.STATE,
        "the state store does not answer",
        "See that the database of CRMSYNC_STATE is up and reachable from the workers.",
    ),
    (
        Busy,
        Concern.STATE,
        "another sync run is writing",
        "Look for a load, a commit or a command line that still runs. The lock ends with its"
        " holder.",
    ),
    (
        StateError,
        Concern.STATE,
        "what the sync remembers contradicts itself",
        "Do what the message says, mostly: clear the run's extract task. Nothing was committed.",
    ),
    (
        GatewayError,
        Concern.REFUSAL,
        "a CRM refused a request as a whole",
        "Most often a mapped field or key field is not there, or is read-only. Mend the mapping or"
        " the CRM, then clear the failed task.",
    ),
)
"""Class, concern, what happened, what to do: the first class that fits."""

_BUG = "Report it with the task's log. The next run starts from the same point; nothing is lost."


def failure(error: BaseException | None, where: Where) -> Alert:
    """The alert for a task that failed for good."""
    concern, happened, advice = _words(error)
    message = _message(error)
    plan = _PLAN.search(message)
    advice = advice.replace("{let_through}", _let_through(where.dag, plan[1] if plan else ""))
    kind = type(error).__name__ if error is not None else "no error"
    # Each object type of a run meets it, and one alert tells of all.
    which = "" if isinstance(error, EVERYBODYS) else where.object_type
    about = f"{where.object_type}: " if where.object_type else ""
    return Alert(
        concern=concern,
        subject=f"[crmsync] {about}{happened}",
        text=_text(happened, message, advice, where),
        key=f"{concern}:{where.dag}:{which}:{plan[1] if plan else kind}",
        daily=concern is Concern.ALLOCATION,
    )


def _let_through(dag: str, plan: str) -> str:
    """How a person lets a plan through that a run of a DAG was stopped with."""
    how = "apply_plan" if dag == RETRY else "allow_plan"
    told = f'{{"{how}": "{plan}"}}' if plan else f"the plan's id as {how}"
    if dag in ("", SCHEDULED, RETRY):
        return f"trigger {SCHEDULED} once with {told}"
    return f"trigger {dag} once with {told}, beside all that it was triggered with"


def late(where: Where, minutes: float) -> Alert:
    """The alert for a run that is not over when it should be."""
    happened = f"a run has not succeeded {minutes:.0f} minutes after it was due"
    advice = (
        "What was edited meanwhile has not travelled; nothing is lost. See which task is at work"
        " and what its log says, and that the scheduler and the workers are up."
    )
    text = _text(happened, "", advice, where)
    return Alert(Concern.LATE, f"[crmsync] {happened}", text, f"late:{where.dag}")


def _words(error: BaseException | None) -> tuple[Concern, str, str]:
    for kind, concern, happened, advice in _TOLD:
        if isinstance(error, kind):
            return concern, happened, advice
    return Concern.UNEXPECTED, "a task failed for a reason that the sync does not know", _BUG


def _message(error: BaseException | None) -> str:
    if isinstance(error, SyncError | Fault):
        return str(error)[:LONGEST]
    return f"{type(error).__name__}; its message is in the task's log" if error else ""


def _text(happened: str, message: str, advice: str, where: Where) -> str:
    named = [f"DAG {where.dag}", f"run {where.run}"]
    named += [f"task {where.task}"] if where.task else []
    parts = [
        f"{happened[0].upper()}{happened[1:]}.",
        ", ".join(named),
        message,
        f"Next step: {advice}",
        where.url,
    ]
    return "\n\n".join(part for part in parts if part)

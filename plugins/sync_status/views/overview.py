"""Is the sync healthy: what is wrong comes first, each with what to do; then how things stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.crmsync.model.record import System
from include.crmsync.model.run import RunState, SyncRun
from include.crmsync.model.use import Use
from include.crmsync.state.board import Standing
from sync_status.access import Schedule
from sync_status.views.charts import Chart, chart
from sync_status.views.runs import Direction, RunView, directions
from sync_status.views.words import ago, moment, plain

LATE = timedelta(minutes=45)
"""Three runs of a quarter of an hour: by then something is wrong."""

NEARLY = 0.9
"""Of the calls of a day: from here on people should know."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that a person should look at."""

    title: str
    what: str
    remedy: str
    run: str = ""
    """The sync run it is about."""
    grave: bool = False
    """Whether the sync stands still for it."""


@dataclass(frozen=True, slots=True)
class ObjectCard:
    """One object type: how it stands, and what its latest run did."""

    standing: Standing
    latest: SyncRun | None
    busy: SyncRun | None
    """The newest run that had something to do."""
    directions: tuple[Direction, ...]
    """What that one came to."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of the last 24 hours in one system."""

    system: System
    ours: int
    use: Use | None
    told_at: datetime | None
    allocation: int | None
    """How many the sync may send itself, where it is told a number."""

    @property
    def share(self) -> float | None:
        """Of what there is, how much is used; None where nobody says."""
        own = self.ours / self.allocation if self.allocation else None
        told = self.use.share if self.use else None
        return max((one for one in (own, told) if one is not None), default=None)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the first page shows."""

    concerns: tuple[Concern, ...]
    schedule: Schedule
    latest: RunView | None
    cards: tuple[ObjectCard, ...]
    calls: tuple[Calls, ...]
    charts: tuple[Chart, ...]

    @property
    def healthy(self) -> bool:
        return not any(one.grave for one in self.concerns)


def overview(
    standings: Sequence[Standing],
    runs: Sequence[RunView],
    calls: Sequence[Calls],
    schedule: Schedule,
    now: datetime,
) -> Overview:
    """The first page, from what was read; `runs` newest first."""
    latest = _latest(runs)
    concerns = [
        *_about_schedule(schedule, standings, now),
        *_about_runs(latest),
        *_about_fields(standings),
        *_about_calls(calls),
    ]
    return Overview(
        concerns=tuple(sorted(concerns, key=lambda one: not one.grave)),
        schedule=schedule,
        latest=runs[0] if runs else None,
        cards=tuple(_card(one, runs) for one in standings),
        calls=tuple(calls),
        charts=_charts(runs),
    )


def _latest(runs: Sequence[RunView]) -> dict[str, SyncRun]:
    """Object type -> its newest run that was no dry one."""
    found: dict[str, SyncRun] = {}
    for run in runs:
        for one in run.parts:
            if not one.dry_run:
                found.setdefault(one.object_type, one)
    return found


def _card(standing: Standing, runs: Sequence[RunView]) -> ObjectCard:
    mine = [
        one
        for run in runs
        for one in run.parts
        if one.object_type == standing.object_type and not one.dry_run
    ]
    busy = next((one for one in mine if one.state is not RunState.NOTHING_TO_DO), None)
    latest = mine[0] if mine else None
    return ObjectCard(standing, latest, busy, tuple(directions(busy)) if busy else ())


def _about_schedule(
    schedule: Schedule, standings: Sequence[Standing], now: datetime
) -> list[Concern]:
    if not schedule.known:
        title, what = "Airflow does not know crm_sync", "Nothing runs by itself."
        return [Concern(title, what, "See Airflow's import errors, on its Home page.", grave=True)]
    if schedule.paused:
        what = "No scheduled run starts until it is switched on."
        return [
            Concern("crm_sync is paused", what, "Switch it on in Airflow's DAG list.", grave=True)
        ]
    ends = [one.ended_at for one in standings if one.ended_at]
    if not ends:
        what = "No run has come to its end yet."
        return [Concern("Waiting for the first run", what, "It starts by itself.")]
    late = [one.object_type for one in standings if one.ended_at and now - one.ended_at > LATE]
    if not late:
        return []
    what = f"Nothing came to its end since {moment(min(ends))} ({ago(min(ends), now)})."
    remedy = "Look at the latest runs below, and whether Airflow's scheduler runs."
    return [Concern(f"{', '.join(late)}: the sync is late", what, remedy, grave=True)]


def _about_runs(latest: Mapping[str, SyncRun]) -> list[Concern]:
    told = []
    for object_type, run in latest.items():
        if run.state is RunState.FAILED:
            remedy = "The text says what to do; the run's tasks in Airflow have the whole log."
            told.append(
                Concern(
                    f"{object_type}: the latest run failed", run.note, remedy, run.id, grave=True
                )
            )
        if run.state is RunState.WAITING:
            title = f"{object_type}: waits for calls of the day"
            remedy = (
                "Nothing is lost: it goes on by itself as the CRM counts calls of old days out."
            )
            told.append(Concern(title, run.note, remedy, run.id))
    return told


def _about_fields(standings: Sequence[Standing]) -> list[Concern]:
    return [
        Concern(
            f"{one.object_type}: {one.issues} mapped fields are set aside",
            "The CRMs' own schemas do not bear them out; the other fields sync.",
            "The page of the mapping names each and what to do.",
        )
        for one in standings
        if one.issues
    ]


def _about_calls(calls: Sequence[Calls]) -> list[Concern]:
    return [
        Concern(
            f"{one.system.label}: {one.share:.0%} of the calls of the day are used",
            "At the ceiling changes wait, in order of their weight; nothing is lost.",
            "See what else calls the CRM, or give the sync more calls.",
        )
        for one in calls
        if one.share is not None and one.share >= NEARLY
    ]


def _charts(runs: Sequence[RunView]) -> tuple[Chart, ...]:
    ordered = [run for run in reversed(runs) if not run.dry_run]
    told = (("Records written", "written"), ("Records held", "held"), ("API calls", "calls"))
    return tuple(chart(title, [_value(run, name) for run in ordered]) for title, name in told)


def _value(run: RunView, name: str) -> tuple[str, int]:
    number = run.written if name == "written" else run.sum(name)
    return f"{moment(run.started_at)}, {plain(run.state)}", number

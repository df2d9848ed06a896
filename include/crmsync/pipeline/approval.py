"""Asking a person before a plan is written, where a setting says so.

The question has counts, ids and where the plan is, and no value of a record: Airflow keeps it, and
shows it to whoever may answer. A plan that writes nothing is not asked about. What is rejected ends
the run for its object type, which says so; the next run plans afresh, and asks again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from include.crmsync.engine.guard import plan_id
from include.crmsync.model.kept_plan import About
from include.crmsync.model.plan import Plan
from include.crmsync.model.run import RunState
from include.crmsync.pipeline.documents import Extracted, Planned, Validated
from include.crmsync.pipeline.keep_plan import keep
from include.crmsync.pipeline.plan import counts_of, foreseen
from include.crmsync.pipeline.plan_report import in_words, printable
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.workshop import Workshop

NAMED = 10
"""Records that the question names."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked."""

    subject: str
    body: str
    """Markdown."""


def ask(
    planned: str, *, sync_run: str, object_type: str, workshop: Workshop | None = None
) -> Question | None:
    """Keep the plan to be looked at; return the question, None where nothing is to be written."""
    with step("approve", object_type, sync_run, workshop) as work:
        shop = work.workshop
        document = shop.artifacts.load(planned, Planned)
        if not document.plan.actions:
            work.tell(asked=False)
            return None
        told = _kept(document, shop)
        work.tell(asked=True, plan=told.id)
        where = shop.plans.folder(told.id)
        subject = f"Write {told.size} changes of {object_type}? Plan {told.id}"
        return Question(subject, "\n".join(_body(told, document.plan, str(where))))


def reject(
    *, sync_run: str, object_type: str, answered: bool, workshop: Workshop | None = None
) -> None:
    """End the run for its object type: nothing is written, and the journal says why."""
    with step("approve", object_type, sync_run, workshop) as work:
        shop = work.workshop
        why = "a person rejected the plan" if answered else "nobody approved the plan in time"
        note = f"{why}: nothing was written, the next run plans afresh"
        [started] = [one for one in shop.journal.run(sync_run) if one.object_type == object_type]
        ended = replace(started, state=RunState.REJECTED, finished_at=shop.now(), note=note)
        shop.journal.finish(ended)
        work.tell(rejected=True, written=0)


def _kept(document: Planned, shop: Workshop) -> About:
    """The plan as it is kept; one that is applied is kept already."""
    extracted = shop.artifacts.load(document.extracted, Extracted)
    name = document.id or plan_id(document.plan)
    if not extracted.applies:
        validated = shop.artifacts.load(document.validated, Validated)
        counts = foreseen(
            counts_of(document.plan, validated, extracted), document.forecast, validated.warned
        )
        keep(document, (extracted, validated), counts, shop)
    found = shop.plans.about(name)
    return found or _forgotten(document.plan, extracted, name)


def _forgotten(plan: Plan, extracted: Extracted, name: str) -> About:
    """Of a plan whose files are gone meanwhile; the load looks at each record anyway."""
    started = extracted.started_at
    return About(name, plan.object_type, extracted.sync_run, started, {}, 0, 0, {})


def _body(told: About, plan: Plan, where: str) -> Iterator[str]:
    yield f"{in_words(told)}."
    yield ""
    for one in islice(plan.actions, NAMED):
        fields = ", ".join(dict.fromkeys(change.field for change in one.changes))
        record = f"`{_id(one.record_id or 'new')}`, counterpart `{_id(one.origin_id)}`"
        yield f"- {one.verb} {one.kind} {record} in {one.system.label}: {printable(fields, 200)}"
    if len(plan.actions) > NAMED:
        yield f"- and {len(plan.actions) - NAMED} more"
    yield ""
    yield f"Before and after of each field: `python -m include.crmsync plan show {told.id}`,"
    yield f"or the files in `{where}`. Rejected, nothing is written, and the next run plans afresh."


def _id(text: str) -> str:
    """An id that ends no code span."""
    return printable(text).replace("`", "'")

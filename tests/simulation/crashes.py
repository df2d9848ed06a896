"""Killed at every call and every write of state, or meddled with, in a few small histories.

Each history is played once to see how many calls and writes its run makes, and then once for each
of them and each way to go wrong: killed before and after it, its answer lost, a record edited or
deleted at that very moment, another run begun. The laws are the same as everywhere.
"""

from collections.abc import Iterator
from dataclasses import replace

from include.crmsync.model.record import System
from tests.simulation.play import Play, play
from tests.simulation.steps import History, Incident, Step

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
WAYS = {
    "call": ("kill_before", "kill_after", "drop_before", "drop_after"),
    "state": ("kill_before", "kill_after"),
}
PERSON = (("email", "own1@x.test"), ("last_name", "Lovelace"), ("title", "Ada"))
OTHER = (("email", "own2@x.test"), ("last_name", "Hopper"))
DEAL = (("close_date", "2026-02-01"), ("name", "First"), ("stage", "Prospecting"))

SYNC = Step("sync", "sync", seconds=900)
"""A run without trouble."""
MEANWHILE = (
    Step("meanwhile", "edit", HUBSPOT, thing="1", values=(("title", "Hubert"), ("name", "Hub"))),
    Step("meanwhile", "edit", SALESFORCE, thing="1", values=(("title", "Sally"), ("name", "Sal"))),
    Step("meanwhile", "delete", HUBSPOT, thing="1"),
    Step("meanwhile", "delete", SALESFORCE, thing="1"),
    Step("meanwhile", "sync"),
)
"""What somebody does at the very call: edits what is about to be written, deletes it, syncs too."""
STORIES: dict[str, tuple[Step, ...]] = {
    "two people are created, one in either system": (
        Step("1", "create", HUBSPOT, kind="contacts", values=PERSON),
        Step("2", "create", SALESFORCE, kind="Lead", values=OTHER),
    ),
    "one person is edited in both systems": (
        Step("1", "create", HUBSPOT, kind="contacts", values=PERSON),
        SYNC,
        Step(
            "3", "edit", HUBSPOT, thing="1", values=(("phone", "+44 20 7946 0001"), ("title", "Bo"))
        ),
        Step("4", "edit", SALESFORCE, thing="1", values=(("lead_source", "Web"), ("title", "Zoë"))),
    ),
    "two people with one e-mail are matched": (
        Step("1", "create", HUBSPOT, kind="contacts", values=PERSON),
        Step("2", "create", SALESFORCE, kind="Contact", values=PERSON),
    ),
    "two leads are merged, and another is converted": (
        Step("1", "create", SALESFORCE, kind="Lead", values=PERSON),
        Step("2", "create", SALESFORCE, kind="Lead", values=OTHER),
        SYNC,
        Step("4", "merge", SALESFORCE, thing="1", other="2"),
        Step("5", "convert", SALESFORCE, thing="1"),
    ),
    "a contact is erased for privacy": (
        Step("1", "create", HUBSPOT, kind="contacts", values=PERSON),
        SYNC,
        Step("3", "erase", HUBSPOT, thing="1"),
    ),
    "an opportunity is deleted, and its deal after it": (
        Step("1", "create", SALESFORCE, kind="Opportunity", values=DEAL),
        SYNC,
        Step("3", "delete", SALESFORCE, thing="1"),
    ),
    "a company comes with its contact and its deal": (
        Step("1", "create", SALESFORCE, kind="Account", values=(("name", "Acme"),)),
        Step("2", "create", SALESFORCE, kind="Contact", values=PERSON, other="1"),
        Step("3", "create", SALESFORCE, kind="Opportunity", values=DEAL, other="1"),
    ),
    "a run is taken back": (
        Step("1", "create", HUBSPOT, kind="contacts", values=PERSON),
        SYNC,
        Step(
            "3", "edit", HUBSPOT, thing="1", values=(("phone", "+44 20 7946 0001"), ("title", "Bo"))
        ),
        Step("4", "edit", SALESFORCE, thing="1", values=(("lead_source", "Web"),)),
        replace(SYNC, number="5"),
        Step("6", "edit", SALESFORCE, thing="1", values=(("phone", "+44 20 7946 0002"),)),
    ),
    "what a run created is deleted again": (
        Step("1", "create", HUBSPOT, kind="contacts", values=PERSON),
        Step("2", "create", SALESFORCE, kind="Lead", values=OTHER),
        replace(SYNC, number="5"),
    ),
}
UNDO = {
    "a run is taken back": Step("last", "undo", thing="5", seconds=900, on=False),
    "what a run created is deleted again": Step("last", "undo", thing="5", seconds=900),
}
"""Stories whose last run takes one back."""
TYPES = {
    "an opportunity is deleted, and its deal after it": ("deals",),
    "a company comes with its contact and its deal": ("companies", "contacts", "deals"),
}


def stories() -> dict[str, History]:
    """The histories, each with the run that goes wrong at its end."""
    return {
        name: History(0, TYPES.get(name, ("contacts",)), (), 1, (*steps, _last(name)))
        for name, steps in STORIES.items()
    }


def _last(name: str) -> Step:
    return UNDO.get(name, replace(SYNC, number="last"))


def points(history: History) -> Iterator[History]:
    """The history with each way in which its last run may go wrong."""
    game = Play(history)
    game.whole()
    [ran] = [one for one in game.scene.runner.ran if one.step.number == "last"]
    for on, ways in WAYS.items():
        for count in range(1, ran.passed[on] + 1):
            for what in ways:
                for gives_up in (False, True):
                    yield _broken(history, Incident("crash", what, on, count), gives_up=gives_up)


def meddled(history: History) -> Iterator[History]:
    """The history with everything that somebody may do at each call of its last run."""
    game = Play(history)
    game.whole()
    [ran] = [one for one in game.scene.runner.ran if one.step.number == "last"]
    for count in range(1, ran.passed["call"] + 1):
        for step in MEANWHILE:
            yield _broken(history, Incident("crash", "do", "call", count, step), gives_up=False)


def every_crash() -> Iterator[tuple[str, int, list[str]]]:
    """Name, number of crashes, and what went wrong, of each history."""
    for name, history in stories().items():
        broken = [*points(history), *meddled(history)]
        problems = [f"{one.steps[-1]}: {problem}" for one in broken for problem in play(one)[:1]]
        yield name, len(broken), problems


def _broken(history: History, incident: Incident, *, gives_up: bool) -> History:
    last = replace(history.steps[-1], incidents=(incident,), gives_up=gives_up)
    return replace(history, steps=(*history.steps[:-1], last))

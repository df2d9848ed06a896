"""A history from a seed: what might happen to two CRMs in a week, in ten steps.

Few records, few values, few moments: so that edits meet, e-mails are shared, and stamps are equal.
The same seed gives the same history on every machine.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from include.crmsync.model.record import System
from include.crmsync.model.request import Direction
from tests.simulation.steps import History, Incident, Step, Values

TYPES = (
    ("contacts",),
    ("contacts",),
    ("contacts",),
    ("companies", "contacts"),
    ("companies", "contacts"),
    ("companies", "deals"),
    ("deals",),
    ("companies", "contacts", "deals"),
)
KINDS: dict[str, dict[System, tuple[str, ...]]] = {
    "companies": {System.HUBSPOT: ("companies",), System.SALESFORCE: ("Account",)},
    "contacts": {System.HUBSPOT: ("contacts",), System.SALESFORCE: ("Contact", "Lead")},
    "deals": {System.HUBSPOT: ("deals",), System.SALESFORCE: ("Opportunity",)},
}
OWNERS = ("amara@crm.test", "bo@crm.test", "cleo@crm.test", "sync@crm.test", None)
WORDS = ("Ada", "Bo", " Bo ", "Zoë", None)
PHONES = ("+44 20 7946 0001", "+44 20 7946 0002", "+44 20 7946 0002", "12", None)
POOLS: dict[str, dict[str, tuple[str | None, ...]]] = {
    "companies": {
        "name": ("Acme", "Beta", None),
        "website": ("a.test", "b.test", None),
        "industry": ("Banking", "Retail", "Mining", None),
        "revenue": ("1200", "1200.50", "0", "plenty", None),
        "phone": PHONES,
        "city": ("Oxford", "Leeds", None),
        "owner": OWNERS,
    },
    "contacts": {
        "email": ("p1@x.test", "p2@x.test", "P1@X.test", "p3@x.test", "no address", None),
        "last_name": ("Lovelace", "Hopper", None),
        "first_name": WORDS,
        "title": WORDS,
        "phone": PHONES,
        "mobile": ("1", "2", None),
        "lead_source": ("Web", "Fair", None),
        "company": ("Acme", "Beta"),
        "employees": ("5", "6"),
        "owner": OWNERS,
    },
    "deals": {
        "name": ("First", "Second", None),
        "stage": ("Prospecting", "Qualification", "Closed Won", "Unheard of", None),
        "amount": ("100", "100.0", "250", None),
        "close_date": ("2026-02-01", "2026-03-01", None),
        "next_step": WORDS,
        "description": ("one\ntwo", "three", None),
        "owner": OWNERS,
    },
}
ALWAYS: dict[str, dict[str, str]] = {
    "companies": {"name": "Acme"},
    "contacts": {"last_name": "Lovelace"},
    "deals": {"name": "First", "stage": "Prospecting", "close_date": "2026-02-01"},
}
"""What a new record mostly has."""
CROWDED = 0.02
"""In so many histories about contacts, many are deleted at once."""
WHOLE_MONEY = 0.25
"""In so many histories with companies, Salesforce drops the cents."""
EDITED_BETWEEN = 0.15
"""In so many histories somebody edits while a run is about its own state, between two calls."""
ASKED_FOR = 0.2
"""In so many histories somebody has certain records synced, out of turn."""
TAKEN_BACK = 0.25
"""In so many histories somebody takes runs back."""
Settings = tuple[tuple[str, int], ...]
WAITS = (0, 0, 1, 1, 5, 60, 600, 4000)
KILLS = ("kill_before", "kill_after")
CALLS = ("drop_before", "drop_after", "limit", *KILLS)


class Author:
    """Whoever thinks up histories."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._dice = random.Random(seed)  # noqa: S311  a seed that repeats is the point
        self._types: tuple[str, ...] = self._dice.choice(TYPES)
        self._things: list[tuple[str, str]] = []
        """Number and object type of what was created."""
        self._number = 0
        self._hot = "0"
        """The record that most of it is about."""
        self._fields: dict[str, list[str]] = {}
        """The fields that are edited most."""

    def history(self) -> History:
        """A whole history: who is there, then some acts."""
        dice = self._dice
        steps = [self._create() for _ in range(dice.choice((1, 1, 2, 2, 3)))]
        if dice.random() < 0.75:
            steps.append(self._sync(dice.random() < 0.25))
        for _ in range(dice.randint(1, 4)):
            steps += self._act()
        settings, batch = self._settings(), dice.choice((1, 2, 100))
        long_quiet, shuffled = dice.random() < 0.02, dice.random() < 0.1
        if self._types == ("contacts",):
            steps, settings = self._with_a_crowd(steps, settings)
        if "companies" in self._types:
            settings = self._with_whole_money(settings)
        steps = self._with_requests(self._edited_between(steps))
        return History(
            seed=self._seed,
            types=self._types,
            settings=settings,
            batch=batch,
            steps=self._with_second_thoughts(steps),
            long_quiet=long_quiet,
            shuffled=shuffled,
        )

    def _with_a_crowd(self, steps: list[Step], settings: Settings) -> tuple[list[Step], Settings]:
        """In few histories a crowd is synced first, and deleted somewhere in between.

        Deletions follow then, and are so many that the guard stops them, or just not. The dice are
        others here as well.
        """
        dice = random.Random(f"crowd {self._seed}")  # noqa: S311
        if dice.random() > CROWDED:
            return steps, settings
        system = dice.choice(tuple(System))
        kind = KINDS["contacts"][system][0]
        many = (("count", str(dice.choice((11, 12)))),)
        fewer = (("count", str(dice.choice((10, 11, 11, 12)))),)
        crowd = Step("c1", "crowd", system, kind=kind, values=many)
        purge = Step("c3", "purge", dice.choice(tuple(System)), thing="c1", values=fewer)
        at = dice.randint(0, len(steps))
        synced = [crowd, Step("c2", "sync", seconds=10), *steps[:at]]
        after = [purge, Step("c4", "sync", seconds=900), *steps[at:]]
        told = dict(settings) | {"follow": 1}
        return [*synced, *after], tuple(told.items())

    def _with_whole_money(self, settings: Settings) -> Settings:
        """In some histories Salesforce makes something else of what it is sent."""
        dice = random.Random(f"money {self._seed}")  # noqa: S311
        return (*settings, ("whole_money", 1)) if dice.random() < WHOLE_MONEY else settings

    def _edited_between(self, steps: list[Step]) -> list[Step]:
        """In some histories somebody edits between two calls of a run; with dice of its own."""
        dice = random.Random(f"between {self._seed}")  # noqa: S311
        runs = [at for at, one in enumerate(steps) if one.do == "sync"]
        if dice.random() > EDITED_BETWEEN or not runs:
            return steps
        at = dice.choice(runs)
        self._dice = dice
        count = dice.randint(1, 16 * len(self._types))
        edit = Incident(f"{steps[at].number}.s", "do", "state", count, self._edit())
        run = replace(steps[at], incidents=(*steps[at].incidents, edit))
        return [*steps[:at], run, *steps[at + 1 :]]

    def _with_requests(self, steps: list[Step]) -> list[Step]:
        """In some histories somebody asks for certain records to be synced; dice of its own.

        Mostly for those just edited, and sometimes while another run is at work.
        """
        dice = random.Random(f"ask {self._seed}")  # noqa: S311
        if dice.random() > ASKED_FOR or not self._things:
            return steps
        self._dice, told = dice, [*steps]
        for number in range(1, dice.choice((2, 2, 3))):
            at = dice.randint(1, len(told))
            edits = [self._edit() for _ in range(dice.choice((0, 1, 1, 2)))]
            ask = self._ask(f"a{number}", edits[-1].thing if edits else self._thing())
            before = told[at - 1]
            if before.do == "sync" and dice.random() < 0.3:
                count = dice.randint(1, 14 * len(self._types))
                meanwhile = Incident(f"{before.number}.{ask.number}", "do", "call", count, ask)
                told[at - 1] = replace(before, incidents=(*before.incidents, meanwhile))
                told[at - 1 : at - 1] = edits
            else:
                told[at:at] = [*edits, ask]
        return told

    def _ask(self, number: str, thing: str) -> Step:
        dice = self._dice
        object_type = dict(self._things).get(thing, self._types[0])
        what = dice.choice((*KILLS, "drop_before", "drop_after"))
        on = "state" if what in KILLS and dice.random() < 0.5 else "call"
        incident = Incident(f"{number}.1", what, on, dice.randint(1, 12))
        direction = dice.choice((Direction.RULES, Direction.TO_SALESFORCE, Direction.TO_HUBSPOT))
        values: dict[str, str | None] = {"direction": str(direction)}
        names = sorted(POOLS[object_type])
        if direction is not Direction.RULES and dice.random() < 0.4:
            values["force_fields"] = " ".join(dice.sample(names, 2))
        if dice.random() < 0.2:
            values["only_fields"] = " ".join(dice.sample(names, 3))
        return Step(
            number,
            "ask",
            dice.choice(tuple(System)),
            thing=thing,
            other=dice.choice(self._things)[0] if dice.random() < 0.5 else "",
            values=_sorted(values),
            types=(object_type,),
            seconds=dice.choice((1, 10, 900)),
            dry=dice.random() < 0.05,
            incidents=(incident,) if dice.random() < 0.3 else (),
            gives_up=dice.random() < 0.3,
        )

    def _with_second_thoughts(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """In some histories runs are taken back, a step or two later, and that perhaps as well.

        The dice are others, so that all else of a seed's history stays as it was.
        """
        dice = random.Random(f"undo {self._seed}")  # noqa: S311
        if dice.random() > TAKEN_BACK:
            return tuple(steps)
        told, runs = list[Step](), list[str]()
        for step in steps:
            told.append(step)
            runs += [step.number] if step.do in ("sync", "ask") else []
            if runs and dice.random() < 0.5:
                number = f"u{len(told)}"
                told.append(self._undo(number, dice.choice(runs[-2:]), dice))
                runs.append(number)
        return tuple(told)

    def _undo(self, number: str, run: str, dice: random.Random) -> Step:
        what = dice.choice((*KILLS, "drop_before", "drop_after"))
        on = "state" if what in KILLS and dice.random() < 0.5 else "call"
        incident = Incident(f"{number}.1", what, on, dice.randint(1, 12))
        return Step(
            number,
            "undo",
            thing=run,
            seconds=dice.choice((1, 10, 900)),
            on=dice.random() < 0.4,
            dry=dice.random() < 0.05,
            incidents=(incident,) if dice.random() < 0.3 else (),
            gives_up=dice.random() < 0.2,
        )

    def _act(self) -> list[Step]:
        """Something happens, and mostly a sync follows."""
        steps = [self._anything()]
        if self._dice.random() < 0.45:
            steps.append(self._edit())
        if self._dice.random() < 0.7:
            steps.append(self._sync(self._dice.random() < 0.5))
        return steps

    def _settings(self) -> Settings:
        dice, settings = self._dice, list[tuple[str, int]]()
        if dice.random() < 0.15:
            settings.append(("read_counterparts", 0))
        if dice.random() < 0.25:
            settings.append(("follow", 1))
        return tuple(settings)

    def _anything(self) -> Step:
        """One thing that somebody does."""
        write: Callable[[], Step] = self._dice.choices(
            (
                *(self._edit, self._create, self._delete, self._restore, self._merge),
                *(self._convert, self._associate, self._join, self._swap, self._erase),
                *(self._skew, self._hide, self._forbid, self._poison),
            ),
            (30, 12, 8, 6, 8, 5, 6, 6, 4, 5, 3, 3, 1, 2),
        )[0]
        return write()

    def _next(self) -> str:
        self._number += 1
        return str(self._number)

    def _system(self) -> System:
        return self._dice.choice(tuple(System))

    def _thing(self, *types: str) -> str:
        """A record that was made, mostly."""
        found = [number for number, type_ in self._things if not types or type_ in types]
        if self._hot in found and self._dice.random() < 0.6:
            return self._hot
        return self._dice.choice(found) if found else "0"

    def _values(self, object_type: str, count: int) -> dict[str, str | None]:
        pools = POOLS[object_type]
        if object_type not in self._fields:
            self._fields[object_type] = self._dice.sample(sorted(pools), 3)
        hot = self._dice.random() < 0.75
        known = self._fields[object_type] if hot else sorted(pools)
        names = self._dice.sample(known, min(count, len(known)))
        return {name: self._dice.choice(pools[name]) for name in names}

    def _create(self) -> Step:
        dice, number, system = self._dice, self._next(), self._system()
        object_type = dice.choice(self._types)
        self._things.append((number, object_type))
        self._hot = number
        always: dict[str, str] = ALWAYS[object_type]
        values: dict[str, str | None] = {**always, **self._values(object_type, dice.randint(0, 4))}
        if object_type == "contacts" and "email" not in values:
            values["email"] = dice.choice((f"own{number}@x.test", "p1@x.test", "p2@x.test"))
        values = {
            name: value if value is not None or dice.random() < 0.3 else always.get(name)
            for name, value in values.items()
        }
        company = object_type != "companies" and dice.random() < 0.7
        return Step(
            number,
            "create",
            system,
            kind=dice.choice(KINDS[object_type][system]),
            values=_sorted(values),
            other=self._thing("companies") if company else "",
            on=dice.random() < 0.85,
            seconds=dice.choice(WAITS),
            late=self._late(),
        )

    def _edit(self) -> Step:
        number, thing = self._next(), self._thing()
        self._hot = thing
        object_type = dict(self._things).get(thing, self._types[0])
        values = self._values(object_type, self._dice.choice((1, 1, 1, 2, 3)))
        return Step(
            number,
            "edit",
            self._system(),
            thing=thing,
            values=_sorted(values),
            seconds=self._dice.choice(WAITS),
            late=self._late(),
        )

    def _late(self) -> float:
        return self._dice.choice((5, 60, 500)) if self._dice.random() < 0.1 else 0

    def _about(self, do: str, *types: str) -> Step:
        return Step(
            self._next(),
            do,
            self._system(),
            thing=self._thing(*types),
            other=self._thing(*types),
            seconds=self._dice.choice(WAITS),
            on=self._dice.random() < 0.5,
        )

    def _delete(self) -> Step:
        return self._about("delete")

    def _restore(self) -> Step:
        return self._about("restore")

    def _merge(self) -> Step:
        return self._about("merge")

    def _convert(self) -> Step:
        step = self._about("convert", "contacts")
        company = self._thing("companies") if self._dice.random() < 0.5 else ""
        return Step(step.number, "convert", System.SALESFORCE, thing=step.thing, other=company)

    def _associate(self) -> Step:
        step = self._about("associate", "contacts", "deals")
        company = self._thing("companies") if self._dice.random() < 0.7 else ""
        return Step(step.number, "associate", step.system, thing=step.thing, other=company)

    def _join(self) -> Step:
        return self._about("join_or_leave", "contacts")

    def _swap(self) -> Step:
        return self._about("swap", "contacts")

    def _erase(self) -> Step:
        return self._about("erase", "contacts")

    def _skew(self) -> Step:
        workers = self._dice.random() < 0.5
        by = self._dice.choice((-4000, -30, 30, 4000) if workers else (-2, -1, 1, 2, 30))
        values = (("by", str(by)),)
        kind = "workers" if workers else ""
        return Step(self._next(), "skew", self._system(), kind=kind, values=values)

    def _hide(self) -> Step:
        return self._about("hide")

    def _forbid(self) -> Step:
        return self._about("forbid")

    def _poison(self) -> Step:
        return self._about("poison")

    def _sync(self, troubled: bool) -> Step:
        dice, number = self._dice, self._next()
        incidents = self._incidents(number) if troubled else ()
        return Step(
            number,
            "sync",
            seconds=dice.choice((1, 10, 900)),
            incidents=incidents,
            dry=dice.random() < 0.04,
            gives_up=dice.random() < 0.5,
            again=self._again() if dice.random() < 0.12 else (),
        )

    def _again(self) -> tuple[str, ...]:
        tasks = ("extract", "validate", "plan", "load", "commit")
        return tasks[self._dice.randint(0, len(tasks) - 1) :]

    def _incidents(self, number: str) -> tuple[Incident, ...]:
        count = self._dice.choice((1, 1, 1, 2))
        return tuple(self._incident(f"{number}.{at}") for at in range(1, count + 1))

    def _incident(self, number: str) -> Incident:
        dice = self._dice
        on, at = self._moment()
        what = dice.random()
        if on == "state":
            return Incident(number, dice.choice(KILLS), on, at)
        if what < 0.5:
            return Incident(number, dice.choice(CALLS), on, at)
        if what < 0.85:
            return Incident(number, "do", on, at, self._inner())
        inner = Step(self._next(), "sync", seconds=0, gives_up=dice.random() < 0.5)
        return Incident(number, "do", on, at, inner)

    def _moment(self) -> tuple[str, int]:
        """When it happens: mostly about the writes, where it hurts."""
        dice, many = self._dice, len(self._types)
        if dice.random() < 0.25:
            return "state", dice.randint(1, 16 * many)
        if dice.random() < 0.5:
            return dice.choice(("write", "write", "read", "delete")), dice.choice((1, 1, 1, 2, 3))
        return "call", dice.randint(1, 14 * many)

    def _inner(self) -> Step:
        """Something that happens in the middle of a run."""
        return self._dice.choices(
            (self._edit, self._delete, self._merge, self._create, self._join, self._swap),
            (12, 3, 2, 1, 1, 1),
        )[0]()


def _sorted(values: dict[str, str | None]) -> Values:
    return tuple(sorted(values.items(), key=lambda one: one[0]))


def history(seed: int) -> History:
    """The history of a seed."""
    return Author(seed).history()


def histories(seeds: Sequence[int]) -> list[History]:
    """The histories of many."""
    return [history(seed) for seed in seeds]

"""One history: a seed, an empty sandbox, some rounds of edits and runs, and a verdict on each.

The sync runs as the command line runs it, in this process, over real HTTP. The weather of a round
is thrown by the same dice: calm, a late search index, answers that fail or get lost.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.adapters.salesforce import Salesforce
from include.crmsync.adapters.salesforce_auth import SalesforceCredentials
from include.crmsync.errors import SyncError
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.record import System
from include.crmsync.pipeline import once
from include.crmsync.pipeline.settings import Settings
from include.crmsync.pipeline.workshop import Workshop
from tests.end_to_end.driver import accounts, mapping, rich
from tests.end_to_end.driver.circumstances import thrown
from tests.end_to_end.driver.crms import Crms
from tests.end_to_end.driver.families import Families
from tests.end_to_end.driver.judge import Judge, Pictures
from tests.end_to_end.driver.ledger import Ledger
from tests.end_to_end.driver.meddler import meddled
from tests.end_to_end.driver.people import People

WEATHER = ("calm", "calm", "late", "faulty", "meddled")
FAULTS: tuple[dict[str, Any], ...] = (
    {"do": "status:429"},
    {"do": "status:503"},
    {"do": "drop_after"},
    {"do": "drop_before"},
    {"do": "truncate"},
)


@dataclass(slots=True)
class History:
    """One seed's story."""

    seed: int
    url: str
    folder: Path
    richer: bool = True
    companies: int = 6
    runs: int = 0
    log: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    """Of the sync, where they differ from the defaults."""

    def play(self, rounds: int, edits: int) -> list[str]:
        """Play it; what is wrong, in words, is empty where all is well."""
        dice = Random(self.seed)  # noqa: S311 -- a story has to be the same when told again
        crms = Crms(self.url)
        crms.control("POST", "reset", {"seed": "empty", "random_seed": self.seed})
        given = thrown(dice)
        given.set_up(crms)
        crms.hidden = given.hidden if given.right == "none" else ""
        self.settings = {"hubspot_api_version": given.hubspot_version}
        self.log.append(f"circumstances: {given}")
        folder = rich.furnish(crms, self.folder / "mappings", dice) if self.richer else rich.SHIPPED
        mappings = mapping.read(folder, multi_currency=given.multi_currency)
        ledger = Ledger(self.folder / "crmsync.db")
        people = People(crms, mappings, dice, diary=self.log)
        people.meet()
        people.found(self.companies)
        judge = Judge(crms, ledger, mappings, accounts.ask(crms, mappings, None))
        families = Families(crms, ledger, people.families)
        for number in range(rounds):
            weather = dice.choice(WEATHER)
            self.log.append(f"-- round {number}: {weather}")
            if number:
                people.busy(edits)
            if weather == "meddled":
                found = self._meddled(crms, judge, folder, people)
            else:
                found = self._round(crms, judge, folder, weather, dice)
            found += families.faults(_pictures(crms, judge))
            if found:
                return found
        return []

    def _round(
        self, crms: Crms, judge: Judge, folder: Path, weather: str, dice: Random
    ) -> list[str]:
        crms.control("POST", "clock", {"advance_seconds": dice.choice((0, 2, 30))})
        before = _pictures(crms, judge)
        judge.until = crms.now()
        # Salesforce stamps whole seconds: what the sync sets must not look older than this.
        crms.control("POST", "clock", {"advance_seconds": 2})
        marks = _marks(judge.ledger)
        with _weather(crms, weather, dice):
            self._attempt(folder, weather)
        for _ in range(2 if weather == "faulty" else 1):
            crms.control("POST", "clock", {"advance_seconds": 700})
            self._sync(folder)
        after = _pictures(crms, judge)
        judge.words = replace(judge.words, companies=accounts.linked_companies(judge.ledger))
        found = judge.faults(before, after, marks)
        return found or self._idle(crms, judge, folder, after)

    def _meddled(self, crms: Crms, judge: Judge, folder: Path, people: People) -> list[str]:
        """A run during which people go on editing, and two more in peace."""
        pictures, marks = _pictures(crms, judge), _marks(judge.ledger)
        mine = people.dice
        people.edits.clear()

        def meddle() -> None:
            if mine.random() < 0.25:
                people.edit(pictures)

        with meddled(self.url, meddle) as url:
            self._sync(folder, url)
        for _ in range(3):
            crms.control("POST", "clock", {"advance_seconds": 700})
            self._sync(folder)
        after = _pictures(crms, judge)
        judge.words = replace(judge.words, companies=accounts.linked_companies(judge.ledger))
        found = judge.lost(people.edits, after, marks)
        judge.agree(after)
        return found or self._idle(crms, judge, folder, after)

    def _idle(self, crms: Crms, judge: Judge, folder: Path, after: Pictures) -> list[str]:
        """Once more, and nothing is written."""
        mark = judge.ledger.last("action")
        crms.control("POST", "clock", {"advance_seconds": 700})
        self._sync(folder)
        wrote = judge.ledger.written(mark)
        again = _pictures(crms, judge)
        moved = [
            f"{name}: the idle run changed it"
            for name in after
            if _raw(after[name]) != _raw(again[name])
        ]
        landed = [row for row in wrote if row["result"] == "applied"]
        return [f"an idle run wrote: {row}" for row in landed] + moved

    def _attempt(self, folder: Path, weather: str) -> None:
        """Bad weather may end a run."""
        if weather != "faulty":
            self._sync(folder)
            return
        with suppress(SyncError):
            self._sync(folder)

    def _sync(self, folder: Path, url: str = "") -> None:
        self.runs += 1
        self.log.append(f"== run {self.runs}")
        shop = workshop(url or self.url, self.folder, **self.settings)
        shop.__dict__["mappings"] = load_all(folder)
        try:
            once.run(f"run-{self.runs}", workshop=shop)
        finally:
            shop.close()


def workshop(url: str, folder: Path, **more: Any) -> Workshop:
    """What the command line builds, without its environment and without its pauses."""
    credentials = SalesforceCredentials(
        token_url=f"{url}/services/oauth2/token",
        client_id="sandbox-client-id",
        client_secret="sandbox-client-secret",  # noqa: S106
    )
    pause: Callable[[float], None] = lambda _: None  # noqa: E731
    connect: dict[System, Callable[[], Any]] = {
        System.HUBSPOT: lambda: HubSpot.connect(
            "sandbox-hubspot-token", url, sleep=pause, version=settings.hubspot_api_version
        ),
        System.SALESFORCE: lambda: Salesforce.connect(credentials, sleep=pause),
    }
    settings = Settings(
        state=f"sqlite:///{folder / 'crmsync.db'}",
        artifacts=folder / "artifacts",
        inclusion_list="Salesforce inclusion list",
        overlap=timedelta(minutes=10),
        **more,
    )
    return Workshop(settings, connect, partial(datetime.now, UTC))


@contextmanager
def _weather(crms: Crms, weather: str, dice: Random) -> Iterator[None]:
    if weather == "late":
        lag = {"index_lag_seconds": dice.choice((5, 120)), "index_lag_jitter_seconds": 5}
        crms.control("PATCH", "settings", {"hubspot": lag})
    if weather == "faulty":
        struck = [
            {**dice.choice(FAULTS), "system": dice.choice(("hubspot", "salesforce")),
             "skip": dice.randint(0, 25), "times": dice.choice((1, 2, 5))}
            for _ in range(3)
        ]  # fmt: skip
        crms.control("POST", "faults", struck)
    try:
        yield
    finally:
        crms.control("DELETE", "faults")
        crms.control(
            "PATCH",
            "settings",
            {"hubspot": {"index_lag_seconds": 0, "index_lag_jitter_seconds": 0}},
        )


def _pictures(crms: Crms, judge: Judge) -> Pictures:
    return {name: crms.picture(one) for name, one in judge.mappings.items()}


def _raw(picture: Any) -> Any:
    return [
        {id_: dict(seen.raw) for id_, seen in side.items()}
        for side in (picture.hubspot, picture.salesforce)
    ]


def _marks(ledger: Ledger) -> tuple[int, int]:
    if not ledger.path.exists():
        return 0, 0
    return ledger.last("action"), ledger.last("conflict")

"""Values to remember: valid by default, so that a test states only what it is about."""

from dataclasses import replace
from datetime import timedelta

from include.crmsync.model.link import Link
from include.crmsync.model.plan import Action, Change, Conflict, Held, Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState, SyncRun, Trigger
from include.crmsync.state.commit import Commit
from include.crmsync.state.store import Store
from tests.builders import MORNING

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
CONTACTS = "contacts"
LATER = MORNING + timedelta(minutes=15)


def sync_run(id_: str = "first", **changes: object) -> SyncRun:
    """A run that was started."""
    plain = SyncRun(id_, CONTACTS, Trigger.SCHEDULED, MORNING)
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names real fields


def ended(id_: str = "first", **changes: object) -> SyncRun:
    """A run as its commit says that it ended."""
    plain = sync_run(
        id_,
        state=RunState.DONE,
        finished_at=MORNING + timedelta(minutes=1),
        counts={HUBSPOT: Counts(extracted=3, equal=1, held=2), SALESFORCE: Counts(calls=7)},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names real fields


def link(number: int = 1, **changes: object) -> Link:
    """A link between contacts of the same number, not stored yet."""
    plain = Link(CONTACTS, f"hs{number}", f"sf{number}", kind="Contact", base={"phone": "1"})
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names real fields


def held(record_id: str = "hs1", **changes: object) -> Held:
    """A HubSpot contact without an e-mail."""
    plain = Held(HUBSPOT, CONTACTS, record_id, "has_email", "email", None, "it has no e-mail")
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names real fields


def action(id_: str = "a1", *changes: Change, **others: object) -> Action:
    """An update of a Salesforce contact."""
    plain = Action(
        id=id_,
        verb=Verb.UPDATE,
        system=SALESFORCE,
        object_type=CONTACTS,
        kind="Contact",
        record_id="sf1",
        origin_id="hs1",
        changes=changes or (change(),),
    )
    return replace(plain, **others)  # type: ignore[arg-type]  # a test names real fields


def change(field: str = "phone", after: str | None = "2") -> Change:
    return Change(field, "1", after, "changed in HubSpot")


def plan(*actions: Action, **others: object) -> Plan:
    return replace(Plan(CONTACTS, actions), **others)  # type: ignore[arg-type]  # as above


def conflict(field: str = "phone") -> Conflict:
    """Both systems edited; Salesforce's value stands."""
    return Conflict(CONTACTS, "hs1", "sf1", field, "1", "2", "3", SALESFORCE, "newest edit stands")


def stored(store: Store, *links: Link, run: str = "earlier") -> list[Link]:
    """Commit links and read them back, in the order given."""
    assert store.commit(Commit(ended(run), links)).stale_links == ()
    found = store.links(CONTACTS, HUBSPOT, [one.hubspot_id for one in links])
    return [found[one.hubspot_id] for one in links]

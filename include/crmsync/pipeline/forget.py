"""Forgetting people: whom HubSpot erased for privacy, and whom somebody asks us to forget.

HubSpot keeps nothing of a contact that was deleted for privacy: asked for by id it is neither
alive, nor in the archive, nor part of another. So is one whose 90 days in the archive are over;
both are erased from the state. Whatever is left in artifacts and in kept plans goes with it, and
so do their Data Docs, which name records. A run's own artifacts go last, once it is committed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from include.crmsync.model.departure import How
from include.crmsync.model.link import Link
from include.crmsync.model.record import System
from include.crmsync.pipeline.alone import writing_alone
from include.crmsync.pipeline.documents import Extracted
from include.crmsync.pipeline.request import request_of
from include.crmsync.pipeline.workshop import Workshop

OBJECT_TYPE = "contacts"
HASHED = "sha256:"
STEPS: tuple[str, ...] = ("extract", "validate", "plan", "load")
"""Artifacts that only the steps of their own object type read."""


def forget_erased(
    sync_run: str, object_type: str, shop: Workshop, extracted: Extracted | None = None
) -> None:
    """Forget the contacts found erased: by this run, or by one that died before it forgot them.

    What the steps of this very run left of them goes as well, since it holds the values of the
    counterparts: to be called when no step is to follow, or before the first. What the run keeps
    for other object types stays. Of `extracted`, what a request came to stays for its report.
    """
    if object_type == OBJECT_TYPE:
        strays = erased_unlinked(extracted, shop) if extracted else ()
        links = shop.store.erased(object_type)
        _forget(links, shop, strays=strays, run=sync_run, extracted=extracted)


def erased_unlinked(extracted: Extracted, shop: Workshop) -> frozenset[tuple[System, str]]:
    """Contacts without a link that a run found erased: no tombstone says so, as one does of others.

    So what is held of them stays until they are forgotten, and a run that dies before it did
    leaves them to be found again.
    """
    graves = extracted.gone.get(System.HUBSPOT, ())
    ids = {one.record_id for one in graves if one.how is How.ERASED}
    if extracted.object_type != OBJECT_TYPE or not ids:
        return frozenset()
    linked = shop.store.links(OBJECT_TYPE, System.HUBSPOT, ids)
    return frozenset((System.HUBSPOT, id_) for id_ in ids - linked.keys())


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody says whom to forget."""

    hubspot_id: str = ""
    salesforce_id: str = ""
    email: str = ""
    email_digest: str = ""
    """SHA-256 of the e-mail in lower case, in hex: for where the address itself may not stand."""

    @classmethod
    def called(cls, name: str) -> "Person":
        """One text that names a contact: an id of either system, an e-mail, or `sha256:...`."""
        text = name.strip()
        if text.lower().startswith(HASHED):
            return cls(email_digest=text[len(HASHED) :].lower())
        if "@" in text:
            return cls(email=text)
        return cls(hubspot_id=text) if text.isdigit() else cls(salesforce_id=text)

    @property
    def words(self) -> frozenset[str]:
        """How artifacts spell them, known to the state or not."""
        said = (self.hubspot_id, self.salesforce_id, self.email.strip().lower())
        return frozenset(one for one in said if one)

    def has(self, address: str) -> bool:
        """Whether an address is theirs."""
        if self.email_digest:
            return sha256(address.encode("utf-8", "replace")).hexdigest() == self.email_digest
        return address == self.email.strip().lower()


def forget(shop: Workshop, person: Person) -> int:
    """Forget every contact that is this person; how many records of both systems there were.

    Whoever is not remembered any more may still be named by an artifact.
    """
    with writing_alone(OBJECT_TYPE, "forgetting a contact", shop):
        records = _records(person, shop)
        links = {
            link.id: link
            for system in System
            for link in shop.store.links(
                OBJECT_TYPE, system, [id_ for owner, id_ in records if owner is system]
            ).values()
        }
        linked = {(system, link.id_in(system)) for link in links.values() for system in System}
        _forget([*links.values()], shop, strays=records - linked, words=person.words)
        return len(records | linked)


def _records(person: Person, shop: Workshop) -> frozenset[tuple[System, str]]:
    named = {(System.HUBSPOT, person.hubspot_id), (System.SALESFORCE, person.salesforce_id)}
    known = frozenset(one for one in named if one[1] and shop.store.knows(OBJECT_TYPE, *one))
    if not person.email and not person.email_digest:
        return known
    field = shop.mappings[OBJECT_TYPE].match_on or ""
    return known | shop.store.records_of(OBJECT_TYPE, field, person.has)


def _forget(
    links: list[Link],
    shop: Workshop,
    *,
    strays: Collection[tuple[System, str]] = (),
    words: Collection[str] = (),
    run: str = "",
    extracted: Extracted | None = None,
) -> None:
    if not links and not strays and not words:
        return
    # Whoever was merged into somebody, or converted, is the same person.
    strays = frozenset(strays) | shop.store.earlier_records(OBJECT_TYPE, links)
    # Artifacts first: who is killed in between still finds in the store whom to forget.
    ids = {link.id_in(system) for link in links for system in System}
    named = {*ids, *(id_ for _, id_ in strays), *words}
    shop.artifacts.forget(named, keep=run)
    shop.plans.forget(named)
    if shop.pages is not None:
        shop.pages.forget(named)
    if run:
        _forget_steps(run, named, extracted, shop)
    if links or strays:
        shop.store.forget(OBJECT_TYPE, links, shop.now(), strays)


def _forget_steps(
    sync_run: str, named: Collection[str], extracted: Extracted | None, shop: Workshop
) -> None:
    """Remove what the steps of a run left of the object type that names somebody."""
    asked = request_of(OBJECT_TYPE, sync_run, shop)
    if asked is not None and asked.portion:
        return  # read once more to say what came of the portion, and removed then
    steps = STEPS
    if extracted is not None and extracted.chosen is not None:
        shop.artifacts.save(sync_run, OBJECT_TYPE, STEPS[0], _bare(extracted))
        steps = STEPS[1:]
    shop.artifacts.forget_steps(sync_run, OBJECT_TYPE, steps, named)


def _bare(extracted: Extracted) -> Extracted:
    """What a request came to, without a record."""
    return Extracted(
        sync_run=extracted.sync_run,
        object_type=extracted.object_type,
        started_at=extracted.started_at,
        changed={},
        counterparts={},
        keys={},
        eligible_parents=frozenset(),
        watermarks={},
        calls=extracted.calls,
        chosen=extracted.chosen,
    )

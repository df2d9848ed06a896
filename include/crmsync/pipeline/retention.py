"""Letting go: of what is old, every night, and of one contact, when somebody asks.

Values of records are in the state store, in artifacts and in kept plans, and nowhere else. All grow
old here. Who asks to be forgotten is erased from every one of them but for hashes of their ids.
What is logged is counts: not even the request is repeated.
"""

from include.crmsync.pipeline.forget import Person, forget
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.workshop import Workshop


def forget_old(workshop: Workshop | None = None) -> dict[str, int]:
    """Delete journalled runs, audits, artifacts and plans that are too old; how many."""
    with step("forget_old", "all", "", workshop) as work:
        shop = work.workshop
        told = shop.store.forget_journal(shop.now() - shop.settings.keep_journal)
        shop.notices.forget_before(shop.now() - shop.settings.keep_journal)
        oldest = shop.now() - shop.settings.keep_artifacts
        told |= {"artifacts": shop.artifacts.forget_before(oldest)}
        told |= {"plans": shop.plans.forget_before(shop.now() - shop.settings.keep_plans)}
        work.tell(**told)
        return told


def forget_contact(named: str, workshop: Workshop | None = None) -> int:
    """Erase one contact, named by an id, an e-mail or its hash; how many records it was."""
    with step("forget_contact", "contacts", "", workshop) as work:
        known = forget(work.workshop, Person.called(named))
        work.tell(records=known)
        return known

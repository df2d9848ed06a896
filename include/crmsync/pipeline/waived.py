"""Conditions for new accounts that do not count, because a person chose the company by hand.

HubSpot's own integration creates no account for a company without people on the inclusion list, or
of leads only, unless somebody presses its button. So does this one, and says of which companies
that was the case.
"""

from collections.abc import Mapping

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.pipeline.eligible import eligible_companies
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.surroundings import members
from include.crmsync.pipeline.workshop import Workshop

NONE_LISTED = "none of their contacts is on the inclusion list"
NO_CONTACT = "they have no contacts, or leads only"


def waived(
    mapping: ObjectMapping, reading: Reading, sync_run: str, shop: Workshop
) -> Mapping[str, tuple[str, ...]]:
    """What would have kept these companies out of Salesforce -> the ids of those it is so of."""
    stated = shop.mappings[mapping.object_type]
    if reading.chosen is None or mapping.needs_contact == stated.needs_contact:
        return {}
    known, listed = reading.known(System.HUBSPOT), members(sync_run, shop)
    linked = shop.store.links(mapping.object_type, System.HUBSPOT, known.keys())
    met = eligible_companies(stated, known, listed, reading.people, shop)
    asked = known.keys() - linked.keys()
    missed = {NONE_LISTED: asked - met.listed, NO_CONTACT: asked - met.of_contacts}
    return {why: tuple(sorted(ids)) for why, ids in missed.items() if ids}


def created_all_the_same(told: Mapping[str, tuple[str, ...]], plan: Plan) -> dict[str, list[str]]:
    """Of these, the companies that the plan creates in Salesforce."""
    made = {
        one.origin_id
        for one in plan.actions
        if one.verb is Verb.CREATE and one.system is System.SALESFORCE
    }
    found = {why: [id_ for id_ in ids if id_ in made] for why, ids in told.items()}
    return {why: ids for why, ids in found.items() if ids}

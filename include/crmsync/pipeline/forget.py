"""Forgetting people: whom HubSpot erased for privacy, and whom somebody asks us to forget.

HubSpot keeps nothing of a contact that was deleted for privacy: asked for by id it is neither
alive, nor in the archive, nor part of another. So is one whose 90 days in the archive are over;
both are erased from the state. Whatever is left in artifacts of earlier runs goes with it.
"""

from include.crmsync.model.link import Link
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop

OBJECT_TYPE = "contacts"


def forget_erased(sync_run: str, object_type: str, shop: Workshop) -> None:
    """Forget the contacts found erased: by this run, or by one that died before it forgot them.

    Artifacts of this very run stay, so that its last step may be repeated; they hold no value
    of an erased record, which was not there to be read.
    """
    if object_type == OBJECT_TYPE:
        _forget(shop.store.erased(object_type), shop, keep=sync_run)


def forget(shop: Workshop, *, hubspot_id: str = "", email: str = "") -> int:
    """Forget the contacts with this HubSpot id or e-mail; how many there were."""
    found: list[Link] = []
    if hubspot_id:
        found += shop.store.links(OBJECT_TYPE, System.HUBSPOT, [hubspot_id]).values()
    if email:
        name = shop.mappings[OBJECT_TYPE].match_on or ""
        found += shop.store.holding(OBJECT_TYPE, name, email.strip().lower())
    links = list({link.id: link for link in found}.values())
    with shop.store.exclusive(OBJECT_TYPE):
        _forget(links, shop)
    return len(links)


def _forget(links: list[Link], shop: Workshop, *, keep: str = "") -> None:
    if not links:
        return
    # Artifacts first: who is killed in between still finds in the store whom to forget.
    ids = {link.id_in(system) for link in links for system in System}
    shop.artifacts.forget(ids, keep=keep)
    shop.store.forget(OBJECT_TYPE, links, shop.now())

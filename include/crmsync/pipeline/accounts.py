"""Whose records are remembered: a state store belongs to one portal and one org.

Ids of one account mean nothing, or something else, in another: a store that was filled from
the sandbox must never meet a real org. A connection that was seen before is trusted without
a call; a new one is asked once which account it reaches.
"""

from include.crmsync.errors import StateError
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop


def check(shop: Workshop) -> None:
    """Raise StateError when a connection reaches another account than the store remembers."""
    for system in System:
        gateway = shop.gateways[system]
        known = shop.store.account(system)
        if known is not None and known[1] == gateway.fingerprint:
            continue
        found = gateway.account()
        if known is not None and known[0] != found:
            raise StateError(
                f"this state store remembers records of {system.label} account {known[0]}, and the"
                f" connection reaches account {found}: their ids have nothing in common. Point"
                " CRMSYNC_STATE at another store, or the connection at the account it was."
            )
        shop.store.bind(system, found, gateway.fingerprint)


def accounts(workshop: Workshop) -> dict[System, str]:
    """Whose records these are, by system, as `check` found."""
    known = {system: workshop.store.account(system) for system in System}
    return {system: found[0] if found else "unknown" for system, found in known.items()}

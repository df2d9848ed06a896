"""E-mail addresses of HubSpot contacts in memory: no two contacts share one.

An additional address counts like the first one, for finding and for refusing alike. When an
additional address becomes the first, the old first one becomes additional.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from include.crmsync.adapters.hubspot_records import MORE_MAILS, mails
from include.crmsync.model.record import Record


def holder(mail: Any, records: Iterable[Record], own: str | None) -> str | None:
    """The other contact that has an address; None: it is free."""
    wanted = str(mail or "").strip().casefold()
    if not wanted:
        return None
    contacts = (one for one in records if one.kind == "contacts" and one.id != own)
    return next((one.id for one in contacts if wanted in mails(one.raw)), None)


def exchanged(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What a contact holds after a change, its own additional address made the first or not."""
    old, new = before.get("email"), after.get("email")
    more = mails({MORE_MAILS: after.get(MORE_MAILS)})
    if not new or new == old or str(new).casefold() not in more:
        return dict(after)
    rest = [mail for mail in more if mail != str(new).casefold()] + ([old] if old else [])
    return {**after, MORE_MAILS: ";".join(rest)}


def merged(winner: Mapping[str, Any], loser: Mapping[str, Any]) -> str:
    """The additional addresses of a contact that has taken another one in."""
    kept = mails(winner)
    return ";".join([*kept[1:], *(mail for mail in mails(loser) if mail not in kept)])

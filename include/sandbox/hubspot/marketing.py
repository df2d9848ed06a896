"""Marketing e-mail, as far as it shows on contacts.

Nobody sends any through the API; a person's verb says that one was sent, delivered, opened,
clicked or bounced. The contact counts it and keeps when and which was the last, with the
history every property has; the e-mail events API tells of each event.
"""

from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import EMAIL, Row
from include.sandbox.hubspot.writing import differing
from include.sandbox.router import Route
from include.sandbox.wire import Answer, Request

EVENTS = {
    "sent": ("", "hs_email_last_send_date"),
    "delivered": ("hs_email_delivered", ""),
    "opened": ("hs_email_open", "hs_email_last_open_date"),
    "clicked": ("hs_email_click", "hs_email_last_click_date"),
    "bounced": ("hs_email_bounce", ""),
    "unsubscribed": ("", ""),
}
"""Event -> the property that counts it, and the one that says when it last was."""
TYPES = {
    "sent": "SENT",
    "delivered": "DELIVERED",
    "opened": "OPEN",
    "clicked": "CLICK",
    "bounced": "BOUNCE",
    "unsubscribed": "STATUSCHANGE",
}
"""Event -> what the e-mail events API calls it."""
UNNAMED = "Newsletter"
"""The e-mail an event belongs to that names none."""
_USAGE = "an event takes email, event and perhaps name; event is one of "


class Marketing:
    """Serves the verb."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def verbs(self) -> list[Route]:
        return [Route("POST", "/_sandbox/marketing-emails", self._happen)]

    def _happen(self, request: Request) -> Answer:
        told = request.json()
        event = told.get("event") if isinstance(told, dict) else None
        mail = told.get("email") if isinstance(told, dict) else None
        if not isinstance(event, str) or event not in EVENTS or not isinstance(mail, str):
            return Answer(400, {"message": f"{_USAGE}{', '.join(EVENTS)}"})
        kind = self._portal.types.named("contacts")
        with self._portal.database.transaction():
            row = self._portal.by(kind, "email", [mail]).get(mail)
            if row is None:
                return Answer(404, {"message": f"no contact has the e-mail {mail}"})
            after = self._after(row, event, told.get("name"))
            changed = differing(row.properties, after.properties)
            self._portal.writing.store(kind, row, after, changed, EMAIL)
            name = told.get("name")
            self._portal.mailings.note(
                name if isinstance(name, str) and name else UNNAMED,
                TYPES[event],
                mail,
                self._portal.now(),
            )
        return Answer(200, {name: after.properties[name] for name in sorted(changed)})

    def _after(self, row: Row, event: str, name: Any) -> Row:
        after = row.copy()
        counter, moment = EVENTS[event]
        if counter:
            after.properties[counter] = str(int(row.properties.get(counter, "0")) + 1)
        if moment:
            after.properties[moment] = moments.stored(self._portal.now())
        if event == "unsubscribed":
            after.properties["hs_email_optout"] = "true"
        if isinstance(name, str) and name:
            after.properties["hs_email_last_email_name"] = name
        return after

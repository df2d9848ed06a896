"""Contacts version 1: all of them, those who changed, those on a list, and single ones.

Pages of all contacts go by id; pages of recent ones go back in time, and say at which moment
and id they stopped. What a page leaves out, a client asks for by id, a hundred at a time.
"""

from collections.abc import Callable, Sequence
from typing import Any

from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.legacy.contact_shape import ContactShape, Wanted, wanted_of
from include.sandbox.hubspot.legacy.pages import limit_of, offset_of
from include.sandbox.hubspot.lists import CONTACTS, List
from include.sandbox.hubspot.membership import Membership
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.recency import CREATED, MODIFIED, Place, Recency
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.uniqueness import mails
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/contacts/v1"
LARGEST_PAGE, DEFAULT_PAGE = 100, 20
BATCH = 100
HISTORY = "value_and_history"


class ContactCalls:
    """Serves contacts."""

    def __init__(self, portal: Portal, membership: Membership) -> None:
        self._portal = portal
        self._membership = membership
        self._recency = Recency(portal.database)
        self._shape = ContactShape(portal)
        self._kind = portal.types.of("contacts")

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/lists/all/contacts/all", self._all),
            Route("GET", f"{BASE}/lists/all/contacts/recent", self._recently(CREATED)),
            Route(
                "GET", f"{BASE}/lists/recently_updated/contacts/recent", self._recently(MODIFIED)
            ),
            Route("GET", f"{BASE}/lists/{{list_id}}/contacts/all", self._on_list),
            Route("GET", f"{BASE}/lists/{{list_id}}/contacts/recent", self._lately_on_list),
            Route("GET", f"{BASE}/contact/vids/batch", self._by_vids),
            Route("GET", f"{BASE}/contact/emails/batch", self._by_mails),
            Route("GET", f"{BASE}/contact/vid/{{vid}}/profile", self._by_vid),
            Route("GET", f"{BASE}/contact/email/{{mail}}/profile", self._by_mail),
            Route("GET", f"{BASE}/secondary-email/{{vid}}", self._more_mails),
        ]

    def _all(self, call: Call) -> Answer:
        limit, after = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), offset_of(call, "vidOffset")
        rows = self._portal.records.page("contacts", after, limit + 1, archived=False)
        return self._page(call, rows, limit)

    def _recently(self, by: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            limit, place = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), _place(call)
            found = self._recency.newest(["contacts"], by, 0, limit + 1, before=place)
            rows = [one.row for one in found]
            return self._page(call, rows, limit, lambda row: int(getattr(row, by)))

        return answer

    def _on_list(self, call: Call, list_id: str) -> Answer:
        one, limit = self._list(list_id), limit_of(call, LARGEST_PAGE, DEFAULT_PAGE)
        members = self._portal.lists.members(one.id, offset_of(call, "vidOffset"), limit + 1)
        return self._page(call, self._rows([member.record_id for member in members]), limit)

    def _lately_on_list(self, call: Call, list_id: str) -> Answer:
        one, limit = self._list(list_id), limit_of(call, LARGEST_PAGE, DEFAULT_PAGE)
        members = self._portal.lists.lately_joined(one.id, _place(call), limit + 1)
        added = {member.record_id: member.added for member in members}
        return self._page(call, self._rows(list(added)), limit, lambda row: added[row.id])

    def _by_vids(self, call: Call) -> Answer:
        told = _batch(call, "vid")
        return self._batch(call, self._portal.by(self._kind, "", told))

    def _by_mails(self, call: Call) -> Answer:
        told = _batch(call, "email")
        return self._batch(call, self._portal.by(self._kind, "email", told))

    def _by_vid(self, call: Call, vid: str) -> Answer:
        return self._profile(call, self._portal.by(self._kind, "", [vid]).get(vid))

    def _by_mail(self, call: Call, mail: str) -> Answer:
        return self._profile(call, self._portal.by(self._kind, "email", [mail]).get(mail))

    def _more_mails(self, _: Call, vid: str) -> Answer:
        row = self._portal.by(self._kind, "", [vid]).get(vid)
        if row is None:
            raise not_found("contact does not exist")
        first = row.properties.get("email", "").lower()
        more = [one for one in mails(row.properties) if one != first]
        return Answer(200, {"vid": row.id, "secondaryEmails": more})

    def _profile(self, call: Call, row: Row | None) -> Answer:
        if row is None:
            raise not_found("contact does not exist")
        return Answer(200, self._shape.shown(row, self._wanted_whole(call)))

    def _batch(self, call: Call, rows: dict[str, Row]) -> Answer:
        wanted = self._wanted_whole(call)
        told = {str(row.id): self._shape.shown(row, wanted) for row in rows.values()}
        return Answer(200, told)

    def _page(
        self,
        call: Call,
        rows: Sequence[Row],
        limit: int,
        moment: Callable[[Row], int] | None = None,
    ) -> Answer:
        """A page of what was found, of which one row more than fits tells that there is more."""
        shown = rows[:limit]
        last = shown[-1] if shown else None
        body: dict[str, Any] = {
            "contacts": [self._shape.shown(row, self._wanted(call)) for row in shown],
            "has-more": len(rows) > limit,
            "vid-offset": last.id if last else 0,
        }
        if moment is not None:
            body["time-offset"] = moment(last) if last else 0
        return Answer(200, body)

    def _rows(self, ids: Sequence[int]) -> list[Row]:
        found = self._portal.live(self._kind, ids)
        return [found[one] for one in ids if one in found]

    def _list(self, told: str) -> List:
        one = self._portal.lists.get(int(told)) if is_id(told) else None
        if one is None or one.object_type_id != CONTACTS:
            raise not_found(f"No list exists with id {told}")
        return self._membership.fresh(one)

    def _wanted(self, call: Call) -> Wanted:
        return Wanted(
            wanted_of(call.names("property"), self._kind),
            call.request.get("propertyMode", "value_only") == HISTORY,
            call.request.get("formSubmissionMode", "newest"),
            call.flag("showListMemberships"),
        )

    def _wanted_whole(self, call: Call) -> Wanted:
        """What is wanted of contacts that are asked for by name."""
        return Wanted(
            tuple(call.names("property")) or None,
            call.request.get("propertyMode", HISTORY) == HISTORY,
            call.request.get("formSubmissionMode", "all"),
            call.request.get("showListMemberships", "true").lower() == "true",
            company=True,
        )


def _place(call: Call) -> Place | None:
    """Where a page of recent contacts goes on."""
    moment = offset_of(call, "timeOffset")
    return (moment, offset_of(call, "vidOffset")) if moment else None


def _batch(call: Call, name: str) -> list[str]:
    told = list(dict.fromkeys(call.names(name)))
    if not told:
        raise bad_request(f"At least one {name} is required")
    if len(told) > BATCH:
        raise bad_request(f"At most {BATCH} contacts can be read at once")
    return told

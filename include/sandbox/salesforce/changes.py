"""Which records changed or were deleted in a span of time: getUpdated and getDeleted.

Seconds are ignored, as the real ones do, and the spans they accept are bounded: 30 days
back for changes, 15 for deletions.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from include.sandbox.salesforce.errors import refusal
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.schema import SObject
from include.sandbox.salesforce.values import wire_time
from include.sandbox.wire import Answer

CHANGES_REACH = timedelta(days=30)
DELETIONS_REACH = timedelta(days=15)
MOST_IDS = 600_000


class Changes:
    """The resources sobjects/{name}/updated and deleted."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def updated(self, visit: Visit, sobject: str) -> Answer:
        kind = self._org.seen(sobject)
        start, end = self._span(visit, CHANGES_REACH)
        found = self._stamped(kind, start, end, deleted=False)
        return Answer(body={"ids": [row["Id"] for row in found], "latestDateCovered": end})

    def deleted(self, visit: Visit, sobject: str) -> Answer:
        kind = self._org.seen(sobject)
        start, end = self._span(visit, DELETIONS_REACH)
        found = self._stamped(kind, start, end, deleted=True) if kind.deletable else []
        reach = self._org.world.clock.now() - DELETIONS_REACH
        return Answer(
            body={
                "deletedRecords": [
                    {"id": row["Id"], "deletedDate": row["SystemModstamp"]} for row in found
                ],
                "earliestDateAvailable": wire_time(reach.replace(second=0)),
                "latestDateCovered": end,
            }
        )

    def _stamped(self, kind: SObject, start: str, end: str, *, deleted: bool) -> list[Any]:
        marked = f' AND "IsDeleted" = {int(deleted)}' if kind.deletable else ""
        sql = (
            f'SELECT "Id", "SystemModstamp" FROM "{kind.table}"'  # noqa: S608  a declared name
            f' WHERE "SystemModstamp" >= ? AND "SystemModstamp" < ?{marked}'
            ' ORDER BY "SystemModstamp", "Id"'
        )
        found = self._org.store.select(sql, [start, end])
        if len(found) > MOST_IDS:
            raise refusal("EXCEEDED_ID_LIMIT", f"more than {MOST_IDS} records changed")
        return found

    def _span(self, visit: Visit, reach: timedelta) -> tuple[str, str]:
        start, end = (_minute(visit.request.get(name), name) for name in ("start", "end"))
        now = self._org.world.clock.now()
        if end - start < timedelta(minutes=1):
            raise refusal("INVALID_REPLICATION_DATE", "endDate before startDate")
        if now - start > reach + timedelta(minutes=1):
            raise refusal(
                "INVALID_REPLICATION_DATE",
                f"startDate before org replication enabled date: more than {reach.days} days ago",
            )
        latest = min(end, now.replace(second=0, microsecond=0) + timedelta(minutes=1))
        return wire_time(start), wire_time(latest)


def _minute(text: str, name: str) -> datetime:
    """A moment of the address, to the minute; an unescaped plus has become a blank."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        raise refusal("MALFORMED_QUERY", f"{name} is not a valid date time: {text}") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC, second=0, microsecond=0)

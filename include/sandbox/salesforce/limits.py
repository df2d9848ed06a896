"""What the org allows per day, what is left of it, and how many records there are."""

from datetime import datetime, timedelta
from typing import Any

from include.sandbox.clock import Clock
from include.sandbox.salesforce.errors import refusal
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.settings import Settings
from include.sandbox.wire import Answer

DAY = timedelta(days=1)
_OTHERS = {
    "ConcurrentAsyncGetReportInstances": 200,
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyStreamingApiEvents": 50_000,
    "DataStorageMB": 1024,
    "FileStorageMB": 1024,
    "HourlyODataCallout": 20_000,
    "MassEmail": 5000,
    "SingleEmail": 5000,
}


class Meter:
    """Counts API requests and refuses those beyond the day's allowance."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._since: datetime | None = None
        self.used = 0

    @property
    def allowed(self) -> int:
        return int(self._settings["daily_api_limit"])

    @property
    def header(self) -> dict[str, str]:
        return {"Sforce-Limit-Info": f"api-usage={self.used}/{self.allowed}"}

    def count(self) -> None:
        """Count one request; raises Refusal when the day's allowance is used up."""
        now = self._clock.now()
        if self._since is None or not timedelta() <= now - self._since < DAY:
            self._since, self.used = now, 0
        if self.used >= self.allowed:
            raise refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
        self.used += 1

    def reset(self) -> None:
        self._since, self.used = None, 0


class Limits:
    """The resources limits and limits/recordCount."""

    def __init__(self, org: Org, meter: Meter) -> None:
        self._org = org
        self._meter = meter

    def limits(self, visit: Visit) -> Answer:  # noqa: ARG002  every handler takes the visit
        left = max(0, self._meter.allowed - self._meter.used)
        body: dict[str, Any] = {
            name: {"Max": most, "Remaining": most} for name, most in _OTHERS.items()
        }
        body["DailyApiRequests"] = {"Max": self._meter.allowed, "Remaining": left}
        return Answer(body=dict(sorted(body.items())))

    def record_count(self, visit: Visit) -> Answer:
        wanted = {one.strip().lower() for one in visit.request.get("sObjects").split(",")} - {""}
        counted = [
            {"count": self._org.store.count(one), "name": one.name}
            for one in self._org.schema
            if not wanted or one.name.lower() in wanted
        ]
        return Answer(body={"sObjects": counted})

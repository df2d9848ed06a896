"""What the org allows per day, what is left of it, and how many records there are."""

from datetime import datetime, timedelta
from typing import Any

from include.sandbox.clock import Clock
from include.sandbox.salesforce.bulk.office import Office
from include.sandbox.salesforce.errors import refusal
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.settings import Settings
from include.sandbox.wire import Answer

DAY = timedelta(days=1)
_OTHERS = {
    "ActiveScratchOrgs": 3,
    "AnalyticsExternalDataSizeMB": 40_960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2,
    "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAnalyticsUploadedFilesSizeMB": 51_200,
    "DailyAsyncApexExecutions": 250_000,
    "DailyAsyncApexTests": 500,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyDeliveredPlatformEvents": 50_000,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyEinsteinDataInsightsStoryCreation": 1000,
    "DailyEinsteinDiscoveryPredictAPICalls": 50_000,
    "DailyFunctionsApiCallLimit": 235_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyScratchOrgs": 6,
    "DailyStandardVolumePlatformEvents": 25_000,
    "DailyStreamingApiEvents": 50_000,
    "DailyWorkflowEmails": 100_000,
    "DataStorageMB": 1024,
    "DurableStreamingApiConcurrentClients": 20,
    "FileStorageMB": 1024,
    "HourlyAsyncReportRuns": 1200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5000,
    "HourlyDashboardStatuses": 999_999_999,
    "HourlyLongTermIdMapping": 100_000,
    "HourlyManagedContentPublicRequests": 50_000,
    "HourlyODataCallout": 20_000,
    "HourlyPublishedPlatformEvents": 250_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1000,
    "HourlyShortTermIdMapping": 100_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1000,
    "MassEmail": 5000,
    "MonthlyEinsteinDiscoveryStoryCreation": 500,
    "Package2VersionCreates": 6,
    "PermissionSets": 1500,
    "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "SingleEmail": 5000,
    "StreamingApiConcurrentClients": 20,
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

    def __init__(self, org: Org, meter: Meter, office: Office) -> None:
        self._org = org
        self._meter = meter
        self._office = office

    def limits(self, visit: Visit) -> Answer:  # noqa: ARG002  every handler takes the visit
        left = max(0, self._meter.allowed - self._meter.used)
        body: dict[str, Any] = {
            name: {"Max": most, "Remaining": most} for name, most in _OTHERS.items()
        }
        body["DailyApiRequests"] = {"Max": self._meter.allowed, "Remaining": left}
        batches = self._org.settings["daily_bulk_batches"], self._office.batches_used
        queries = self._org.settings["daily_bulk_queries"], self._office.queries_used
        body["DailyBulkApiBatches"] = _left(*batches)
        body["DailyBulkV2QueryJobs"] = _left(*queries)
        return Answer(body=dict(sorted(body.items())))

    def record_count(self, visit: Visit) -> Answer:
        wanted = {one.strip().lower() for one in visit.request.get("sObjects").split(",")} - {""}
        counted = [
            {"count": self._org.store.count(one), "name": one.name}
            for one in self._org.visible
            if not wanted or one.name.lower() in wanted
        ]
        return Answer(body={"sObjects": counted})


def _left(most: int, used: int) -> dict[str, int]:
    return {"Max": most, "Remaining": max(0, most - used)}

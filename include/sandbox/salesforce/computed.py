"""Fields the org fills in itself, from the record's other fields.

They are worked out whenever a record is written and stored beside the rest, so that a query
can filter by them. One function per object; each takes the whole record and what of it was
just given, and returns what to store in addition.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from include.sandbox.salesforce.schema import Schema
from include.sandbox.salesforce.store import Row, Store
from include.sandbox.salesforce.values import wire_time

FORECAST = {"Best Case": "BestCase", "Commit": "Forecast"}
"""Forecast category by its name, where the two differ."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A record being written."""

    row: Row
    """The whole record, as it will be."""
    given: Mapping[str, Any]
    """What of it the request gave."""
    now: str
    """The moment, as the wire shows it."""


class Computed:
    """Works out computed fields; knows the org's stages and member statuses."""

    def __init__(self, store: Store, schema: Schema) -> None:
        self._store = store
        self._schema = schema
        self._stages: dict[str, Row] | None = None
        self._by_object: dict[str, Callable[[Writing], Row]] = {
            "Contact": _contact,
            "Lead": _person,
            "User": _person,
            "Opportunity": self._opportunity,
            "Task": self._task,
            "Event": _event,
            "Case": self._case,
            "CampaignMember": self._member,
        }

    def forget(self) -> None:
        """Read the stages again: they may have changed."""
        self._stages = None

    def fields(self, sobject: str, writing: Writing) -> Row:
        """What to store in addition."""
        work = self._by_object.get(sobject)
        return work(writing) if work else {}

    def _opportunity(self, writing: Writing) -> Row:
        row, given, now = writing.row, writing.given, writing.now
        made: Row = {}
        if "StageName" in given:
            stage = self._stage(row.get("StageName"))
            name = given.get("ForecastCategoryName") or stage.get("ForecastCategoryName")
            made = {
                "IsClosed": stage.get("IsClosed") or 0,
                "IsWon": stage.get("IsWon") or 0,
                "ForecastCategoryName": name,
                "ForecastCategory": FORECAST.get(str(name), name),
                "LastStageChangeDate": now,
            }
            if given.get("Probability") is None:
                made["Probability"] = float(stage.get("DefaultProbability") or 0)
        whole = row | made
        return made | _expected(whole) | _fiscal(whole.get("CloseDate"))

    def _stage(self, name: Any) -> Row:
        if self._stages is None:
            stages = self._store.every(self._schema.named("OpportunityStage"))
            self._stages = {str(one["ApiName"]).lower(): one for one in stages}
        return self._stages.get(str(name).lower(), {})

    def _task(self, writing: Writing) -> Row:
        row, now = writing.row, writing.now
        closed = str(row.get("Status")).lower() == "completed"
        completed = row.get("CompletedDateTime") or now
        return {
            "IsClosed": int(closed),
            "IsHighPriority": int(str(row.get("Priority")).lower() == "high"),
            "CompletedDateTime": completed if closed else None,
            "AccountId": self._account_of(row),
        }

    def _account_of(self, row: Row) -> str | None:
        for reference in (row.get("WhatId"), row.get("WhoId")):
            sobject = self._schema.of_id(reference) if reference else None
            if sobject is None or reference is None:
                continue
            if sobject.name == "Account":
                return str(reference)
            found = self._store.get(sobject, reference) or {}
            if found.get("AccountId"):
                return str(found["AccountId"])
        return None

    def _case(self, writing: Writing) -> Row:
        row, now = writing.row, writing.now
        closed = str(row.get("Status")).lower() == "closed"
        number = row.get("CaseNumber") or f"{1000 + self._cases() + 1:08}"
        return {
            "IsClosed": int(closed),
            "ClosedDate": (row.get("ClosedDate") or now) if closed else None,
            "CaseNumber": number,
        }

    def _cases(self) -> int:
        return int(self._store.select('SELECT COUNT(*) FROM "sf_Case"', [])[0][0])

    def _member(self, writing: Writing) -> Row:
        row, now = writing.row, writing.now
        statuses = self._store.holding(
            self._schema.named("CampaignMemberStatus"), "CampaignId", row.get("CampaignId")
        )
        default = next((one["Label"] for one in statuses if one["IsDefault"]), "Sent")
        status = row.get("Status") or default
        responded = {str(one["Label"]).lower() for one in statuses if one["HasResponded"]}
        has = str(status).lower() in (responded if statuses else {"responded"})
        first = row.get("FirstRespondedDate") or now[:10]
        return {
            "Status": status,
            "HasResponded": int(has),
            "FirstRespondedDate": first if has else row.get("FirstRespondedDate"),
        }


def _person(writing: Writing) -> Row:
    row = writing.row
    names = [row.get("FirstName"), row.get("LastName")]
    return {"Name": " ".join(str(name) for name in names if name) or None}


def _contact(writing: Writing) -> Row:
    bounced = int(bool(writing.row.get("EmailBouncedReason")))
    return _person(writing) | {"IsEmailBounced": bounced}


def _expected(row: Row) -> Row:
    amount, probability = row.get("Amount"), row.get("Probability")
    if amount is None or probability is None:
        return {"ExpectedRevenue": None}
    return {"ExpectedRevenue": round(amount * probability / 100, 2)}


def _fiscal(close: Any) -> Row:
    if not close:
        return {}
    day = date.fromisoformat(close)
    return {"FiscalYear": day.year, "FiscalQuarter": (day.month + 2) // 3}


def _event(writing: Writing) -> Row:
    row, given = writing.row, writing.given
    start = given.get("StartDateTime") or given.get("ActivityDateTime") or row.get("StartDateTime")
    if not start:
        return {}
    end = row.get("EndDateTime")
    if "DurationInMinutes" in given or end is None:
        end = _later(start, row.get("DurationInMinutes") or 0)
    return {
        "StartDateTime": start,
        "ActivityDateTime": start,
        "ActivityDate": str(start)[:10],
        "EndDateTime": end,
        "EndDate": str(end)[:10],
        "DurationInMinutes": _minutes(start, end),
    }


def _later(start: str, minutes: int) -> str:
    return wire_time(datetime.fromisoformat(start) + timedelta(minutes=minutes))


def _minutes(start: str, end: str) -> int:
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() // 60)

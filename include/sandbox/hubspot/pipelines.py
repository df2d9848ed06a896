"""The portal's pipelines: the stages a deal, a ticket or a custom object goes through.

It starts with HubSpot's own; more are made through the API. A record's stage has to be one of
its pipeline's. Reads come from memory; changes are stored first, with a line in the audit.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from include.sandbox.database import Database
from include.sandbox.hubspot import moments
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.property import FOUNDED

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS hs_pipeline (
        type TEXT NOT NULL, id TEXT NOT NULL, told TEXT NOT NULL, PRIMARY KEY (type, id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS hs_pipeline_audit (
        line INTEGER PRIMARY KEY, subject TEXT NOT NULL, action TEXT NOT NULL,
        at INTEGER NOT NULL, told TEXT NOT NULL
    )
    """,
    "CREATE TABLE IF NOT EXISTS hs_pipeline_last (id INTEGER NOT NULL)",
)
FIRST = 700_001
"""The id of the first pipeline or stage that is made through the API."""
DEALS = "deals"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pipeline."""

    id: str
    label: str
    order: int
    probability: str | None = None
    """A deal's chance to be won, from 0.0 to 1.0."""
    closed: bool = False
    created: int = FOUNDED
    updated: int = FOUNDED
    archived: bool = False

    def shown(self) -> dict[str, Any]:
        metadata = {"isClosed": str(self.closed).lower()}
        if self.probability is not None:
            metadata["probability"] = self.probability
        else:
            metadata["ticketState"] = "CLOSED" if self.closed else "OPEN"
        return {
            "label": self.label,
            "displayOrder": self.order,
            "metadata": metadata,
            "id": self.id,
            "createdAt": moments.shown(self.created),
            "updatedAt": moments.shown(self.updated),
            "archived": self.archived,
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        }


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Stages in their order."""

    id: str
    label: str
    stages: tuple[Stage, ...]
    order: int = 0
    created: int = FOUNDED
    updated: int = FOUNDED
    archived: bool = False

    @property
    def open_stages(self) -> list[Stage]:
        """Those not archived, in their order."""
        live = (one for one in self.stages if not one.archived)
        return sorted(live, key=lambda one: (one.order, one.label))

    def stage(self, id_: str | None) -> Stage | None:
        return next((one for one in self.open_stages if one.id == id_), None)

    def shown(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "displayOrder": self.order,
            "id": self.id,
            "stages": [stage.shown() for stage in self.open_stages],
            "createdAt": moments.shown(self.created),
            "updatedAt": moments.shown(self.updated),
            "archived": self.archived,
        }


STANDARD: dict[str, tuple[Pipeline, ...]] = {
    DEALS: (
        Pipeline(
            "default",
            "Sales Pipeline",
            (
                Stage("appointmentscheduled", "Appointment Scheduled", 0, "0.2"),
                Stage("qualifiedtobuy", "Qualified To Buy", 1, "0.4"),
                Stage("presentationscheduled", "Presentation Scheduled", 2, "0.6"),
                Stage("decisionmakerboughtin", "Decision Maker Bought-In", 3, "0.8"),
                Stage("contractsent", "Contract Sent", 4, "0.9"),
                Stage("closedwon", "Closed Won", 5, "1.0", closed=True),
                Stage("closedlost", "Closed Lost", 6, "0.0", closed=True),
            ),
        ),
    ),
    "tickets": (
        Pipeline(
            "0",
            "Support Pipeline",
            (
                Stage("1", "New", 0),
                Stage("2", "Waiting on contact", 1),
                Stage("3", "Waiting on us", 2),
                Stage("4", "Closed", 3, closed=True),
            ),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of an audit."""

    subject: str
    action: str
    at: int
    told: Any


class Pipelines:
    """The table of pipelines."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now
        with database.transaction() as sql:
            for statement in _TABLES:
                sql.execute(statement)
        self.load()

    def reset(self) -> None:
        """Forget every change to HubSpot's own pipelines."""
        with self._database.transaction() as sql:
            for table in ("hs_pipeline", "hs_pipeline_audit", "hs_pipeline_last"):
                sql.execute(f"DELETE FROM {table}")  # noqa: S608
        self.load()

    def of(self, object_type: str) -> list[Pipeline]:
        """The pipelines of an object type in their order."""
        live = (one for one in self._all.get(object_type, {}).values() if not one.archived)
        return sorted(live, key=lambda one: (one.order, one.label))

    def get(self, object_type: str, id_: str | None) -> Pipeline | None:
        """The pipeline of this id."""
        return next((one for one in self.of(object_type) if one.id == id_), None)

    def options(self, kind: ObjectType, name: str) -> dict[str, str]:
        """Value -> label of a property whose options are pipelines or stages."""
        if kind.pipeline is None or name not in kind.pipeline:
            return {}
        known = self.of(kind.name)
        if name == kind.pipeline[0]:
            return {one.id: one.label for one in known}
        return {stage.id: stage.label for one in known for stage in one.open_stages}

    def put(self, object_type: str, pipeline: Pipeline, action: str, subject: str = "") -> None:
        """Keep a pipeline, and write down what was done, to it or to one of its stages."""
        told = json.dumps(asdict(pipeline))
        with self._database.transaction() as sql:
            row = (object_type, pipeline.id, told)
            sql.execute("INSERT OR REPLACE INTO hs_pipeline VALUES (?, ?, ?)", row)
            sql.execute(
                "INSERT INTO hs_pipeline_audit (subject, action, at, told) VALUES (?, ?, ?, ?)",
                (f"{object_type}/{subject or pipeline.id}", action, self._now(), told),
            )
        self._all.setdefault(object_type, {})[pipeline.id] = pipeline

    def audit(self, object_type: str, subject: str) -> list[Deed]:
        """What was done to a pipeline or a stage, newest first."""
        query = "SELECT * FROM hs_pipeline_audit WHERE subject = ? ORDER BY line DESC"
        with self._database.reading() as sql:
            rows = sql.execute(query, (f"{object_type}/{subject}",)).fetchall()
        return [Deed(subject, row["action"], row["at"], json.loads(row["told"])) for row in rows]

    def next_id(self) -> str:
        """An id no pipeline and no stage ever had."""
        with self._database.transaction() as sql:
            last = sql.execute("SELECT max(id) FROM hs_pipeline_last").fetchone()[0]
            id_ = max(FIRST, (last or 0) + 1)
            sql.execute("INSERT INTO hs_pipeline_last VALUES (?)", (id_,))
        return str(id_)

    def load(self) -> None:
        """Read what is stored: at the start, and after a change that was taken back."""
        self._all = {name: {one.id: one for one in rows} for name, rows in STANDARD.items()}
        with self._database.reading() as sql:
            rows = sql.execute("SELECT type, told FROM hs_pipeline").fetchall()
        for row in rows:
            told = json.loads(row["told"])
            stages = tuple(Stage(**stage) for stage in told.pop("stages"))
            pipeline = Pipeline(**told, stages=stages)
            self._all.setdefault(row["type"], {})[pipeline.id] = pipeline


def changed(pipeline: Pipeline, stage: Stage, now: int) -> Pipeline:
    """The pipeline with this stage in place of the one of its id, or added."""
    others = tuple(one for one in pipeline.stages if one.id != stage.id)
    return replace(pipeline, stages=(*others, stage), updated=now)

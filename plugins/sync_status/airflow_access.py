"""Airflow's answers to the questions of `access`: its log-in, its permissions, its schedule."""

from typing import Any
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import (
    AccessView,
    DagAccessEntity,
    DagDetails,
)
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_view
from airflow.configuration import conf
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session
from fastapi import Depends
from sqlalchemy import select

from sync_status.access import OURS, Access, Schedule

DAG = "crm_sync"
may_see = requires_access_view(AccessView.PLUGINS)


def access() -> Access:
    """The real thing, inside the API server."""
    return Access(
        see=_see, may_trigger=_may_trigger, schedule=_schedule, dag_of=_dag_of, airflow_path=_path
    )


def _see(user: GetUserDep, _: None = Depends(may_see)) -> Any:
    return user


def _may_trigger(user: Any, dag_id: str) -> bool:
    return get_auth_manager().is_authorized_dag(
        method="POST",
        access_entity=DagAccessEntity.RUN,
        details=DagDetails(id=dag_id),
        user=user,
    )


def _schedule() -> Schedule:
    with create_session() as session:
        dag = session.get(DagModel, DAG)
        if dag is None:
            return Schedule()
        return Schedule(
            known=True, paused=bool(dag.is_paused), next_at=dag.next_dagrun_create_after
        )


def _dag_of(run_id: str) -> str | None:
    query = select(DagRun.dag_id).where(DagRun.run_id == run_id, DagRun.dag_id.in_(OURS))
    with create_session() as session:
        return session.scalars(query.order_by(DagRun.id.desc())).first()


def _path(_: Any) -> str:
    return urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")

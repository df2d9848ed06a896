"""Bring Airflow's database up to date and put airflow_settings.yaml into it.

Run inside Airflow's environment: `python -m scripts.airflow_settings SANDBOX_URL`. The Astro
command line does the same for its users. A connection that somebody has pointed at a real
account is left alone; one that is still the sandbox's follows the sandbox's port. With
`--sandbox-only` it exits with 3 if a connection is not the sandbox's.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from scripts.surroundings import ROOT

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main() -> int:
    """Migrate, then apply; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sandbox_url")
    parser.add_argument("--sandbox-only", action="store_true")
    asked = parser.parse_args()
    _migrate()
    settings = yaml.safe_load((ROOT / "airflow_settings.yaml").read_text("utf-8"))["airflow"]
    real = _connections(settings.get("connections") or (), asked.sandbox_url)
    _pools(settings.get("pools") or ())
    _variables(settings.get("variables") or ())
    if real and asked.sandbox_only:
        print(
            f"the connection {real[0]} points at a real account, and the demo only ever writes to"
            " the sandbox: delete .local to start over, or run `make up`",
            file=sys.stderr,
        )
        return 3
    return 0


def _migrate() -> None:
    """Airflow's own upgrade, when this version of it has not done it here before."""
    import airflow
    from airflow.configuration import conf
    from airflow.utils.db import initdb, upgradedb

    done = Path(conf.get("logging", "base_log_folder")).parent / f"migrated-{airflow.__version__}"
    database = done.with_name("airflow.db")
    if done.exists() and database.exists():
        return
    (upgradedb if database.exists() else initdb)()
    done.touch()


def _connections(stated: Any, sandbox_url: str) -> list[str]:
    """Add or refresh; return the ids of those that are a person's own."""
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session
    from sqlalchemy import select

    own: list[str] = []
    with create_session() as session:
        for one in stated:
            found = session.scalar(select(Connection).where(Connection.conn_id == one["conn_id"]))
            if found is not None and not _is_the_sandboxs(found):
                own.append(found.conn_id)
                continue
            connection = found or Connection(conn_id=one["conn_id"])
            extra = {**(one.get("conn_extra") or {})}
            if "instance_url" in extra:
                extra["instance_url"] = sandbox_url
            connection.conn_type = one["conn_type"]
            connection.host = sandbox_url
            connection.login = one.get("conn_login") or None
            connection.set_password(one.get("conn_password") or None)
            connection.set_extra(json.dumps(extra) if extra else None)
            connection.description = one.get("conn_description")
            session.add(connection)
    return own


def _is_the_sandboxs(connection: Any) -> bool:
    """Whether every address it names is on this machine."""
    named = (connection.host, connection.extra_dejson.get("instance_url"))
    return all(urlsplit(address or "").hostname in LOOPBACK for address in named if address)


def _pools(stated: Any) -> None:
    from airflow.models.pool import Pool

    for one in stated:
        Pool.create_or_update_pool(
            one["pool_name"],
            slots=int(one["pool_slot"]),
            description=one.get("pool_description") or "",
            include_deferred=False,
        )


def _variables(stated: Any) -> None:
    from airflow.models.variable import Variable

    for one in stated:
        Variable.set(one["variable_name"], one["variable_value"])


if __name__ == "__main__":
    sys.exit(main())

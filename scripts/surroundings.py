"""Where a local Airflow lives, and every setting it is given.

All of it lies under one folder, `.local` in the project by default: Airflow's home, the sync's
state and artifacts, the sandbox's database, logs and the generated secrets. Deleting that
folder is a clean slate. Nothing is read from or written to the user's home.
"""

import json
import os
import secrets
import socket
import sys
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[1]
SANDBOX_PORT, AIRFLOW_PORT = 8765, 8080
FOREIGN = ("AIRFLOW_HOME", "AIRFLOW__", "PYTHONPATH")
"""Settings of another Airflow that must not leak into this one."""
SANDBOX_FOREIGN = (*FOREIGN, "AIRFLOW_CONN_", "AIRFLOW_VAR_", "CRMSYNC_")


@dataclass(frozen=True, slots=True)
class Local:
    """One local installation: its folder and its ports."""

    folder: Path
    sandbox_port: int
    airflow_port: int
    users: str = "admin:admin"
    """Airflow's users with their roles, as its simple auth manager takes them."""

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def airflow_url(self) -> str:
        return f"http://127.0.0.1:{self.airflow_port}"

    @property
    def home(self) -> Path:
        return self.folder / "airflow"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def sandbox_database(self) -> Path:
        return self.folder / "sandbox" / "crms.db"

    @property
    def passwords(self) -> Path:
        return self.home / "passwords.json"

    def prepare(self) -> None:
        """Make the folders, readable by their owner alone: they hold records and secrets."""
        for folder in (self.home, self.logs, self.sandbox_database.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def password(self, user: str = "admin") -> str:
        """The password of one of Airflow's users, made up once for all of them."""
        if not self.passwords.exists():
            names = [one.partition(":")[0] for one in self.users.split(",")]
            _write_secret(self.passwords, {name: secrets.token_urlsafe(12) for name in names})
        return str(json.loads(self.passwords.read_text("utf-8"))[user])

    def environment(self, *, sandbox_only: bool) -> dict[str, str]:
        """The environment of every process: Airflow's settings, and where the sync remembers.

        What `.env` and the shell say about connections and the sync counts, unless only the
        sandbox may be reached.
        """
        stated = {**dotenv_values(ROOT / ".env"), **os.environ}
        inherited = {
            name: value
            for name, value in stated.items()
            if value is not None
            and not name.startswith(SANDBOX_FOREIGN if sandbox_only else FOREIGN)
        }
        remembers = {
            "CRMSYNC_STATE": f"sqlite:///{self.folder / 'state' / 'crmsync.db'}",
            "CRMSYNC_ARTIFACTS": str(self.folder / "artifacts"),
            "CRMSYNC_DATA_DOCS": str(self.folder / "data_docs"),
        }
        return (
            remembers
            | inherited
            | {
                "AIRFLOW_HOME": str(self.home),
                "PYTHONPATH": str(ROOT),
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
                "NO_PROXY": "127.0.0.1,localhost",
                "no_proxy": "127.0.0.1,localhost",
            }
            | _airflow(self, _secrets(self.home / "secrets.json"))
        )


def local_installation(*, fixed_ports: bool = True) -> Local:
    """The project's own `.local`, or CRMSYNC_LOCAL; the usual ports, or free ones."""
    sandbox_port = int(os.environ.get("CRMSYNC_SANDBOX_PORT", SANDBOX_PORT))
    airflow_port = int(os.environ.get("CRMSYNC_AIRFLOW_PORT", AIRFLOW_PORT))
    if not fixed_ports:
        sandbox_port, airflow_port = _free(sandbox_port), _free(airflow_port)
    folder = Path(os.environ.get("CRMSYNC_LOCAL") or ROOT / ".local")
    return Local(folder.resolve(), sandbox_port, airflow_port)


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free(port: int) -> int:
    if is_free(port):
        return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _airflow(local: Local, kept: dict[str, str]) -> dict[str, str]:
    settings = {
        "CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__PARALLELISM": "4",
        "CORE__FERNET_KEY": kept["fernet_key"],
        "CORE__EXECUTION_API_SERVER_URL": f"{local.airflow_url}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": local.users,
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(local.passwords),
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{local.home / 'airflow.db'}",
        "API__HOST": "127.0.0.1",
        "API__PORT": str(local.airflow_port),
        "API__BASE_URL": local.airflow_url,
        "API__SECRET_KEY": kept["secret_key"],
        "API_AUTH__JWT_SECRET": kept["jwt_secret"],
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "LOGGING__BASE_LOG_FOLDER": str(local.home / "logs"),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    return {f"AIRFLOW__{name}": value for name, value in settings.items()}


def _secrets(path: Path) -> dict[str, str]:
    """Keys that must stay the same from one start to the next."""
    if not path.exists():
        fernet = urlsafe_b64encode(secrets.token_bytes(32)).decode()
        made = {"fernet_key": fernet}
        made |= {name: secrets.token_hex(32) for name in ("secret_key", "jwt_secret")}
        _write_secret(path, made)
    kept: dict[str, str] = json.loads(path.read_text("utf-8"))
    return kept


def _write_secret(path: Path, content: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(content), "utf-8")

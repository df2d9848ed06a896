"""A baseline that is killed outright again and again: it finishes, and nothing is doubled."""

import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Installation

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]
RUN = "manual__baseline"
LIST = "/_sandbox/lists/Salesforce%20inclusion%20list/members"


def portions_of(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def email(number: int) -> str:
    return f"person{number}@example.com"


def in_hubspot(installation: Installation, numbers: Sequence[int]) -> None:
    """Contacts on the inclusion list."""
    for some in portions_of(numbers, 100):
        inputs = [{"properties": {"email": email(n), "lastname": f"P{n}"}} for n in some]
        path = "/crm/v3/objects/contacts/batch/create"
        made = installation.outside.hubspot("POST", path, {"inputs": inputs})
        ids = [one["id"] for one in made["results"]]
        installation.sandbox.call("PUT", LIST, {"add": ids})


def in_salesforce(installation: Installation, numbers: Sequence[int]) -> None:
    for some in portions_of(numbers, 200):
        records = [
            {"attributes": {"type": "Contact"}, "Email": email(n), "LastName": f"P{n}"}
            for n in some
        ]
        body = {"allOrNone": True, "records": records}
        installation.outside.salesforce("POST", "composite/sobjects", body)


def finished(installation: Installation) -> int:
    """How many portions have ended so far."""
    folder = installation.folder / "artifacts" / RUN / "contacts"
    return len(list(folder.glob("portion-*.json"))) if folder.is_dir() else 0


def killed(installation: Installation, arguments: Sequence[str], after: int, pause: float) -> None:
    """Start it, and kill it some time after so many portions more have ended."""
    process = installation.command(*arguments)
    wanted = finished(installation) + after
    while finished(installation) < wanted and process.poll() is None:
        time.sleep(0.05)
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def baseline_of(installation: Installation, count: int, portion: int, seed: int) -> dict[str, Any]:
    """Pairs, and some of each CRM alone: matched, with three kills on the way."""
    alone = count // 10
    in_hubspot(installation, range(count + alone))
    in_salesforce(installation, [*range(count), *range(count + alone, count + 2 * alone)])
    asked = ["baseline", "--apply", "--object-type", "contacts", "--run", RUN]
    arguments = [*asked, "--portion", str(portion)]
    chance = random.Random(seed)  # noqa: S311
    for _ in range(3):
        killed(installation, arguments, chance.randint(0, 2), chance.uniform(0.1, 2.0))
    process = installation.command(*arguments)
    peak = 0
    while process.poll() is None:
        peak = max(peak, megabytes(process.pid))
        time.sleep(0.2)
    out, problem = process.communicate()
    assert process.returncode == 0, problem
    return {"out": out, "everybody": count + 2 * alone, "megabytes": peak}


def megabytes(pid: int) -> int:
    """The most memory a process has had so far."""
    try:
        text = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(found[1]) // 1024 if found else 0


def judge(installation: Installation, everybody: int) -> None:
    """Everybody is in both CRMs exactly once, and linked with themselves."""
    theirs = {
        row["Id"]: row["Email"]
        for row in installation.outside.query("SELECT Id, Email FROM Contact")
    }
    found = installation.outside.all_hubspot("contacts", ["email"])
    ours = {id_: str(one["email"]) for id_, one in found.items()}
    assert [one for one, times in Counter(theirs.values()).items() if times > 1] == []
    assert [one for one, times in Counter(ours.values()).items() if times > 1] == []
    assert (len(theirs), len(ours)) == (everybody, everybody)
    links = installation.links("contacts")
    assert len(links) == everybody
    assert [pair for pair in links if ours[pair[0]] != theirs[pair[1]]] == []


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_killed_three_times_a_baseline_finishes_without_doubles(
    installation: Installation, seed: int
) -> None:
    told = baseline_of(installation, count=200, portion=25, seed=seed)
    judge(installation, told["everybody"])
    assert "20 contacts: only here (Salesforce)" in told["out"]


@pytest.mark.long
def test_fifty_thousand_pairs_killed_three_times(installation: Installation) -> None:
    began = time.monotonic()
    told = baseline_of(installation, count=50_000, portion=2000, seed=3)
    judge(installation, told["everybody"])
    print(f"{time.monotonic() - began:.0f} s in all, {told['megabytes']} MB at most")  # noqa: T201
    assert told["megabytes"] < 1000  # 400 without any records; the ids are 20

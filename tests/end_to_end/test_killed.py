"""A run that is killed outright, and the one after it: no duplicates, nothing lost."""

import signal
import time

import pytest

from tests.end_to_end.conftest import Installation

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]
COUNT = 450


def _people(installation: Installation) -> set[str]:
    """Contacts in HubSpot, all on the inclusion list; their e-mails."""
    ids: list[str] = []
    emails = [f"person{number}@example.com" for number in range(COUNT)]
    for start in range(0, COUNT, 100):
        some = emails[start : start + 100]
        inputs = [{"properties": {"email": one, "lastname": one.split("@")[0]}} for one in some]
        answer = installation.outside.hubspot(
            "POST", "/crm/v3/objects/contacts/batch/create", {"inputs": inputs}
        )
        ids += [item["id"] for item in answer["results"]]
    installation.sandbox.call(
        "PUT", "/_sandbox/lists/Salesforce%20inclusion%20list/members", {"add": ids}
    )
    return set(emails)


@pytest.mark.parametrize("do", ["delay:30", "drop_after"])
def test_killed_in_the_middle_of_a_load_nothing_is_doubled_or_lost(
    installation: Installation, do: str
) -> None:
    emails = _people(installation)
    # The second collection of creates hangs, or is written and its answer lost for good.
    installation.sandbox.faults(
        {
            "system": "salesforce",
            "method": "PATCH",
            "path": ".*/composite/sobjects/Contact/.*",
            "skip": 1,
            "times": 20,
            "do": do,
        }
    )
    process = installation.command("run", "--object-type", "contacts")
    _wait_for_writes(installation, 2)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    installation.sandbox.call("DELETE", "/_sandbox/faults")
    before = len(installation.outside.query("SELECT Id FROM Contact"))
    assert before in (200, 400)
    told = installation.sync(object_types=["contacts"])
    assert told["state"] == "done"
    found = [row["Email"] for row in installation.outside.query("SELECT Email FROM Contact")]
    assert len(found) == COUNT
    assert set(found) == emails
    assert len(installation.links("contacts")) == COUNT


def _wait_for_writes(installation: Installation, count: int) -> None:
    for _ in range(600):
        endpoints = installation.sandbox.calls()["salesforce"]["by_endpoint"]
        made = sum(calls for name, calls in endpoints.items() if name.startswith("PATCH"))
        if made >= count:
            return
        time.sleep(0.1)
    pytest.fail("the load never came to its second collection")

"""The pages of kept plans."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from include.crmsync.model.kept_plan import Applied, KeptPlan
from include.crmsync.model.plan import Action, Change, Held, Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.pipeline.plan_report import files
from sync_status.app import HERE
from tests.plugins.pages import HOSTILE, NOW, Visit

ID = "0123456789abcdef"


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    found = Visit.over(tmp_path)
    found.triggers = frozenset({"crm_sync"})
    return found


def update(id_: str, after: str | None = "Chief") -> Action:
    change = Change("title", "Boss", after, "changed in HubSpot")
    return Action(
        f"a{id_}", Verb.UPDATE, System.SALESFORCE, "contacts", "Contact", id_, "101", (change,)
    )


def keep(visit: Visit, actions: Sequence[Action], **changes: object) -> None:
    held = Held(System.HUBSPOT, "contacts", "102", "has_email", "email", None, "It has no e-mail.")
    told: dict[str, object] = {
        "id": ID,
        "sync_run": "manual__1",
        "made_at": NOW - timedelta(minutes=3),
        "plan": Plan("contacts", tuple(actions)),
        "held": (held,),
        "counts": {},
        "forecast": {System.SALESFORCE: 2},
        "changes": 0,
        "origins": {},
        "fields": {},
        "mapping": "",
    }
    kept = KeptPlan(**(told | changes))  # type: ignore[arg-type]
    visit.desk.plans.save(kept, files(kept))


def test_no_plan_says_how_one_is_made(visit: Visit) -> None:
    assert "a dry run makes one" in visit.client.get("/plans").text


def test_a_plan_before_and_after_and_why(visit: Visit) -> None:
    keep(visit, [update("003A"), update("003B", None)])
    assert "2 update in Salesforce" in visit.client.get("/plans").text
    page = visit.client.get(f"/plans/{ID}").text
    assert '<td class="value">Boss</td><td class="value">Chief</td>' in page
    assert '<td class="value">Boss</td><td class="value">blank</td>' in page
    assert "It has no e-mail." in page
    assert "Approve and apply" in page
    assert f'data-conf="{{&#34;apply_plan&#34;: &#34;{ID}&#34;}}"' in page


def test_hostile_values_are_text(visit: Visit) -> None:
    keep(visit, [update(HOSTILE, HOSTILE)], doubts=HOSTILE)
    page = visit.client.get(f"/plans/{ID}").text
    assert HOSTILE not in page
    assert "<script>alert" not in page
    assert "Stopped by the guard" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"made_at": NOW - timedelta(days=9)}, "too old to be applied"),
        ({"plan": Plan("contacts")}, "It writes nothing."),
    ],
)
def test_what_cannot_be_applied_has_no_button(
    visit: Visit, changes: dict[str, object], said: str
) -> None:
    keep(visit, [update("003A")], **changes)
    page = visit.client.get(f"/plans/{ID}").text
    assert said in page
    assert "Approve and apply" not in page


def test_an_applied_plan_says_what_came_of_it(visit: Visit) -> None:
    keep(visit, [update("003A"), update("003B")])
    left = {"a003B": "somebody changed the record in the meantime"}
    visit.desk.plans.settle(ID, Applied("manual__2", NOW, {"applied": 1, "superseded": 1}, left))
    page = visit.client.get(f"/plans/{ID}").text
    assert "1 superseded" in page
    assert "somebody changed the record in the meantime" in page
    assert "Approve and apply" not in page


def test_who_may_not_apply_sees_a_dead_button(visit: Visit) -> None:
    visit.triggers = frozenset()
    keep(visit, [update("003A")])
    assert "disabled" in visit.client.get(f"/plans/{ID}").text


def test_a_long_plan_is_paged(visit: Visit) -> None:
    keep(visit, [update(f"003-{at:03}") for at in range(230)])
    address, seen = f"/plans/{ID}", 0
    while address:
        page = visit.client.get(address).text
        seen += page.count("update Contact in Salesforce")
        more = page.split('rel="next" href="')[1:]
        address = more[0].split('"')[0] if more else ""
    assert seen == 230


def test_the_files_of_a_plan(visit: Visit) -> None:
    keep(visit, [update("003A", "=1+1")])
    answer = visit.client.get(f"/plans/{ID}/changes.csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert "'=1+1" in answer.text
    assert visit.client.get(f"/plans/{ID}/plan.json").json()["plan"] == ID


@pytest.mark.parametrize(
    "path",
    ["/plans/none", f"/plans/{ID}", f"/plans/{ID}/kept.json", "/plans/..%2f..%2fx/plan.json"],
)
def test_what_is_not_kept_is_not_found(visit: Visit, path: str) -> None:
    assert visit.client.get(path).status_code == 404


def test_the_scripts_are_there_and_hold_no_page(visit: Visit) -> None:
    for name in ("status.css", "status.js", "trigger.js"):
        answer = visit.client.get(f"/static/{name}")
        assert answer.text == (HERE / "static" / name).read_text("utf-8")
        assert "max-age" in answer.headers["cache-control"]

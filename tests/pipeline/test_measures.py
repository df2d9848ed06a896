"""Every number that is sent is written about, and drawn; and lineage follows the sync rules."""

import json
import re

import pytest

from include.crmsync.errors import GuardTripped
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.drift import Audit
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts
from include.crmsync.pipeline import audit, measures
from include.crmsync.pipeline.lineage import Dataset, flows
from include.crmsync.pipeline.measures import Kind, Measure
from tests.builders import field, mapping
from tests.conftest import ROOT
from tests.pipeline.test_stories import ADA
from tests.pipeline.two_crms import TwoCrms

DOCUMENT = (ROOT / "docs" / "metrics.md").read_text("utf-8")
LISTED = set(re.findall(r"^\| `(crmsync\.[\w.]+)` \|", DOCUMENT, flags=re.MULTILINE))
ACCOUNTS = {System.HUBSPOT: "1", System.SALESFORCE: "00D"}


def pattern(name: str) -> re.Pattern[str]:
    words = {"TYPE": r"(companies|contacts|deals)", "SYSTEM": r"(hubspot|salesforce)"}
    words |= {"STEP": r"[a-z]+", "CLASS": r"[A-Z]\w+"}
    return re.compile(r"\.".join(words.get(part, part) for part in name.split(".")))


def of_latest(crms: TwoCrms, object_type: str = "contacts") -> dict[str, float]:
    shop = crms.workshop()
    try:
        [run] = [
            one for one in shop.journal.run(f"run-{crms.runs}") if one.object_type == object_type
        ]
        return {one.name: one.value for one in measures.of_run(run, shop)}
    finally:
        shop.close()


def test_a_run_is_told_in_counts_and_how_things_stand(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    crms.hubspot_contact(listed=False, email="grace@example.com", lastname="Hopper")
    crms.sync()
    crms.clock.advance(580)
    told = of_latest(crms)
    about = "crmsync.contacts"
    assert told[f"{about}.hubspot.extracted"] == 2
    assert told[f"{about}.hubspot.created"] == 1
    assert told[f"{about}.hubspot.held_now"] == 1
    assert told[f"{about}.salesforce.held_now"] == 0
    assert told[f"{about}.links_now"] == 1
    assert told[f"{about}.hubspot.lag_seconds"] == 590
    assert f"{about}.hubspot.updated" not in told


def test_every_number_is_listed_and_every_listed_one_can_be_sent(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    crms.sync()
    shop = crms.workshop()
    audit.run("contacts", "audit", workshop=shop)
    [run] = [one for one in shop.journal.run("run-1") if one.object_type == "contacts"]
    full = Counts.read({**dict.fromkeys(Counts.__slots__, 1), "warned": {"city_is_known": 1}})
    counts = dict.fromkeys(System, full)
    object.__setattr__(run, "counts", counts)
    sent = [*measures.of_run(run, shop), *measures.of_audit(shop.audits.audit("audit")[0], shop)]
    sent += measures.of_step("plan", "deals", 1.0, GuardTripped.__name__)
    shop.close()
    unlisted = [
        one.name for one in sent if not any(pattern(name).fullmatch(one.name) for name in LISTED)
    ]
    assert unlisted == []
    unsent = [name for name in LISTED if not any(pattern(name).fullmatch(one.name) for one in sent)]
    assert unsent == []


def test_a_run_that_is_not_over_is_not_told(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    crms.sync(dry_run=True)
    assert of_latest(crms) == {}


def test_a_step_that_failed_is_told_with_the_class_of_its_error() -> None:
    told = measures.of_step("load", "deals", 2.5, "Unavailable")
    assert told == [
        Measure(Kind.SECONDS, "crmsync.deals.load.duration", 2.5),
        Measure(Kind.COUNT, "crmsync.deals.load.failed.Unavailable", 1),
    ]


def test_the_dashboard_draws_only_what_there_is() -> None:
    board = json.loads((ROOT / "docs" / "dashboards" / "crmsync.json").read_text("utf-8"))
    drawn = set(re.findall(r"crmsync_(\w+)", json.dumps(board)))
    known = {name.rsplit(".", 1)[1] for name in LISTED if ".STEP." not in name}
    known |= {f"audit_{name}" for name in ("compared", "equal", "drifted")}
    assert drawn - known == {"step_duration", "step_failed"}
    assert known - drawn - {"compared", "drifted"} == set()


@pytest.mark.parametrize("rule", list(field("x").rule.__class__))
def test_a_field_is_made_of_another_where_its_rule_may_write_it(rule: object) -> None:
    one = mapping(field("phone", rule=rule))
    found = {flow.output: flow for flow in flows(one, ACCOUNTS)}
    for system, name in ((System.HUBSPOT, "contacts"), (System.SALESFORCE, "Contact")):
        output = found[Dataset(f"{system}://{ACCOUNTS[system]}", name)]
        assert ("phone" in output.fields) is one["phone"].rule.writes_to(system)


def test_a_contact_is_made_of_contacts_and_leads_and_each_of_the_contact() -> None:
    [contacts, *salesforce] = flows(load_all()["contacts"], ACCOUNTS)
    assert [one.name for one in contacts.inputs] == ["Contact", "Lead"]
    assert {flow.output.name for flow in salesforce} == {"Contact", "Lead"}
    assert all([one.name for one in flow.inputs] == ["contacts"] for flow in salesforce)


def test_an_audit_tells_what_has_drifted(crms: TwoCrms) -> None:
    shop = crms.workshop()
    begun = shop.audits.begin(Audit("audit", "contacts", crms.clock(), compared=3, equal=2))
    told = {one.name: one.value for one in measures.of_audit(begun, shop)}
    shop.close()
    assert told["crmsync.contacts.audit.compared"] == 3
    assert told["crmsync.contacts.audit.drifted"] == 0

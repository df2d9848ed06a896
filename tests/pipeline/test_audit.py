"""The drift audit over two CRMs in memory: what counts as drift, what does not, what mends it."""

from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.errors import Unauthorized
from include.crmsync.model.drift import Cause
from include.crmsync.model.record import System
from include.crmsync.pipeline import audit
from include.crmsync.pipeline.audit_report import drifted, report
from tests.pipeline.test_stories import ADA
from tests.pipeline.two_crms import LIST, TwoCrms
from tests.pipeline.written_suites import add, expectation


def audited(crms: TwoCrms, object_type: str = "contacts", *, mend: bool = False) -> dict[str, int]:
    """One audit, and what it came to without the calls."""
    crms.runs += 1
    shop = crms.workshop()
    try:
        told = audit.run(object_type, f"audit-{crms.runs}", mend=mend, workshop=shop)
        return {name: count for name, count in told.items() if "calls" not in name}
    finally:
        shop.close()


def unseen(crms: TwoCrms, system: System, record_id: str, **raw: Any) -> None:
    """An edit that no stamp tells."""
    record = crms.crm(system).records[record_id]
    crms.crm(system).records[record_id] = replace(record, raw={**record.raw, **raw})


@pytest.fixture
def pair(crms: TwoCrms) -> tuple[str, str]:
    """A contact, synced until nothing is left to hear of."""
    hubspot_id = crms.hubspot_contact(**ADA, jobtitle="Analyst", hubspot_owner_id="51")
    for _ in range(2):
        crms.clock.advance(3600)
        crms.sync()
    return hubspot_id, crms.links()[hubspot_id]


@pytest.mark.usefixtures("pair")
def test_after_a_sync_everything_is_alike(crms: TwoCrms) -> None:
    assert audited(crms) == {"compared": 1, "equal": 1, "mended": 0}


@pytest.mark.parametrize("system", System)
def test_an_edit_that_no_stamp_tells_is_drift_and_is_mended_by_the_ordinary_plan(
    crms: TwoCrms, pair: tuple[str, str], system: System
) -> None:
    ids = dict(zip(System, pair, strict=True))
    unseen(crms, system, ids[system], **{crm_field(system): "Countess"})
    crms.sync()
    assert audited(crms) == {"compared": 1, "equal": 0, "mended": 0, "drift": 1}
    crms.sync()
    assert audited(crms, mend=True)["mended"] == 1
    crms.sync()
    other = crms.crm(system.other).records[ids[system.other]]
    assert other.raw[crm_field(system.other)] == "Countess"
    assert audited(crms) == {"compared": 1, "equal": 1, "mended": 0}
    crms.sync()
    assert crms.sync()["state"] == "nothing_to_do"


def crm_field(system: System) -> str:
    return "jobtitle" if system is System.HUBSPOT else "Title"


def test_a_change_that_is_older_than_what_runs_read_was_missed_and_is_drift(
    crms: TwoCrms, pair: tuple[str, str]
) -> None:
    crms.salesforce.edit(pair[1], Title="Countess")
    record = crms.salesforce.records.pop(pair[1])
    crms.clock.advance(7200)
    crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.sync()
    crms.salesforce.records[pair[1]] = record
    crms.sync()
    assert audited(crms)["drift"] == 1


def test_an_edit_that_the_next_run_reads_is_no_drift(crms: TwoCrms, pair: tuple[str, str]) -> None:
    crms.salesforce.edit(pair[1], Title="Countess")
    assert audited(crms, mend=True) == {"compared": 1, "equal": 0, "mended": 0, "unread": 1}


def test_what_an_audit_finds_twice_is_mended_once(crms: TwoCrms, pair: tuple[str, str]) -> None:
    unseen(crms, System.SALESFORCE, pair[1], Title="Countess")
    audited(crms, mend=True)
    assert audited(crms, mend=True) == {"compared": 1, "equal": 0, "mended": 0, "waiting": 1}


def test_a_contact_off_the_list_is_paused(crms: TwoCrms, pair: tuple[str, str]) -> None:
    crms.hubspot.lists[LIST].clear()
    unseen(crms, System.SALESFORCE, pair[1], Title="Countess")
    assert audited(crms, mend=True) == {"compared": 1, "equal": 0, "mended": 0, "paused": 1}


def test_a_field_that_is_held_explains_itself_and_no_other(
    crms: TwoCrms, pair: tuple[str, str]
) -> None:
    crms.hubspot.edit(pair[0], jobtitle="A" * 300)
    crms.sync()
    assert crms.held() == {pair[0]: {"fits_length"}}
    crms.clock.advance(3600)
    crms.sync()
    unseen(crms, System.SALESFORCE, pair[1], Phone="+44 20 7946 0999")
    told = audited(crms)
    assert told == {"compared": 1, "equal": 0, "mended": 0, "held": 1, "drift": 1}


def test_a_criterion_that_holds_its_field_alone_explains_no_other(
    crms: TwoCrms, pair: tuple[str, str]
) -> None:
    capitals = expectation(
        "values_to_match_regex",
        "title_is_calm",
        "title",
        regex="^[^!]*$",
        meta={"effect": "hold_field"},
    )
    add(crms, "contacts.to_salesforce", capitals)
    crms.hubspot.edit(pair[0], jobtitle="Countess!")
    crms.sync()
    assert crms.held() == {pair[0]: {"title_is_calm"}}
    crms.clock.advance(3600)
    crms.sync()
    unseen(crms, System.SALESFORCE, pair[1], Phone="+44 20 7946 0999")
    assert audited(crms) == {"compared": 1, "equal": 0, "mended": 0, "held": 1, "drift": 1}


def test_a_held_record_explains_all_of_its_fields(crms: TwoCrms, pair: tuple[str, str]) -> None:
    crms.hubspot.edit(pair[0], jobtitle="Countess")
    crms.salesforce.fail_next("FIELD_CUSTOM_VALIDATION_EXCEPTION", record=pair[1])
    crms.sync()
    assert crms.held() == {pair[0]: {"accepted_by_salesforce"}}
    crms.clock.advance(3600)
    crms.sync()
    assert audited(crms)["held"] == 1


def test_what_the_far_system_stores_otherwise_is_no_drift(
    crms: TwoCrms, pair: tuple[str, str]
) -> None:
    crms.hubspot.edit(pair[0], jobtitle="countess")
    plain: Any = crms.salesforce._write_one

    def cut(mapping: Any, write: Any) -> Any:
        return plain(mapping, replace(write, values={**write.values, "Title": "count"}))

    crms.salesforce._write_one = cut  # type: ignore[method-assign]
    crms.sync()
    del crms.salesforce._write_one
    told = audited(crms)
    assert told["equal"] == 0
    assert "drift" not in told


def test_an_owner_nobody_knows_over_there_is_no_drift(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA, hubspot_owner_id="99")
    for _ in range(2):
        crms.clock.advance(3600)
        crms.sync()
    assert "drift" not in audited(crms)


def test_a_record_that_is_only_hidden_stays_absent_and_nothing_is_done_about_it(
    crms: TwoCrms, pair: tuple[str, str]
) -> None:
    record = crms.salesforce.records.pop(pair[1])
    assert audited(crms, mend=True) == {"compared": 1, "equal": 0, "mended": 1, "absent": 1}
    crms.sync()
    assert pair[0] in crms.hubspot.records
    assert crms.records(System.SALESFORCE, "Contact") == []
    assert audited(crms) == {"compared": 1, "equal": 0, "mended": 0, "absent": 1}
    crms.salesforce.records[pair[1]] = record
    assert audited(crms)["equal"] == 1


def test_a_deletion_that_no_run_has_seen_becomes_a_tombstone_and_is_compared_no_more(
    crms: TwoCrms, pair: tuple[str, str]
) -> None:
    crms.hubspot.remove(pair[0])
    assert audited(crms, mend=True)["absent"] == 1
    crms.sync()
    assert audited(crms) == {"compared": 0, "equal": 0, "mended": 0}


def test_a_child_moved_to_another_company_is_found_though_hubspot_stamps_nothing(
    crms: TwoCrms, pair: tuple[str, str]
) -> None:
    first, second = (
        crms.put(System.SALESFORCE, "Account", Name=name) for name in ("Engines", "Looms")
    )
    crms.sync()
    companies = {there: here for here, there in crms.links("companies").items()}
    record = crms.hubspot.records[pair[0]]
    crms.hubspot.records[pair[0]] = replace(record, parents={"companies": companies[second]})
    assert first != second
    assert audited(crms, mend=True)["unfilled"] == 1
    crms.sync()
    assert crms.salesforce.records[pair[1]].parents["companies"] == second
    assert audited(crms) == {"compared": 1, "equal": 1, "mended": 0}


def test_most_records_unreadable_is_a_lost_permission_and_no_drift(crms: TwoCrms) -> None:
    for number in range(40):
        crms.hubspot_contact(email=f"p{number}@example.com", lastname="P")
    crms.sync()
    crms.salesforce.hidden |= set(crms.links().values())
    with pytest.raises(Unauthorized, match="0 of 40"):
        audited(crms, mend=True)


def test_a_killed_audit_goes_on_where_it_was(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        crms.hubspot_contact(email=f"p{number}@example.com", lastname="P", jobtitle="Buyer")
    for _ in range(2):
        crms.clock.advance(3600)
        crms.sync()
    for id_ in crms.links().values():
        unseen(crms, System.SALESFORCE, id_, Title="Countess")
    monkeypatch.setattr(audit, "PORTION", 4)
    plain: Any = crms.salesforce.read
    asked: list[int] = []

    def read(mapping: Any, ids: Any) -> Any:
        asked.append(len(ids))
        if len(asked) == 2:
            raise KeyboardInterrupt
        return plain(mapping, ids)

    crms.salesforce.read = read  # type: ignore[method-assign]
    shop = crms.workshop()
    with pytest.raises(KeyboardInterrupt):
        audit.run("contacts", "audit", workshop=shop)
    told = audit.run("contacts", "audit", workshop=shop)
    assert (told["compared"], told["drift"]) == (9, 9)
    assert asked == [4, 4, 4, 1]
    assert audit.run("contacts", "audit", workshop=shop)["compared"] == 9
    shop.close()


def test_the_report_names_pairs_and_who_moved_and_holds_no_value(
    crms: TwoCrms, pair: tuple[str, str]
) -> None:
    unseen(crms, System.SALESFORCE, pair[1], Title="Countess")
    audited(crms)
    shop = crms.workshop()
    told = report(shop.audits.latest() or "", shop)
    [sample] = shop.audits.samples(told["audit"], "contacts")
    shop.close()
    assert drifted(told) == 1
    [row] = told["object_types"][0]["differing"]
    wanted = {"hubspot": pair[0], "salesforce": pair[1], "moved": "salesforce"}
    assert row == {"field": "title", "cause": "drift", "pairs": 1, "examples": [wanted]}
    assert "Countess" not in str(told)
    assert (sample.base, sample.hubspot, sample.salesforce) == ("Analyst", "Analyst", "Countess")
    assert sample.cause is Cause.DRIFT

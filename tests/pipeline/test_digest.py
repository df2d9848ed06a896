"""The digest over two CRMs in memory: what it counts, when it is sent, and what it leaves out."""

import pytest

from include.crmsync.errors import GuardTripped
from include.crmsync.model.record import System
from include.crmsync.pipeline import digest
from include.crmsync.pipeline.alerts import Alert
from tests.pipeline.test_stories import ADA
from tests.pipeline.two_crms import TwoCrms


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Alert]:
    """What was sent; every digest arrives by mail."""
    kept: list[Alert] = []

    def send(alert: Alert) -> list[str]:
        kept.append(alert)
        return ["email"]

    monkeypatch.setattr(digest, "send", send)
    return kept


def told(crms: TwoCrms) -> dict[str, int]:
    shop = crms.workshop()
    try:
        return digest.run(shop)
    finally:
        shop.close()
        crms.clock.advance(60)


def test_what_is_held_and_refused_is_counted_and_news_is_told_once(
    crms: TwoCrms, sent: list[Alert]
) -> None:
    off_list = crms.hubspot_contact(listed=False, **ADA)
    bad = crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.salesforce.fail_next("FIELD_CUSTOM_VALIDATION_EXCEPTION", record=bad)
    crms.sync()
    assert told(crms) == {"held": 2, "new": 2, "refused": 1, "failed": 0}
    [alert] = sent
    assert alert.subject == "[crmsync] digest: 2 newly held, 0 failed runs"
    assert "The first digest." in alert.text
    wanted = f"1 held in HubSpot: on_inclusion_list, 1 of them new (e.g. {off_list})"
    assert wanted in alert.text
    assert "1 refused by Salesforce: FIELD_CUSTOM_VALIDATION_EXCEPTION, custom_code:" in alert.text
    assert told(crms) == {"held": 2, "new": 0, "refused": 0, "failed": 0}
    assert len(sent) == 1


def test_a_record_that_landed_but_for_a_field_is_counted_too(
    crms: TwoCrms, sent: list[Alert]
) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    told(crms)
    crms.clock.advance(3600)
    crms.hubspot.edit(ada, jobtitle="Countess", city="London")
    crms.salesforce.fail_next("FIELD_CUSTOM_VALIDATION_EXCEPTION", fields=("Title",))
    crms.sync()
    assert told(crms) == {"held": 1, "new": 1, "refused": 1, "failed": 0}
    wanted = "1 written but for a field that Salesforce refused: FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert f"  {wanted}" in sent[-1].text
    assert "Countess" not in sent[-1].text
    assert told(crms)["refused"] == 0


def test_only_what_came_since_the_last_one_is_new(crms: TwoCrms, sent: list[Alert]) -> None:
    crms.hubspot_contact(listed=False, **ADA)
    crms.sync()
    told(crms)
    crms.hubspot_contact(listed=False, email="grace@example.com", lastname="Hopper")
    crms.sync()
    assert told(crms) == {"held": 2, "new": 1, "refused": 0, "failed": 0}
    assert "2 held in HubSpot: on_inclusion_list, 1 of them new" in sent[-1].text


def test_failed_runs_and_drift_are_told(crms: TwoCrms, sent: list[Alert]) -> None:
    ids = [
        crms.hubspot_contact(email=f"p{number}@example.com", lastname="P", jobtitle="Buyer")
        for number in range(60)
    ]
    crms.sync()
    told(crms)
    for id_ in ids:
        crms.hubspot.edit(id_, jobtitle=None)
    with pytest.raises(GuardTripped):
        crms.sync()
    assert told(crms)["failed"] == 1
    assert "1 runs failed" in sent[-1].text


def test_no_value_and_no_name_is_in_a_digest(crms: TwoCrms, sent: list[Alert]) -> None:
    crms.hubspot_contact(listed=False, **ADA)
    crms.put(System.SALESFORCE, "Lead", Email="no address", LastName="Lovelace")
    crms.sync()
    told(crms)
    text = f"{sent[0].subject}{sent[0].text}{sent[0].key}"
    assert [one for one in ("ada@", "Lovelace", "7946", "no address") if one in text] == []


def test_a_digest_that_reached_nobody_is_news_again(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "send", lambda _: [])
    crms.hubspot_contact(listed=False, **ADA)
    crms.sync()
    assert told(crms)["new"] == 1
    assert told(crms)["new"] == 1


def test_with_nothing_to_tell_nothing_is_sent(crms: TwoCrms, sent: list[Alert]) -> None:
    assert told(crms) == {"held": 0, "new": 0, "refused": 0, "failed": 0}
    assert sent == []

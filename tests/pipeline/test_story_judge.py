"""The stories' judge can be caught: what it says otherwise than the real one is told."""

import pytest

from tests.pipeline import story_judge
from tests.pipeline.two_crms import TwoCrms


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other stories asked stays for the end."""
    monkeypatch.setattr(story_judge, "ASKED", {})


def a_story(crms: TwoCrms) -> None:
    crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    crms.hubspot_contact(email="mary@example.com")
    crms.sync()
    assert sum("has_last_name" in held for held in crms.held().values()) == 1


def test_what_a_story_was_told_is_confirmed(crms: TwoCrms) -> None:
    a_story(crms)
    [asked] = [one for one in story_judge.ASKED.values() if len(one.said) > 1]
    assert asked.suite.name == "contacts.to_salesforce"
    assert story_judge.doubts() == []
    assert not story_judge.ASKED


def test_a_record_that_was_let_pass_is_doubted(crms: TwoCrms) -> None:
    a_story(crms)
    for asked in story_judge.ASKED.values():
        asked.said.update({row: [] for row in asked.said})
    [doubt] = story_judge.doubts()
    assert doubt.startswith("contacts.to_salesforce")
    assert "has_last_name" in doubt


def test_a_record_that_was_held_for_nothing_is_doubted(crms: TwoCrms) -> None:
    a_story(crms)
    for asked in story_judge.ASKED.values():
        failed = next((some for some in asked.said.values() if some), [])
        asked.said.update(dict.fromkeys(asked.said, failed))
    assert len(story_judge.doubts()) == 1

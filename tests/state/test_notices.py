"""What people were told: on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from include.crmsync.state.notices import Notices
from tests.builders import MORNING

HOUR = timedelta(hours=1)


@pytest.fixture
def notices(engine: Engine) -> Notices:
    return Notices(engine)


def test_of_two_failures_at_the_same_moment_one_is_told(notices: Notices) -> None:
    assert notices.claim("guard", MORNING, HOUR)
    assert not notices.claim("guard", MORNING, HOUR)
    assert notices.claim("another", MORNING, HOUR)


def test_after_the_pause_it_is_told_again(notices: Notices) -> None:
    assert notices.claim("guard", MORNING, HOUR)
    assert not notices.claim("guard", MORNING + HOUR / 2, HOUR)
    assert notices.claim("guard", MORNING + HOUR, HOUR)
    assert notices.told_at("guard") == MORNING + HOUR


def test_what_reached_nobody_is_told_by_whoever_comes_next(notices: Notices) -> None:
    assert notices.claim("guard", MORNING, HOUR)
    notices.release("guard")
    assert notices.told_at("guard") is None
    assert notices.claim("guard", MORNING, HOUR)


def test_what_was_told_long_ago_is_forgotten(notices: Notices) -> None:
    notices.told("digest", MORNING)
    notices.told("digest", MORNING + HOUR)
    notices.forget_before(MORNING + HOUR)
    assert notices.told_at("digest") == MORNING + HOUR
    notices.forget_before(MORNING + 2 * HOUR)
    assert notices.told_at("digest") is None

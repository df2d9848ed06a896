"""One pair of CRMs in memory per test."""

from pathlib import Path

import pytest

from include.crmsync.pipeline.alerts import Alert
from tests.pipeline.story_judge import story_judge
from tests.pipeline.two_crms import TwoCrms


@pytest.fixture
def crms(tmp_path: Path) -> TwoCrms:
    return TwoCrms(tmp_path, judge=story_judge)


@pytest.fixture
def alerts(monkeypatch: pytest.MonkeyPatch) -> list[Alert]:
    """What would have been sent, as if the steps were at work in Airflow's tasks."""
    told: list[Alert] = []

    def send(alert: Alert) -> list[str]:
        told.append(alert)
        return ["email"]

    monkeypatch.setattr("include.crmsync.pipeline.notify.send", send)
    monkeypatch.setattr("include.crmsync.pipeline.notify.in_a_task", lambda: True)
    return told

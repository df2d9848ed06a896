"""The status page in a real browser, inside a running Airflow, after a run on the demo data."""

import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scripts.airflow_api import AirflowApi
from tests.end_to_end.outside import Outside
from tests.end_to_end.running import ONLOOKER, Running

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.xdist_group("airflow")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent / "browser" / "node_modules" / "axe-core" / "axe.min.js"
ADA, ADAS_EMAIL, NEW_TITLE = "101", "ada.lovelace@analytical-engines.example.com", "Synced now"
PAGES = ("", "find", "errors", "plans", "conflicts", "runs", "mapping", "mapping/deals")
FLAWS = """async () => (await axe.run()).violations.map(
    (one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`)"""
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Browser:
    """A browser, and what its console said."""

    chromium: Any
    url: str
    said: list[str] = field(default_factory=list)

    def page(self, *, width: int = 1280, dark: bool = False) -> Any:
        """A page of a window of its own."""
        scheme: Any = "dark" if dark else "light"
        context = self.chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=False
        )
        page = context.new_page()
        page.on("console", lambda one: self._hear(one.type, one.text))
        page.on("pageerror", lambda one: self.said.append(str(one)))
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.said.append(text)

    def sign_in(self, page: Any, password: str, user: str = "admin") -> None:
        page.goto(self.url, wait_until="networkidle")
        page.get_by_label("Username").fill(user)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        page.wait_for_load_state("networkidle")
        self.said.clear()


@pytest.fixture(scope="module")
def browser(running: Running) -> Iterator[Browser]:
    missing = "Chromium" if CHROMIUM is None else "" if AXE.is_file() else "axe-core"
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing} is not installed: the status page was not looked at")
    if missing:
        pytest.skip(
            f"{missing} is not installed, so NOBODY LOOKED AT THE STATUS PAGE: install chromium,"
            " and run `npm ci` in tests/end_to_end/browser"
        )
    from playwright.sync_api import sync_playwright

    flags = ["--disable-gpu", "--no-first-run", "--disable-background-networking"]
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield Browser(chromium, running.local.airflow_url)
        chromium.close()


def test_from_airflows_navigation_to_a_run_and_back_out_of_the_frame(
    running: Running, browser: Browser
) -> None:
    page = browser.page()
    browser.sign_in(page, running.local.password())
    page.get_by_role("link", name="CRM sync").click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="CRM sync").wait_for()
    assert "Records written" in frame.locator("main").inner_text()
    frame.get_by_role("link", name="Runs", exact=True).click()
    frame.locator("table .id").last.click()
    frame.get_by_role("link", name="The run in Airflow").click()
    page.wait_for_url("**/dags/crm_sync/runs/**")
    page.context.close()


@pytest.mark.parametrize(
    ("width", "dark"),
    [
        pytest.param(1280, False, id="wide and light"),
        pytest.param(390, True, id="narrow and dark"),
        # Width and colours have nothing to do with each other: both are tried above.
        pytest.param(1280, True, id="wide and dark", marks=pytest.mark.long),
        pytest.param(390, False, id="narrow and light", marks=pytest.mark.long),
    ],
)
def test_every_page_is_whole_quiet_and_accessible(
    running: Running, browser: Browser, width: int, *, dark: bool
) -> None:
    page = browser.page(width=width, dark=dark)
    browser.sign_in(page, running.local.password())
    axe = AXE.read_text("utf-8")
    for path in PAGES:
        answer = page.goto(f"{browser.url}/crm-sync/{path}", wait_until="networkidle")
        assert (path, answer.status) == (path, 200)
        assert page.evaluate(WIDE) == 0, f"{path} is wider than {width}"
        page.evaluate(axe)
        assert (path, page.evaluate(FLAWS)) == (path, [])
    assert browser.said == []
    page.context.close()


def test_sync_now_and_what_became_of_it(running: Running, browser: Browser) -> None:
    outside = Outside(running.local.sandbox_url)
    running.away_from_the_schedule()
    change = {"properties": {"jobtitle": NEW_TITLE}}
    outside.hubspot("PATCH", f"/crm/v3/objects/contacts/{ADA}", change)
    page = browser.page()
    browser.sign_in(page, running.local.password())
    page.goto(f"{browser.url}/crm-sync/find", wait_until="networkidle")
    page.get_by_role("searchbox").or_(page.get_by_role("textbox")).first.fill(ADAS_EMAIL)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ada Lovelace").first.click()
    title = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="title")).first
    assert NEW_TITLE in title.inner_text()
    assert "@" not in page.url
    page.get_by_role("button", name="Sync now").click()
    page.get_by_text("Done:").wait_for(timeout=240_000)
    [contact] = outside.query(f"SELECT Title FROM Contact WHERE Email = '{ADAS_EMAIL}'")
    assert contact["Title"] == NEW_TITLE
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(2000)
    assert title.inner_text().count(NEW_TITLE) >= 3
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(FLAWS) == []
    assert browser.said == []
    page.context.close()


def test_nobody_sees_a_page_without_signing_in(running: Running) -> None:
    for path in PAGES:
        assert _status(f"{running.local.airflow_url}/crm-sync/{path}", "") == 401


def test_an_onlooker_sees_everything_and_starts_nothing(running: Running) -> None:
    token = AirflowApi.sign_in(running.local, ONLOOKER).token
    for path in PAGES:
        assert _status(f"{running.local.airflow_url}/crm-sync/{path}", token) == 200
    request = urllib.request.Request(  # noqa: S310
        f"{running.local.airflow_url}/crm-sync/errors", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        text = answer.read().decode()
    assert "You may not trigger crm_retry in Airflow" in text


def _status(url: str, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code

"""Pictures of Airflow's UI for the documents: `make screenshots`, after `make demo`.

Needs Chromium on the machine (Debian: `apt-get install chromium`); Playwright only drives it.
"""

import os
import shutil
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from scripts.airflow_api import AirflowApi
from scripts.processes import NotStarted
from scripts.stage import Stage
from scripts.surroundings import ROOT, Local, local_installation

IMAGES = ROOT / "docs" / "images"
STATUS_PAGES = {"status-overview": "Overview", "status-errors": "Errors"}
"""Pictures of the status page, and the entry of its navigation that leads to each."""
SETTLING = 2500
"""Milliseconds until the page has drawn what it was asked for."""
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def main() -> int:
    """Start what was left by the demo, and photograph it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("no chromium on this machine: apt-get install chromium", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    local = local_installation(fixed_ports=False)
    try:
        with Stage(local, print, sandbox_only=True) as stage:
            stage.start_sandbox()
            stage.settle_airflow()
            stage.start_airflow(triggerer=True)
            _photograph(local, chromium, IMAGES)
    except NotStarted as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    return 0


def _photograph(local: Local, chromium: str, folder: Path) -> None:
    run = AirflowApi.sign_in(local).runs("crm_sync")[-1]
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        _sign_in(page, local)
        page.goto(f"{local.airflow_url}/dags/crm_sync/runs/{quote(run)}", wait_until="networkidle")
        page.get_by_role("button", name="Expand all task groups").click()
        page.wait_for_timeout(SETTLING)
        page.screenshot(path=folder / "crm-sync-grid.png")
        for name, path in STATUS_PAGES.items():
            page.goto(f"{local.airflow_url}/plugin/crm-sync", wait_until="networkidle")
            frame = page.frame_locator("iframe")
            frame.get_by_role("link", name=path, exact=True).click()
            page.wait_for_timeout(SETTLING)
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


def _sign_in(page: Page, local: Local) -> None:
    page.goto(local.airflow_url, wait_until="networkidle")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(local.password())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    sys.exit(main())

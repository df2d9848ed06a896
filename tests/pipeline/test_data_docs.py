"""Data Docs of whole runs: made where something was judged, kept for some runs, without values."""

import subprocess
import sys
from pathlib import Path

import pytest

from include.crmsync.model.record import System
from tests.conftest import ROOT
from tests.pipeline.live_schemas import describe
from tests.pipeline.two_crms import TwoCrms
from tests.pipeline.written_suites import alter

CANARY = "canary-7f3a"


@pytest.fixture
def docs(crms: TwoCrms) -> Path:
    """The folder that a run leaves its pages in."""
    describe(crms)
    crms.judge = None  # the pages say what Great Expectations counted
    crms.settings["data_docs"] = crms.folder / "docs"
    return crms.folder / "docs"


def pages(docs: Path) -> list[str]:
    return sorted(str(path.relative_to(docs)) for path in docs.rglob("*.html"))


def test_a_page_for_each_object_type_that_had_something_to_judge(crms: TwoCrms, docs: Path) -> None:
    crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    crms.sync()
    assert pages(docs) == ["run-1/contacts.html"]
    crms.sync()
    assert pages(docs) == ["run-1/contacts.html"]


def test_no_value_of_any_record_is_in_any_of_them(crms: TwoCrms, docs: Path) -> None:
    from include.crmsync.mappings.loader import load_all

    for name, mapping in load_all().items():
        texts = [one for one in mapping.fields if one.type.value not in ("owner", "parent")]
        ours = {one.hubspot: CANARY for one in texts if one.hubspot}
        id_ = crms.hubspot.put(mapping.hubspot, ours)
        crms.hubspot.lists["Salesforce inclusion list"].add(id_)
        for kind in mapping.salesforce:
            theirs = {one.salesforce[kind]: CANARY for one in texts if kind in one.salesforce}
            crms.salesforce.put(kind, theirs)
        crms.sync(name, dry_run=True)
    assert len(pages(docs)) == 3
    for page in pages(docs):
        text = (docs / page).read_text("utf-8")
        assert CANARY not in text
        assert id_ or text


def test_what_only_warns_is_counted_and_shown(crms: TwoCrms, docs: Path) -> None:
    alter(crms, "contacts.to_salesforce", "phone_has_seven_digits", effect="warn")
    ada = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace", phone="123")
    crms.sync()
    assert crms.held() == {}
    text = (docs / "run-1" / "contacts.html").read_text("utf-8")
    assert '<tr class="warns">' in text
    assert ada in text


def test_pages_are_kept_for_some_runs(crms: TwoCrms, docs: Path) -> None:
    crms.settings["keep_data_docs"] = 2
    ada = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    for city in ("London", "Oxford", "Paris"):
        crms.hubspot.edit(ada, city=city)
        crms.sync("contacts")
    assert len(pages(docs)) == 2


def test_whoever_is_forgotten_is_named_by_no_page(crms: TwoCrms, docs: Path) -> None:
    from include.crmsync.pipeline.forget import Person, forget

    ada = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace", phone="123")
    crms.put(System.SALESFORCE, "Contact", Email="ada@example.com", LastName="Lovelace")
    crms.sync()
    assert ada in (docs / "run-1" / "contacts.html").read_text("utf-8")
    shop = crms.workshop()
    try:
        assert forget(shop, Person(hubspot_id=ada))
    finally:
        shop.close()
    assert pages(docs) == []


def test_nobody_has_to_have_them(crms: TwoCrms) -> None:
    crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    crms.sync()
    assert list(crms.folder.rglob("*.html")) == []


IDLE = """
import pathlib, sys
from tests.pipeline.live_schemas import describe
from tests.pipeline.two_crms import TwoCrms
crms = TwoCrms(pathlib.Path(sys.argv[1]))
describe(crms)
for _ in range(2):
    assert crms.sync()["state"] == "nothing_to_do"
print(*sys.modules)
"""


def test_a_run_with_nothing_to_judge_loads_no_great_expectations(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IDLE, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "include.crmsync.criteria.judge" in loaded
    assert "great_expectations" not in loaded

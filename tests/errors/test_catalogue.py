"""The catalogue of refusals: whole, honest about what it does not know, and as its page says."""

import pytest
import yaml

from include.crmsync.adapters.failures import RETRYABLE_CODES
from include.crmsync.errors import ConfigError
from include.crmsync.errors.catalogue import (
    FILE,
    Category,
    RetryPolicy,
    Who,
    advice,
    catalogue,
    read_catalogue,
)
from include.crmsync.model.record import System
from include.crmsync.pipeline.schemas import DRIFT
from tests.conftest import ROOT

ENTRY = {
    "codes": ["A"],
    "category": "limits",
    "title": "t",
    "cause": "c",
    "remedy": "r",
    "who": "sync",
    "retry": "now",
}


MEANINGS = """
    salesforce FIELD_CUSTOM_VALIDATION_EXCEPTION custom_code data_owner nightly
    salesforce DUPLICATES_DETECTED duplicates salesforce_admin nightly
    salesforce STRING_TOO_LONG property_values data_owner when_changed
    salesforce UNABLE_TO_LOCK_ROW limits sync next_run
    salesforce CANNOT_UPDATE_CONVERTED_LEAD deleted_or_converted sync next_run
    salesforce INSUFFICIENT_ACCESS_OR_READONLY permissions salesforce_admin nightly
    salesforce INVALID_CROSS_REFERENCE_KEY associations data_owner nightly
    salesforce APEX_ERROR custom_code salesforce_admin nightly
    salesforce OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION permissions data_owner nightly
    salesforce invalid_grant permissions salesforce_admin never
    hubspot INVALID_OPTION property_values data_owner when_changed
    hubspot CONFLICT duplicates data_owner nightly
    hubspot REQUIRED_PROPERTY property_values data_owner nightly
    hubspot MISSING_SCOPES permissions hubspot_admin never
    hubspot RATE_LIMITS limits sync now
    hubspot crm.associations.ASSOCIATION_LIMIT_EXCEEDED associations hubspot_admin nightly
    hubspot NOT_ANSWERED other sync next_run
"""


@pytest.mark.parametrize("meaning", MEANINGS.strip().splitlines(), ids=lambda line: line.split()[1])
def test_a_code_has_its_category_its_remedy_and_whoever_acts(meaning: str) -> None:
    system, code, *told = meaning.split()
    found = advice(System(system), code)
    assert [found.category, found.who, found.retry] == told
    assert found.known
    assert all((found.title, found.cause, found.remedy))


def test_a_code_nobody_wrote_down_is_other_and_says_so() -> None:
    found = advice(System.SALESFORCE, "BRAND_NEW_CODE")
    assert found.category is Category.OTHER
    assert not found.known
    assert "BRAND_NEW_CODE" in found.title
    assert found.retry is RetryPolicy.NIGHTLY


def test_a_refusal_without_any_code_is_other_too() -> None:
    assert advice(System.HUBSPOT, None).category is Category.OTHER


def test_a_code_means_what_it_means_in_its_own_system() -> None:
    assert advice(System.SALESFORCE, "LIMIT_EXCEEDED").who is Who.SALESFORCE_ADMIN
    assert advice(System.HUBSPOT, "LIMIT_EXCEEDED").who is Who.HUBSPOT_ADMIN
    assert not advice(System.HUBSPOT, "DUPLICATES_DETECTED").known


def test_every_refusal_that_the_sync_itself_knows_by_name_is_in_it() -> None:
    everywhere = {code for known in catalogue().values() for code in known}
    assert everywhere >= RETRYABLE_CODES | DRIFT
    for code in RETRYABLE_CODES:
        assert advice(System.SALESFORCE, code).passes, code


def test_every_category_is_used_and_every_policy() -> None:
    told = [one for known in catalogue().values() for one in known.values()]
    assert {one.category for one in told} == set(Category)
    assert {one.who for one in told} == set(Who)
    assert {one.retry for one in told} == set(RetryPolicy)


def test_every_problem_of_the_file_is_reported_at_once() -> None:
    told = {
        "salesforce": [ENTRY, ENTRY, ENTRY | {"codes": ["B"], "who": "nobody"}, {"title": "x"}],
        "hubspot": [ENTRY | {"remedy": " "}, {"codes": ["C"]}],
        "pipedrive": [],
    }
    with pytest.raises(ConfigError) as caught:
        read_catalogue(told)
    assert len(caught.value.problems) == 6


def test_the_file_is_what_is_served() -> None:
    told = yaml.safe_load(FILE.read_text("utf-8"))
    counted = {name: sum(len(one["codes"]) for one in some) for name, some in told.items()}
    assert counted == {name: len(known) for name, known in catalogue().items()}
    assert counted["salesforce"] > 150
    assert counted["hubspot"] > 50


def test_every_code_is_on_the_page() -> None:
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    for known in catalogue().values():
        assert [code for code in known if f"`{code}`" not in page] == []

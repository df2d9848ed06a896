"""Files become mappings, or one error that says everything."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.crmsync.errors import ConfigError
from include.crmsync.mappings.loader import HERE, load, load_all
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from tests.mappings.files import COMPANIES, CONTACTS, write

BOTH = ("Contact", "Lead")


def test_a_file_says_what_the_mapping_is(tmp_path: Path) -> None:
    path = write(tmp_path, contacts=CONTACTS) / "contacts.yaml"
    two_way = SyncRule.TWO_WAY
    assert load(path) == ObjectMapping(
        object_type="contacts",
        hubspot="contacts",
        hubspot_key="salesforce_id",
        salesforce=BOTH,
        salesforce_key="HubSpot_Id__c",
        match_on="email",
        fields=(
            FieldMapping(
                "email", "email", dict.fromkeys(BOTH, "Email"), FieldType.EMAIL, two_way, length=80
            ),
            FieldMapping("phone", "phone", dict.fromkeys(BOTH, "Phone"), FieldType.PHONE, two_way),
            FieldMapping(
                "stage",
                "stage",
                dict.fromkeys(BOTH, "Stage__c"),
                FieldType.PICKLIST,
                two_way,
                values={"a": "A", "b": "B"},
            ),
            FieldMapping(
                "city",
                "city",
                {"Contact": "MailingCity", "Lead": "City"},
                FieldType.STRING,
                SyncRule.DONT_SYNC,
            ),
            FieldMapping(
                "account",
                "companies",
                {"Contact": "AccountId"},
                FieldType.PARENT,
                two_way,
                parent="companies",
            ),
        ),
        creates_in=frozenset(System),
    )


def test_a_mapping_may_create_in_one_system_only(tmp_path: Path) -> None:
    path = write(tmp_path, companies=COMPANIES) / "companies.yaml"
    assert load(path).creates_in == {System.HUBSPOT}
    assert load(path).match_on is None


def test_twenty_mistakes_in_twenty_files_are_told_at_once(tmp_path: Path) -> None:
    broken = {
        f"type{at:02}": COMPANIES.replace("companies", f"type{at:02}")
        .replace("Account", f"Object{at}")
        .replace("rule: two_way", f"rule: {at}_way")
        for at in range(20)
    }
    with pytest.raises(ConfigError) as refused:
        load_all(write(tmp_path, **broken))
    assert len(refused.value.problems) == 20
    for at, problem in enumerate(refused.value.problems):
        assert problem.startswith(f'type{at:02}.yaml:7: field name: rule "{at}_way" is none of')
    assert "20 problems to mend" in str(refused.value)


def test_a_file_beyond_reading_does_not_hide_the_others_problems(tmp_path: Path) -> None:
    write(tmp_path, companies=COMPANIES.replace("two_way", "x"), contacts="a: [")
    with pytest.raises(ConfigError) as refused:
        load_all(tmp_path)
    files = [one.split(":")[0] for one in refused.value.problems]
    assert files == ["companies.yaml", "contacts.yaml"]


WORDS = re.findall(r"[\w.]+|[^\w\s]", CONTACTS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_words_changed_about_are_a_mapping_or_problems_with_lines(
    data: st.DataObject, tmp_path: Path
) -> None:
    text = CONTACTS
    for _ in range(data.draw(st.integers(1, 4))):
        spot = data.draw(st.sampled_from(list(re.finditer(r"[\w.]+|[^\w\s]", text))))
        text = text[: spot.start()] + data.draw(st.sampled_from(WORDS)) + text[spot.end() :]
    path = write(tmp_path, contacts=text) / "contacts.yaml"
    for problem in problems_of(path):
        found = re.match(r"contacts\.yaml:(\d+): \S", problem)
        assert found is not None
        assert 1 <= int(found[1]) <= len(text.splitlines()) + 1


def problems_of(path: Path) -> tuple[str, ...]:
    """What is wrong with a file, nothing if it loads; any other error is a failure."""
    try:
        load(path)
    except ConfigError as error:
        return error.problems
    return ()


def test_the_same_folder_is_read_once() -> None:
    assert load_all(HERE) is load_all(HERE)

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.engine.canonical import Unreadable, canonical, is_known, wire
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System, Value
from tests.builders import field

STAGES = {"new": "Prospecting", "won": "Closed Won"}
FIELDS = {type_: field("x", type=type_) for type_ in FieldType}
system = st.sampled_from(System)
text = st.text().map(lambda one: one.replace("\r", "").strip()).filter(bool)
CANONICAL: dict[FieldType, st.SearchStrategy[str]] = {
    FieldType.STRING: text,
    FieldType.TEXT: text,
    FieldType.PHONE: text,
    FieldType.EMAIL: st.emails().map(str.lower),
    FieldType.NUMBER: st.integers(-(10**12), 10**12).map(
        lambda cents: (
            f"{cents // 100}.{cents % 100:02d}".rstrip("0").rstrip(".")
            if cents >= 0
            else str(cents)
        )
    ),
    FieldType.BOOLEAN: st.sampled_from(["true", "false"]),
    FieldType.DATE: st.dates().map(lambda day: day.isoformat()),
    FieldType.DATETIME: st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001  timezones makes it aware
        timezones=st.just(UTC),
    ).map(lambda at: at.replace(microsecond=0, tzinfo=None).isoformat() + "Z"),
}


@pytest.mark.parametrize(
    ("type_", "system", "raw", "expected"),
    [
        (FieldType.STRING, System.HUBSPOT, "  Ada\r\nKing ", "Ada\nKing"),
        (FieldType.STRING, System.HUBSPOT, "", None),
        (FieldType.STRING, System.SALESFORCE, "   ", None),
        (FieldType.EMAIL, System.SALESFORCE, "Ada@Example.COM", "ada@example.com"),
        (FieldType.NUMBER, System.SALESFORCE, 1200.0, "1200"),
        (FieldType.NUMBER, System.HUBSPOT, "1200.50", "1200.5"),
        (FieldType.NUMBER, System.HUBSPOT, "1e3", "1000"),
        (FieldType.NUMBER, System.HUBSPOT, "-0.0", "0"),
        (FieldType.BOOLEAN, System.SALESFORCE, True, "true"),
        (FieldType.BOOLEAN, System.HUBSPOT, None, "false"),
        (FieldType.DATE, System.HUBSPOT, "2026-01-31T00:00:00Z", "2026-01-31"),
        (FieldType.DATE, System.HUBSPOT, "1769817600000", "2026-01-31"),
        (FieldType.DATE, System.SALESFORCE, "2026-01-31", "2026-01-31"),
        (
            FieldType.DATETIME,
            System.SALESFORCE,
            "2026-01-31T10:30:00.000+0100",
            "2026-01-31T09:30:00Z",
        ),
        (FieldType.DATETIME, System.HUBSPOT, "2026-01-31T09:30:00.123Z", "2026-01-31T09:30:00Z"),
        (FieldType.MULTIPICKLIST, System.HUBSPOT, "b; a;b", "a;b"),
    ],
)
def test_one_spelling(type_: FieldType, system: System, raw: Any, expected: Value) -> None:
    assert canonical(raw, FIELDS[type_], system) == expected


@pytest.mark.parametrize(
    ("type_", "raw"),
    [
        (FieldType.NUMBER, "twelve"),
        (FieldType.NUMBER, "NaN"),
        (FieldType.NUMBER, "1_000"),
        (FieldType.BOOLEAN, "perhaps"),
        (FieldType.DATE, "31.01.2026"),
        (FieldType.DATETIME, "soon"),
    ],
)
def test_what_is_not_of_the_type_is_refused_without_naming_it(type_: FieldType, raw: str) -> None:
    with pytest.raises(Unreadable) as refused:
        canonical(raw, FIELDS[type_], System.HUBSPOT)
    assert raw not in str(refused.value)


@pytest.mark.parametrize("type_", list(CANONICAL))
@given(data=st.data(), system=system)
def test_to_the_wire_and_back_is_the_same_value(
    type_: FieldType, data: st.DataObject, system: System
) -> None:
    value = data.draw(CANONICAL[type_])
    assert canonical(wire(value, FIELDS[type_], system), FIELDS[type_], system) == value


@given(stage=st.sampled_from(list(STAGES)), system=system)
def test_a_mapped_picklist_says_the_same_in_both_systems(stage: str, system: System) -> None:
    one = field("stage", type=FieldType.PICKLIST, values=STAGES)
    value = canonical(stage, one, System.HUBSPOT)
    assert value == STAGES[stage]
    assert wire(value, one, system) == (stage if system is System.HUBSPOT else STAGES[stage])


def test_a_value_outside_the_picklist_is_known_to_be_unknown() -> None:
    one: FieldMapping = field("stage", type=FieldType.PICKLIST, values=STAGES)
    assert not is_known(canonical("haggling", one, System.HUBSPOT), one)
    assert is_known("Closed Won", one)
    assert is_known(None, one)


def test_blank_clears_a_checkbox_in_salesforce_as_unticked() -> None:
    assert wire(None, FIELDS[FieldType.BOOLEAN], System.SALESFORCE) is False

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from include.crmsync.engine.merge import Versions, settle
from include.crmsync.engine.merge_frames import settle_column
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule

value = st.none() | st.sampled_from(["Ada", "ada", "Grace"])
versions = st.builds(Versions, base=value, hubspot=value, salesforce=value)
rule = st.sampled_from([one for one in SyncRule if one is not SyncRule.DONT_SYNC])
system = st.sampled_from(System)


@pytest.mark.parametrize(
    ("base", "hubspot", "salesforce", "expected"),
    [
        pytest.param("Ada", "Ada", "Ada", "Ada", id="nobody moved"),
        pytest.param("Ada", "Grace", "Ada", "Grace", id="hubspot moved"),
        pytest.param("Ada", "Ada", "Grace", "Grace", id="salesforce moved"),
        pytest.param("Ada", "Grace", "Grace", "Grace", id="both moved alike"),
        pytest.param("Ada", None, "Ada", None, id="hubspot cleared it"),
        pytest.param(None, "Ada", None, "Ada", id="hubspot filled a blank"),
        pytest.param("Ada", "ada", "Grace", "Grace", id="moved apart, salesforce newest"),
    ],
)
def test_two_way(base: Value, hubspot: Value, salesforce: Value, expected: Value) -> None:
    field = Versions(base, hubspot, salesforce)
    assert settle(field, SyncRule.TWO_WAY, newest=System.SALESFORCE) == expected


@pytest.mark.parametrize(
    ("base", "hubspot", "salesforce", "expected"),
    [
        pytest.param(None, "Ada", None, "Ada", id="hubspot fills salesforce's blank"),
        pytest.param("Ada", "Grace", "Ada", "Ada", id="hubspot's edit is put back"),
        pytest.param("Ada", "Ada", None, None, id="salesforce's clearing travels"),
        pytest.param("Ada", None, "Ada", "Ada", id="hubspot's clearing is put back"),
    ],
)
def test_prefer_salesforce(base: Value, hubspot: Value, salesforce: Value, expected: Value) -> None:
    field = Versions(base, hubspot, salesforce)
    assert settle(field, SyncRule.PREFER_SALESFORCE, newest=System.HUBSPOT) == expected


@given(hubspot=value, salesforce=value, base=value, newest=system)
def test_always_salesforce_takes_it_blank_or_not(
    base: Value, hubspot: Value, salesforce: Value, newest: System
) -> None:
    field = Versions(base, hubspot, salesforce)
    assert settle(field, SyncRule.ALWAYS_SALESFORCE, newest) == salesforce


@given(field=versions, rule=rule, newest=system)
def test_settling_twice_changes_nothing(field: Versions, rule: SyncRule, newest: System) -> None:
    once = settle(field, rule, newest)
    assert settle(Versions(once, once, once), rule, newest.other) == once


@given(field=versions, rule=rule, newest=system)
def test_no_value_is_invented(field: Versions, rule: SyncRule, newest: System) -> None:
    assert settle(field, rule, newest) in (field.hubspot, field.salesforce)


@given(field=versions, rule=rule, newest=system)
def test_the_systems_are_treated_alike(field: Versions, rule: SyncRule, newest: System) -> None:
    mirror = Versions(field.base, hubspot=field.salesforce, salesforce=field.hubspot)
    assert settle(mirror, rule.mirrored, newest.other) == settle(field, rule, newest)


@given(field=versions, rule=rule, newest=system)
def test_a_rule_never_writes_where_it_may_not(
    field: Versions, rule: SyncRule, newest: System
) -> None:
    settled = settle(field, rule, newest)
    for target in System:
        if settled != field.held_by(target):
            assert rule.writes_to(target)


@given(rows=st.lists(st.tuples(versions, system), max_size=30), rule=rule)
def test_whole_columns_settle_as_the_reference_does(
    rows: list[tuple[Versions, System]], rule: SyncRule
) -> None:
    def column(values: list[Value]) -> NDArray[np.object_]:
        cells = np.empty(len(values), dtype=object)
        cells[:] = values
        return cells

    settled = settle_column(
        column([one.base for one, _ in rows]),
        column([one.hubspot for one, _ in rows]),
        column([one.salesforce for one, _ in rows]),
        rule,
        np.array([newest is System.SALESFORCE for _, newest in rows], dtype=bool),
    )
    expected = [settle(one, rule, newest) for one, newest in rows]
    assert list(settled.values) == expected
    assert list(settled.conflict) == [one.moved_apart for one, _ in rows]
    for target in System:
        differs = [one.held_by(target) != now for (one, _), now in zip(rows, expected, strict=True)]
        assert list(settled.differs[target]) == differs

"""Faults: which call is struck, how often, and what is no fault at all."""

from typing import Any

import pytest

from include.sandbox.faults import BadFault, Faults, Kind, read_faults

CALL = ("hubspot", "POST", "/crm/v3/objects/contacts/batch/update")


def waiting(**fault: Any) -> Faults:
    faults = Faults()
    faults.add(read_faults([{"do": "status:503", **fault}]))
    return faults


@pytest.mark.parametrize(
    ("fault", "strikes"),
    [
        ({}, True),
        ({"system": "hubspot", "method": "post", "path": "/batch/"}, True),
        ({"system": "salesforce"}, False),
        ({"method": "GET"}, False),
        ({"path": "^/batch"}, False),
        ({"times": 0}, False),
    ],
)
def test_a_fault_strikes_the_calls_it_waits_for(fault: dict[str, Any], strikes: bool) -> None:
    assert (waiting(**fault).strike(*CALL) is not None) is strikes


def test_a_fault_skips_some_and_then_strikes_so_many_times() -> None:
    faults = waiting(skip=2, times=1)
    struck = [faults.strike(*CALL) is not None for _ in range(5)]
    assert struck == [False, False, True, False, False]


def test_calls_that_do_not_fit_are_not_skipped() -> None:
    faults = waiting(skip=1, method="POST")
    faults.strike("hubspot", "GET", "/")
    assert faults.strike(*CALL) is None
    assert faults.strike(*CALL) is not None


def test_the_first_that_is_ready_strikes_and_the_next_one_waits() -> None:
    faults = Faults()
    faults.add(read_faults([{"do": "drop_before", "times": 1}, {"do": "delay:0.5"}]))
    struck = [fault.kind for _ in range(2) if (fault := faults.strike(*CALL))]
    assert struck == [Kind.DROP_BEFORE, Kind.DELAY]


def test_what_is_left_of_a_fault_is_shown() -> None:
    faults = waiting(system="hubspot", times=2)
    faults.strike(*CALL)
    assert faults.shown() == [
        {
            "system": "hubspot",
            "method": None,
            "path": "",
            "skip": 0,
            "times": 1,
            "do": "status:503",
        }
    ]


@pytest.mark.parametrize(
    "told",
    [
        "drop",
        ["drop_before"],
        [{}],
        [{"do": "explode"}],
        [{"do": "status"}],
        [{"do": "status:200"}],
        [{"do": "delay:-1"}],
        [{"do": "delay:nan"}],
        [{"do": "drop_before", "system": "hubspoot"}],
        [{"do": "drop_before", "path": "("}],
        [{"do": "drop_before", "path": 1}],
        [{"do": "drop_before", "times": -1}],
        [{"do": "drop_before", "times": True}],
        [{"do": "drop_before", "method": 1}],
        [{"do": "drop_before", "count": 1}],
    ],
)
def test_what_makes_no_sense_is_no_fault(told: Any) -> None:
    with pytest.raises(BadFault):
        read_faults(told)

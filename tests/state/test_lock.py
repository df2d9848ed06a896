"""One run at a time writes an object type, and a dead one holds nothing."""

import signal
from contextlib import ExitStack

import pytest

from include.crmsync.errors import Busy
from include.crmsync.state.store import Store
from tests.state.processes import process, said, tell


def test_a_second_run_is_told_that_the_first_is_writing(url: str, store: Store) -> None:
    with process("hold", url) as holder:
        with pytest.raises(Busy, match="writing contacts") as caught, store.exclusive("contacts"):
            pass
        assert caught.value.retry
        tell(holder)
        assert said(holder) == "released"
        with store.exclusive("contacts"):
            pass


def test_other_object_types_are_not_locked(url: str, store: Store) -> None:
    with process("hold", url), store.exclusive("companies"):
        pass


def test_the_lock_of_a_killed_run_is_free(url: str, store: Store) -> None:
    with process("hold", url) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert said(holder) == ""
    hold_at_last(store)


def hold_at_last(store: Store) -> None:
    """A server takes a moment to notice a lost session; it must notice in the end."""
    for _ in range(2000):
        try:
            with store.exclusive("contacts"):
                return
        except Busy:
            continue
    pytest.fail("the lock of a killed run was never released")


def test_of_many_that_try_at_once_one_has_it(url: str) -> None:
    with ExitStack() as stack:
        rivals = [stack.enter_context(process("compete", url)) for _ in range(4)]
        for rival in rivals:
            tell(rival)
        assert sorted(said(rival) for rival in rivals) == ["busy", "busy", "busy", "mine"]


def test_a_failing_run_gives_the_lock_back(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.exclusive("contacts"):
        raise ZeroDivisionError
    hold_at_last(store)


def test_the_store_can_be_read_and_written_under_the_lock(store: Store) -> None:
    with store.exclusive("contacts"):
        assert store.watermarks("contacts") == {}


def test_two_stores_of_one_process_exclude_each_other(store: Store) -> None:
    with store.exclusive("contacts"), pytest.raises(Busy), store.exclusive("contacts"):
        pass

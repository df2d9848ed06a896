"""The reference gateway keeps the contract, as either system."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from include.crmsync.adapters.gateway import Owner, Write
from include.crmsync.adapters.memory import Memory
from include.crmsync.model.record import System
from tests.adapters.contract import GatewayContract
from tests.adapters.crm import NEW_PHONE, PHONE, Crm
from tests.adapters.mappings import CONTACTS


class Clock:
    """Time that moves only when told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 31, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


PEOPLE = [
    Owner("1", "ada@crm.example.com", "Ada", active=True),
    Owner("2", "bob@crm.example.com", "Bob", active=False),
]


class TestMemory(GatewayContract):
    """Both systems, on dicts."""

    @pytest.fixture(params=System)
    def memory(self, request: pytest.FixtureRequest) -> Memory:
        return Memory(request.param, Clock(), people=PEOPLE)

    @pytest.fixture
    def crm(self, memory: Memory) -> Crm:
        def lose(when: Literal["before", "after"]) -> None:
            memory.fail_next(lost=when)

        def refuse(write: Write) -> None:
            memory.fail_next("INVALID_EMAIL", record=write.external_key)

        clock = memory.clock
        assert isinstance(clock, Clock)
        return Crm(memory, clock.advance, lose, lambda: None, refuse, memory.batch_size)

    def test_an_edit_slips_in_just_before_a_write(self, crm: Crm, memory: Memory) -> None:
        id_ = crm.contact(phone=PHONE)
        field = str(CONTACTS.wire_name("phone", memory.system, crm.kind(CONTACTS)))
        memory.before_next_write(lambda: memory.edit(id_, **{field: NEW_PHONE}))
        crm.write(CONTACTS, crm.change(CONTACTS, id_, last_name="New"))
        assert crm.held(CONTACTS, id_, "phone") == NEW_PHONE

    def test_a_removed_record_is_gone_from_its_lists(self, crm: Crm, memory: Memory) -> None:
        id_ = crm.contact()
        memory.lists["list"] = {id_}
        memory.remove(id_)
        assert memory.lists == {"list": set()}
        assert list(memory.read(CONTACTS, [id_])) == []
        memory.restore(id_)
        assert [one.id for one in memory.read(CONTACTS, [id_])] == [id_]

    def test_a_refusal_by_request_may_be_one_that_passes(self, crm: Crm, memory: Memory) -> None:
        memory.fail_next("LOCKED", retryable=True)
        [answer] = crm.write(CONTACTS, crm.new(CONTACTS, "K1", last_name="x"))
        assert (answer.code, answer.retryable) == ("LOCKED", True)

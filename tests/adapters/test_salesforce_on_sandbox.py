"""The Salesforce gateway keeps the contract, over real HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from include.crmsync.adapters.gateway import Write
from include.crmsync.adapters.salesforce_write import COLLECTION
from include.crmsync.errors import LimitReached, Unauthorized, Unavailable
from include.crmsync.model.departure import How, Tombstone
from tests.adapters.contract import GatewayContract
from tests.adapters.crm import CANARY, PHONE, Crm, given, ids
from tests.adapters.mappings import COMPANIES, CONTACTS, WITH_ROLES
from tests.adapters.sandboxed import IN_DOUBT, losing, restoring, salesforce
from tests.conftest import Sandbox


@pytest.mark.sandbox
class TestSalesforce(GatewayContract):
    """Salesforce, and what only Salesforce does."""

    @pytest.fixture
    def crm(self, sandbox: Sandbox) -> Crm:
        return Crm(
            gateway=salesforce(sandbox),
            advance=sandbox.advance,
            lose=losing(sandbox),
            restore=restoring(sandbox),
            refuse=lambda _: None,
            batch=COLLECTION,
        )

    def lead(self, crm: Crm, key: str, **values: Any) -> str:
        fields = {"LastName": key, "Company": "x", **values}
        [answer] = crm.write(CONTACTS, Write(key, "Lead", None, fields, external_key=key))
        assert answer.code is None, answer
        return str(answer.record_id)

    def test_contacts_and_leads_come_merged_the_oldest_first(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        made = []
        for number in range(3):
            made += [crm.contact(f"K{number}"), self.lead(crm, f"L{number}")]
            sandbox.advance(2)
        found = list(crm.gateway.changed_since(CONTACTS, None))
        assert sorted(ids(found)) == sorted(made)
        moments = [record.modified_at for record in found]
        assert moments == sorted(moments)
        assert {record.kind for record in found} == {"Contact", "Lead"}
        assert {*ids(crm.gateway.read(CONTACTS, made))} == {*made}

    def test_a_conversion_names_its_contact_and_its_account(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        lead = self.lead(crm, "L1", Email="l1@x.example.com")
        [record] = crm.gateway.read(CONTACTS, [lead])
        made = sandbox.call("POST", "/_sandbox/salesforce/convert-lead", {"lead_id": lead})
        told: list[Tombstone] = []
        changed = ids(crm.gateway.changed_since(CONTACTS, record.modified_at, told))
        assert changed == [made["contact_id"]]
        [tombstone] = told
        assert (tombstone.how, tombstone.into) == (How.CONVERTED, made["contact_id"])
        assert crm.gateway.fates(CONTACTS, [lead]) == {lead: tombstone}
        asked = [made["account_id"], "001000000000001AAA"]
        people = frozenset({lead, made["contact_id"]})
        assert crm.gateway.conversions(COMPANIES, asked) == {made["account_id"]: people}

    def test_the_assignment_rule_chooses_the_owner_of_a_new_lead_without_one(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        first, second = [one.id for one in crm.gateway.owners() if one.active and one.email][:2]
        sandbox.settings(salesforce={"lead_assignment_owner": second})
        ruled, given = self.lead(crm, "L1"), self.lead(crm, "L2", OwnerId=first)
        crm.write(CONTACTS, Write("edit", "Lead", given, {"Phone": PHONE}))
        owners = crm.gateway._api.query("SELECT Id, OwnerId FROM Lead")  # type: ignore[attr-defined]
        assert {one["Id"]: one["OwnerId"] for one in owners} == {ruled: second, given: first}

    def test_a_merge_names_its_master(self, crm: Crm, sandbox: Sandbox) -> None:
        master, loser = crm.company("C1"), crm.company("C2")
        told = {"sobject": "Account", "master_id": master, "merged_ids": [loser]}
        sandbox.call("POST", "/_sandbox/salesforce/merge", told)
        assert crm.gateway.fates(COMPANIES, [master, loser]).keys() == {loser}
        assert crm.gateway.fates(COMPANIES, [loser])[loser].into == master

    def test_reading_tombstones_costs_no_call_more(self, crm: Crm) -> None:
        id_ = crm.contact()
        [record] = crm.gateway.read(CONTACTS, [id_])
        list(crm.gateway.delete(CONTACTS, [crm.change(CONTACTS, id_)]))
        spent = crm.gateway.calls
        list(crm.gateway.changed_since(CONTACTS, record.modified_at, []))
        assert crm.gateway.calls - spent == 1

    def test_a_converted_lead_is_gone(self, crm: Crm, sandbox: Sandbox) -> None:
        id_ = self.lead(crm, "L1", Email="l1@x.example.com")
        sandbox.call("POST", "/_sandbox/salesforce/convert-lead", {"lead_id": id_})
        assert id_ not in ids(crm.gateway.changed_since(CONTACTS, None))
        assert list(crm.gateway.read(CONTACTS, [id_])) == []
        assert id_ not in ids(crm.gateway.find(CONTACTS, ["l1@x.example.com"]))
        change = Write("c", "Lead", id_, {"Phone": PHONE})
        [answer] = crm.write(CONTACTS, change)
        assert answer.code == "CANNOT_UPDATE_CONVERTED_LEAD"

    def test_small_pages_lose_nothing(self, crm: Crm, sandbox: Sandbox) -> None:
        crm.write(CONTACTS, *(self._numbered(crm, number) for number in range(23)))
        sandbox.settings(salesforce={"page_size": 5})
        spent = crm.gateway.calls
        found = ids(crm.gateway.changed_since(CONTACTS, None))
        assert len({*found}) == len(found) == 23
        assert crm.gateway.calls - spent == 5

    def test_an_ended_session_is_renewed_once(self, crm: Crm, sandbox: Sandbox) -> None:
        id_ = crm.contact()
        sandbox.settings(salesforce={"expire_sessions": True})
        spent = crm.gateway.calls
        assert ids(crm.gateway.read(CONTACTS, [id_])) == [id_]
        assert crm.gateway.calls - spent == 3

    def test_a_spent_allocation_is_not_asked_again(self, crm: Crm, sandbox: Sandbox) -> None:
        crm.contact()
        sandbox.settings(salesforce={"daily_api_limit": 1})
        spent = crm.gateway.calls
        with pytest.raises(LimitReached):
            list(crm.gateway.changed_since(CONTACTS, None))
        assert crm.gateway.calls - spent == 1

    def test_a_wrong_secret_is_a_persons_to_mend(self, sandbox: Sandbox) -> None:
        sandbox.settings(salesforce={"client_secret": "another"})
        with pytest.raises(Unauthorized) as caught:
            salesforce(sandbox)
        assert "sandbox-client-secret" not in str(caught.value)

    def test_more_values_than_an_address_holds_are_all_found(self, crm: Crm) -> None:
        made = crm.write(
            CONTACTS,
            *(
                crm.new(CONTACTS, f"K{n}", last_name="x", email=f"{n}{'x' * 50}@x.example.com")
                for n in range(300)
            ),
        )
        asked = [f"{n}{'x' * 50}@x.example.com" for n in range(300)]
        found = ids(crm.gateway.find(CONTACTS, asked))
        assert sorted(found) == sorted(str(answer.record_id) for answer in made)

    def test_idle_costs_one_call_whatever_the_kinds(self, crm: Crm, sandbox: Sandbox) -> None:
        crm.contact()
        [record] = crm.gateway.changed_since(CONTACTS, None)
        sandbox.forget_calls()
        later = record.modified_at + timedelta(hours=1)
        for mapping in (COMPANIES, CONTACTS):
            assert list(crm.gateway.changed_since(mapping, later)) == []
        assert sandbox.calls()["salesforce"]["total"] == 2

    @pytest.mark.parametrize("deed", ["drop_after", "truncate", "status:503"])
    def test_what_passes_by_itself_is_not_seen(self, crm: Crm, sandbox: Sandbox, deed: str) -> None:
        sandbox.faults({"system": "salesforce", "do": deed, "times": 2})
        id_ = crm.contact()
        sandbox.faults({"system": "salesforce", "do": deed, "times": 2})
        assert ids(crm.gateway.changed_since(CONTACTS, None)) == [id_]

    def rows(self, crm: Crm) -> list[tuple[str, str]]:
        soql = "SELECT OpportunityId, ContactId FROM OpportunityContactRole"
        found = crm.gateway._api.query(soql)  # type: ignore[attr-defined]
        return sorted((one["OpportunityId"], one["ContactId"]) for one in found)

    @pytest.mark.parametrize("deed", IN_DOUBT)
    @pytest.mark.parametrize("times", [1, 2])
    def test_a_role_whose_answer_is_lost_is_made_once(
        self, crm: Crm, sandbox: Sandbox, deed: str, times: int
    ) -> None:
        ada, mary = crm.contact("K1"), crm.contact("K2")
        here, there = crm.deal("D1"), crm.deal("D2", **{ada: None})
        path = "composite/sobjects$"
        lost = {"system": "salesforce", "method": "POST", "path": path, "times": times, "do": deed}
        sandbox.faults(lost)
        rows = [
            replace(crm.change(WITH_ROLES, deal), roles=given({mary: None}))
            for deal in (here, there)
        ]
        assert [one.code for one in crm.write(WITH_ROLES, *rows)] == [None, None]
        assert self.rows(crm) == sorted([(here, mary), (there, mary), (there, ada)])

    def test_a_refused_role_is_told_where_the_first_answer_was_lost(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        ada, mary = crm.contact("K1"), crm.contact("K2")
        here, there = crm.deal("D1"), crm.deal("D2")
        list(crm.gateway.delete(CONTACTS, [crm.change(CONTACTS, mary)]))
        lost = {"system": "salesforce", "method": "POST", "path": "composite/sobjects$", "times": 1}
        sandbox.faults({**lost, "do": "drop_after"})
        rows = [
            replace(crm.change(WITH_ROLES, deal), roles=given({who: None}))
            for deal, who in ((there, ada), (here, mary))
        ]
        landed, refused = crm.write(WITH_ROLES, *rows)
        assert (landed.code, refused.record_id) == (None, here)
        assert refused.code is not None
        assert self.rows(crm) == [(there, ada)]

    def test_roles_that_are_lost_for_long_are_found_by_the_next_attempt(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        ada, deal = crm.contact("K1"), crm.deal("D1")
        cut = {"system": "salesforce", "do": "drop_after"}
        sandbox.faults({**cut, "path": "composite/sobjects$"}, {**cut, "path": "query", "skip": 1})
        with pytest.raises(Unavailable):
            crm.cast(deal, {ada: None})
        sandbox.call("DELETE", "/_sandbox/faults")
        assert crm.cast(deal, {ada: None}).code is None
        assert self.rows(crm) == [(deal, ada)]

    def test_giving_a_role_costs_a_look_and_an_insert(self, crm: Crm) -> None:
        ada, deal = crm.contact("K1"), crm.deal("D1")
        spent = crm.gateway.calls
        crm.cast(deal, {ada: None})
        assert crm.gateway.calls - spent == 2

    def test_a_field_is_given_to_one_permission_set_though_the_answer_was_lost(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        path = "sobjects/FieldPermissions$"
        sandbox.faults({"system": "salesforce", "path": path, "times": 1, "do": "drop_after"})
        mapping = replace(CONTACTS, salesforce=("Contact",), salesforce_key="Fresh_Key__c")
        [made] = crm.gateway.make_key(mapping)
        assert made.done, made
        soql = "SELECT Id FROM FieldPermissions WHERE Field = 'Contact.Fresh_Key__c'"
        assert len([*crm.gateway._api.query(soql)]) == 1  # type: ignore[attr-defined]

    def test_a_value_nobody_may_read_is_in_no_log(
        self, crm: Crm, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(1)
        crm.write(CONTACTS, crm.new(CONTACTS, "K1", email=CANARY, last_name="canary"))
        list(crm.gateway.find(CONTACTS, ["canary@x.example.com"]))
        assert "canary" not in caplog.text
        assert "Bearer" not in caplog.text

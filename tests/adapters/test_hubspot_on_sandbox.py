"""The HubSpot gateway keeps the contract, over real HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests

from include.crmsync.adapters.gateway import Write
from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.adapters.hubspot_api import BATCH
from include.crmsync.errors import ConfigError, Unauthorized
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.record import System
from tests.adapters.contract import GatewayContract
from tests.adapters.crm import CANARY, PHONE, Crm, ids
from tests.adapters.mappings import COMPANIES, CONTACTS, DOMAINS
from tests.adapters.sandboxed import IN_DOUBT, hubspot, losing, restoring
from tests.conftest import Sandbox

LIST = "Salesforce inclusion list"


@pytest.mark.sandbox
class TestHubSpot(GatewayContract):
    """HubSpot, and what only HubSpot does."""

    @pytest.fixture(params=["v3", "2026-09"])
    def crm(self, sandbox: Sandbox, request: pytest.FixtureRequest) -> Crm:
        return Crm(
            gateway=hubspot(sandbox, version=request.param),
            advance=sandbox.advance,
            lose=losing(sandbox),
            restore=restoring(sandbox),
            refuse=lambda _: None,
            batch=BATCH,
        )

    def ask(self, sandbox: Sandbox, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": "Bearer sandbox-hubspot-token"}
        answer = requests.request(method, sandbox.url + path, json=body, headers=headers, timeout=9)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def test_a_company_is_found_by_an_additional_domain(self, crm: Crm, sandbox: Sandbox) -> None:
        own, other = crm.company("C1"), crm.company("C2")
        for id_, domains in ((own, "a.example;www.B.example"), (other, "bb.example;b.example.x")):
            body = {"properties": {"hs_additional_domains": domains}}
            self.ask(sandbox, "PATCH", f"/crm/v3/objects/companies/{id_}", body)
        crm.advance(60)
        [found] = crm.gateway.find_by_domain(DOMAINS, ["b.example", "c.example"])
        assert found.id == own
        assert found.raw["hs_additional_domains"] == "a.example;www.B.example"

    def test_a_company_is_found_by_a_web_address_however_it_was_typed(self, crm: Crm) -> None:
        mapping = replace(
            DOMAINS, match_domain={**(DOMAINS.match_domain or {}), System.HUBSPOT: "website"}
        )
        typed = ["https://www.a.example/", "http://a.example", "www.a.example", "a.example/"]
        own = []
        for number, text in enumerate(typed):
            write = Write(
                f"W{number}", "companies", None, {"name": "W", "website": text}, f"W{number}"
            )
            own += [str(one.record_id) for one in crm.write(COMPANIES, write)]
        crm.advance(60)
        assert sorted(ids(crm.gateway.find_by_domain(mapping, ["a.example"]))) == sorted(own)

    def test_a_merge_is_told_by_the_survivor_and_to_whoever_asks(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        winner, loser = crm.contact("K1"), crm.contact("K2")
        [record] = crm.gateway.read(CONTACTS, [winner])
        body = {"primaryObjectId": winner, "objectIdToMerge": loser}
        self.ask(sandbox, "POST", "/crm/v3/objects/contacts/merge", body)
        told: list[Tombstone] = []
        assert ids(crm.gateway.changed_since(CONTACTS, record.modified_at, told)) == [winner]
        assert told == [Tombstone(loser, How.MERGED, winner)]
        assert crm.gateway.fates(CONTACTS, [winner, loser]) == {loser: told[0]}
        assert crm.gateway.fates(CONTACTS, [loser]) == {loser: told[0]}

    def test_a_contact_erased_for_privacy_is_nowhere(self, crm: Crm, sandbox: Sandbox) -> None:
        id_, other = crm.contact("K1"), crm.contact("K2")
        path = "/crm/v3/objects/contacts/gdpr-delete"
        self.ask(sandbox, "POST", path, {"objectId": id_})
        assert crm.gateway.fates(CONTACTS, [id_, other]) == {id_: Tombstone(id_, How.ERASED)}
        assert crm.gateway.archive(CONTACTS, None, 10) == ([], None)

    def test_the_archive_is_read_some_pages_at_a_time(self, crm: Crm, sandbox: Sandbox) -> None:
        made = [crm.contact(f"K{number}") for number in range(5)]
        list(crm.gateway.delete(CONTACTS, [crm.change(CONTACTS, id_) for id_ in made]))
        sandbox.settings(hubspot={"page_sizes": {"objects": 2}})
        first, place = crm.gateway.archive(CONTACTS, None, 2)
        rest, end = crm.gateway.archive(CONTACTS, place, 2)
        assert [one.record_id for one in [*first, *rest]] == made
        assert (len(first), end) == (4, None)

    def test_small_pages_lose_nothing(self, crm: Crm, sandbox: Sandbox) -> None:
        company = crm.company()
        for number in range(12):
            crm.contact(f"K{number}", companies=company)
        sizes = {"objects": 5, "search": 3, "associations": 2, "memberships": 2, "lists": 1}
        sandbox.settings(hubspot={"page_sizes": sizes})
        everything = list(crm.gateway.changed_since(CONTACTS, None))
        since = min(record.modified_at for record in everything)
        changed = list(crm.gateway.changed_since(CONTACTS, since))
        assert sorted(ids(everything)) == sorted(ids(changed))
        assert len({*ids(changed)}) == len(changed) == 12
        [children] = crm.gateway.children(COMPANIES, [company], "contacts").values()
        assert children == {*ids(changed)}

    def test_more_records_of_one_stamp_than_a_page_are_all_read(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        sandbox.settings(hubspot={"page_sizes": {"search": 7}})
        writes = [self._numbered(crm, number) for number in range(100)]
        crm.write(CONTACTS, *writes)
        [first] = crm.gateway.find_by_key(CONTACTS, ["K0"]).values()
        found = ids(crm.gateway.changed_since(CONTACTS, first.modified_at - timedelta(seconds=9)))
        assert len({*found}) == len(found) == 100

    def test_two_thousand_changes_cost_about_a_call_in_two_hundred(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        for start in range(0, 2000, 500):
            crm.write(CONTACTS, *(self._numbered(crm, start + number) for number in range(500)))
        sandbox.forget_calls()
        [first] = crm.gateway.find_by_key(CONTACTS, ["K0"]).values()
        found = ids(crm.gateway.changed_since(CONTACTS, first.modified_at))
        assert len({*found}) == len(found) == 2000
        endpoints = sandbox.calls()["hubspot"]["by_endpoint"]
        searches = sum(count for name, count in endpoints.items() if "search" in name)
        assert searches <= 11

    def test_who_is_on_a_list_is_asked_of_them_or_of_the_list_as_costs_less(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        here, there = crm.contact(), crm.contact("k2")
        sandbox.call("PUT", f"/_sandbox/lists/{quote(LIST)}/members", {"add": [here]})
        sandbox.forget_calls()
        assert crm.gateway.on_list(LIST, [here, there]) == {here}
        assert crm.gateway.on_list(LIST, [there, *map(str, range(9000, 9150))]) == frozenset()
        asked = sandbox.calls()["hubspot"]["by_endpoint"]
        assert sorted(asked.values()) == [1, 1, 2]
        with pytest.raises(ConfigError, match="no contact list"):
            crm.gateway.on_list("Nobody's list", [here])

    def test_the_lists_of_one_contact_are_told_in_one_call(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        here, there = crm.contact("L1"), crm.contact("L2")
        path = f"/_sandbox/lists/{quote(LIST)}/members"
        self.ask(sandbox, "PUT", path, {"add": [here], "remove": [there]})
        listed, spent = crm.gateway.list_id(LIST), crm.gateway.calls
        assert listed in crm.gateway.lists_of(here)
        assert listed not in crm.gateway.lists_of(there)
        assert crm.gateway.calls - spent == 2

    def test_look_ups_do_not_wait_for_the_index(self, crm: Crm, sandbox: Sandbox) -> None:
        sandbox.settings(hubspot={"index_lag_seconds": 60.0})
        id_ = crm.contact("K1")
        [record] = crm.gateway.read(CONTACTS, [id_])
        assert ids(crm.gateway.find(CONTACTS, ["k1@x.example.com"])) == [id_]
        assert crm.gateway.find_by_key(CONTACTS, ["K1"])["K1"].id == id_
        assert list(crm.gateway.changed_since(CONTACTS, record.modified_at)) == []
        sandbox.advance(61)
        assert ids(crm.gateway.changed_since(CONTACTS, record.modified_at)) == [id_]

    def test_a_merged_id_is_missing_and_its_winner_is_not_told_in_its_place(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        winner, loser = crm.contact("K1"), crm.contact("K2")
        body = {"primaryObjectId": winner, "objectIdToMerge": loser}
        self.ask(sandbox, "POST", "/crm/v3/objects/contacts/merge", body)
        assert list(crm.gateway.read(CONTACTS, [loser])) == []
        assert ids(crm.gateway.read(CONTACTS, [loser, winner])) == [winner]
        assert ids(crm.gateway.find(CONTACTS, ["k2@x.example.com"])) == [winner]

    @pytest.mark.parametrize("renumbers", [False, True])
    @pytest.mark.parametrize("deed", IN_DOUBT)
    def test_a_merge_whose_answer_is_lost_is_told_as_done(
        self, crm: Crm, sandbox: Sandbox, deed: str, renumbers: bool
    ) -> None:
        sandbox.settings(hubspot={"merge_makes_a_new_record": renumbers})
        winner, loser = crm.company("C1"), crm.company("C2")
        sandbox.faults({"system": "hubspot", "path": "/merge$", "times": 1, "do": deed})
        gone = crm.change(COMPANIES, loser)
        answer = crm.gateway.merge_into(COMPANIES, gone, winner)
        assert (answer.key, answer.code) == (gone.key, None)
        told = crm.gateway.fates(COMPANIES, [winner, loser])
        assert (told[loser].how, winner in told) == (How.MERGED, renumbers)

    @pytest.mark.parametrize("renumbers", [False, True])
    def test_a_merge_that_is_asked_for_again_counts_as_done(
        self, crm: Crm, sandbox: Sandbox, renumbers: bool
    ) -> None:
        sandbox.settings(hubspot={"merge_makes_a_new_record": renumbers})
        winner, loser, other = (crm.company(key) for key in ("C1", "C2", "C3"))
        gone = crm.change(COMPANIES, loser)
        spent = crm.gateway.calls
        assert crm.gateway.merge_into(COMPANIES, gone, winner).code is None
        assert crm.gateway.calls - spent == 1
        assert crm.gateway.merge_into(COMPANIES, gone, winner).code is None
        list(crm.gateway.delete(COMPANIES, [crm.change(COMPANIES, other)]))
        for without in (other, "1"):
            assert crm.gateway.merge_into(COMPANIES, gone, without).code
        assert crm.gateway.merge_into(COMPANIES, crm.change(COMPANIES, other), winner).code

    def test_an_archived_record_is_missing(self, crm: Crm, sandbox: Sandbox) -> None:
        id_ = crm.contact()
        self.ask(sandbox, "DELETE", f"/crm/v3/objects/contacts/{id_}")
        assert list(crm.gateway.read(CONTACTS, [id_])) == []
        assert list(crm.gateway.changed_since(CONTACTS, None)) == []
        [answer] = crm.write(CONTACTS, crm.change(CONTACTS, id_, phone=PHONE))
        assert answer.code

    def test_only_a_parent_changes_and_nothing_else_is_sent(
        self, crm: Crm, sandbox: Sandbox
    ) -> None:
        company, id_ = crm.company(), crm.contact()
        sandbox.forget_calls()
        crm.write(CONTACTS, crm.change(CONTACTS, id_, companies=company))
        assert sandbox.calls()["hubspot"]["total"] == 1
        assert crm.parent(CONTACTS, id_) == company

    def test_a_parent_that_does_not_exist_is_told_beside_the_record(self, crm: Crm) -> None:
        bad = crm.new(CONTACTS, "K1", last_name="x", companies="999999999")
        good = crm.new(CONTACTS, "K2", last_name="y", companies=crm.company())
        refused, landed = crm.write(CONTACTS, bad, good)
        assert refused.code
        assert landed.code is None
        found = crm.gateway.find_by_key(CONTACTS, ["K1"])
        assert refused.record_id == found["K1"].id

    def test_members_of_the_list_are_told_by_its_name(self, crm: Crm, sandbox: Sandbox) -> None:
        here, _ = crm.contact("K1"), crm.contact("K2")
        sandbox.call("PUT", f"/_sandbox/lists/{quote(LIST)}/members", {"add": [here]})
        assert crm.gateway.members(LIST) == {here}
        with pytest.raises(ConfigError, match=LIST):
            crm.gateway.members("Salesforce inclusion lists")

    def test_idle_costs_one_search(self, crm: Crm, sandbox: Sandbox) -> None:
        id_ = crm.contact(companies=crm.company())
        [record] = crm.gateway.read(CONTACTS, [id_])
        sandbox.forget_calls()
        later = record.modified_at + timedelta(hours=1)
        assert list(crm.gateway.changed_since(CONTACTS, later)) == []
        assert sandbox.calls()["hubspot"]["total"] == 1

    def test_a_portals_limits_are_kept_not_run_into(self, sandbox: Sandbox) -> None:
        sandbox.settings(hubspot={"rate_limits": "real"})
        gateway = HubSpot.connect("sandbox-hubspot-token", sandbox.url)
        for _ in range(12):
            list(gateway.changed_since(CONTACTS, datetime(2026, 1, 1, tzinfo=UTC)))
        assert gateway.calls == 12

    def test_a_refused_token_is_a_persons_to_mend(self, sandbox: Sandbox) -> None:
        gateway = hubspot(sandbox)
        sandbox.faults({"system": "hubspot", "do": "status:401"})
        with pytest.raises(Unauthorized):
            list(gateway.changed_since(CONTACTS, None))
        assert gateway.calls == 1

    @pytest.mark.parametrize("deed", ["drop_after", "truncate", "status:503", "status:429"])
    def test_what_passes_by_itself_is_not_seen(self, crm: Crm, sandbox: Sandbox, deed: str) -> None:
        sandbox.faults({"system": "hubspot", "do": deed, "times": 2})
        id_ = crm.contact()
        sandbox.faults({"system": "hubspot", "do": deed, "times": 2})
        assert ids(crm.gateway.changed_since(CONTACTS, None)) == [id_]

    def test_a_value_nobody_may_read_is_in_no_log(
        self, crm: Crm, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(1)
        crm.write(CONTACTS, crm.new(CONTACTS, "K1", email=CANARY, last_name="canary"))
        list(crm.gateway.find(CONTACTS, ["canary@x.example.com"]))
        assert "canary" not in caplog.text
        assert "sandbox-hubspot-token" not in caplog.text

"""What every gateway must do, written once: memory, HubSpot and Salesforce inherit it.

A subclass brings a `Crm`: an empty CRM behind its gateway, with what the claims need to turn
its clock, lose its answers and provoke a refusal. Records are written through the gateway
itself, named by our own field names, so that a claim reads the same for every CRM.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from include.crmsync.adapters.gateway import Write
from include.crmsync.errors import ConfigError, Unavailable
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.record import System
from tests.adapters.crm import A_MINUTE, CANARY, NEW_PHONE, PHONE, Crm, given, ids
from tests.adapters.mappings import COMPANIES, CONTACTS, DEALS, DOMAINS, WITH_ROLES, WITHOUT_MATCH


class GatewayContract:
    """Every gateway's promises; `crm` is the subclass's fixture."""

    @pytest.fixture
    def crm(self) -> Crm:
        raise NotImplementedError

    # Reading what changed.

    def test_a_record_modified_at_the_moment_is_included(self, crm: Crm) -> None:
        id_ = crm.contact()
        [record] = crm.gateway.read(CONTACTS, [id_])
        assert ids(crm.gateway.changed_since(CONTACTS, record.modified_at)) == [id_]

    def test_a_record_modified_before_it_is_not(self, crm: Crm) -> None:
        [record] = crm.gateway.read(CONTACTS, [crm.contact()])
        later = record.modified_at + timedelta(seconds=1)
        assert list(crm.gateway.changed_since(CONTACTS, later)) == []

    def test_the_oldest_comes_first_and_each_comes_once(self, crm: Crm) -> None:
        first = crm.contact("K1")
        crm.advance(60)
        second = crm.contact("K2")
        crm.advance(60)
        crm.write(CONTACTS, crm.change(CONTACTS, first, phone=PHONE))
        [record] = crm.gateway.read(CONTACTS, [second])
        found = list(crm.gateway.changed_since(CONTACTS, record.modified_at - A_MINUTE * 10))
        assert ids(found) == [second, first]
        assert found[0].modified_at < found[1].modified_at

    def test_many_changes_come_in_order_and_once(self, crm: Crm) -> None:
        writes = [self._numbered(crm, number) for number in range(450)]
        crm.write(CONTACTS, *writes[:300])
        crm.advance(1)
        crm.write(CONTACTS, *writes[300:])
        [first] = crm.gateway.find_by_key(CONTACTS, ["K0"]).values()
        found = list(crm.gateway.changed_since(CONTACTS, first.modified_at - A_MINUTE))
        assert len({record.id for record in found}) == len(found) == 450
        stamps = [record.modified_at for record in found]
        assert stamps == sorted(stamps)

    def test_no_moment_means_every_record(self, crm: Crm) -> None:
        written = crm.write(CONTACTS, *(self._numbered(crm, number) for number in range(250)))
        found = ids(crm.gateway.changed_since(CONTACTS, None))
        assert sorted(found) == sorted(str(answer.record_id) for answer in written)

    def test_a_change_tells_all_mapped_fields_and_the_parent(self, crm: Crm) -> None:
        company = crm.company()
        crm.contact(companies=company, phone=PHONE)
        [record] = crm.gateway.changed_since(CONTACTS, None)
        fields = CONTACTS.wire_fields(crm.gateway.system, record.kind)
        assert record.raw.keys() >= {*fields}
        assert record.parents == {"companies": company}
        assert record.object_type == "contacts"

    def test_an_object_type_holds_only_its_own(self, crm: Crm) -> None:
        company = crm.company()
        crm.contact()
        assert ids(crm.gateway.changed_since(COMPANIES, None)) == [company]
        assert list(crm.gateway.changed_since(DEALS, None)) == []

    def test_reading_nothing_costs_a_call_per_kind(self, crm: Crm) -> None:
        crm.contact()
        [record] = crm.gateway.changed_since(CONTACTS, None)
        spent = crm.gateway.calls
        assert list(crm.gateway.changed_since(CONTACTS, record.modified_at + A_MINUTE)) == []
        kinds = 1 if crm.gateway.system is System.HUBSPOT else len(CONTACTS.salesforce)
        assert crm.gateway.calls - spent <= kinds

    def test_the_crms_clock_is_told(self, crm: Crm) -> None:
        crm.contact()
        [record] = crm.gateway.changed_since(CONTACTS, None)
        assert crm.gateway.answered_at is not None
        assert abs(crm.gateway.answered_at - record.modified_at) < A_MINUTE

    # Looking up.

    def test_salesforce_tells_that_we_modified_a_record_last(self, crm: Crm) -> None:
        [record] = crm.gateway.read(CONTACTS, [crm.contact()])
        told = True if crm.gateway.system is System.SALESFORCE else None
        assert record.modified_by_us is told

    def test_a_missing_record_is_left_out(self, crm: Crm) -> None:
        here, there = crm.contact("K1"), crm.contact("K2")
        other = crm.company()
        asked = [here, "no id at all", "", other + "9", there]
        assert {*ids(crm.gateway.read(CONTACTS, asked))} >= {here, there}
        assert {*ids(crm.gateway.read(CONTACTS, asked))} <= {here, there, other}

    def test_asking_for_nothing_costs_nothing_and_finds_nothing(self, crm: Crm) -> None:
        assert list(crm.gateway.read(CONTACTS, [])) == []
        assert list(crm.gateway.find(CONTACTS, [])) == []
        assert crm.gateway.find_by_key(CONTACTS, []) == {}

    def test_an_email_is_found_in_any_case(self, crm: Crm) -> None:
        id_ = crm.contact(email="Ada@X.example.com")
        crm.contact("K2", email=None)
        for spelling in ("ada@x.example.com", "ADA@X.EXAMPLE.COM"):
            assert ids(crm.gateway.find(CONTACTS, [spelling, "", "nobody@x.example.com"])) == [id_]

    def test_a_type_that_matches_on_nothing_finds_nothing(self, crm: Crm) -> None:
        crm.contact()
        assert list(crm.gateway.find(WITHOUT_MATCH, ["k1@x.example.com"])) == []

    def test_a_value_with_quotes_finds_its_record_and_no_other(self, crm: Crm) -> None:
        id_ = crm.contact(email="o'hara@x.example.com")
        crm.contact("K2")
        assert ids(crm.gateway.find(CONTACTS, ["o'hara@x.example.com", "' OR '' = '"])) == [id_]

    def test_records_are_found_by_the_key_they_were_created_with(self, crm: Crm) -> None:
        here, there = crm.contact("K1"), crm.contact("K2")
        found = crm.gateway.find_by_key(CONTACTS, ["K1", "K2", "K3", ""])
        assert {key: record.id for key, record in found.items()} == {"K1": here, "K2": there}

    def test_a_company_is_found_by_its_host_and_no_other(self, crm: Crm) -> None:
        www = crm.create(DOMAINS, "C1", name="C1", domain="www.engines.example.com")
        bare = crm.create(DOMAINS, "C2", name="C2", domain="Engines.example.com")
        for number, near in enumerate(("my-engines.example.com", "engines.example.com.evil.test")):
            crm.create(DOMAINS, f"N{number}", name="near", domain=near)
        crm.create(DOMAINS, "C3", name="without")
        crm.advance(60)
        found = ids(crm.gateway.find_by_domain(DOMAINS, ["engines.example.com", "b.example.com"]))
        assert sorted(found) == sorted([www, bare])

    def test_a_host_beyond_ascii_is_found_in_both_spellings(self, crm: Crm) -> None:
        coded = crm.create(DOMAINS, "C1", name="C1", domain="xn--bcher-kva.example")
        plain = crm.create(DOMAINS, "C2", name="C2", domain="bücher.example")
        crm.advance(60)
        found = crm.gateway.find_by_domain(DOMAINS, ["xn--bcher-kva.example"])
        assert sorted(ids(found)) == sorted([coded, plain])

    def test_a_host_is_a_text_and_no_pattern(self, crm: Crm) -> None:
        crm.create(DOMAINS, "C1", name="C1", domain="axb.example.com")
        own = crm.create(DOMAINS, "C2", name="C2", domain="a_b.example.com")
        crm.advance(60)
        hosts = ["a_b.example.com", "%", "%.example.com", "' OR Name != '", "\\"]
        assert ids(crm.gateway.find_by_domain(DOMAINS, hosts)) == [own]

    def test_more_hosts_than_a_call_holds_are_asked_for(self, crm: Crm) -> None:
        own = crm.create(DOMAINS, "C1", name="C1", domain="c499.example.com")
        crm.advance(60)
        hosts = [f"c{number}.example.com" for number in range(500)]
        assert ids(crm.gateway.find_by_domain(DOMAINS, hosts)) == [own]

    def test_by_no_domain_nothing_is_found_and_nothing_spent(self, crm: Crm) -> None:
        crm.create(DOMAINS, "C1", name="C1", domain="engines.example.com")
        spent = crm.gateway.calls
        assert list(crm.gateway.find_by_domain(DOMAINS, [])) == []
        assert list(crm.gateway.find_by_domain(COMPANIES, ["engines.example.com"])) == []
        assert crm.gateway.calls == spent

    # Writing.

    def test_an_update_changes_what_it_names_and_nothing_else(self, crm: Crm) -> None:
        id_ = crm.contact(phone=PHONE)
        [answer] = crm.write(CONTACTS, crm.change(CONTACTS, id_, phone=NEW_PHONE))
        assert (answer.record_id, answer.code) == (id_, None)
        assert crm.held(CONTACTS, id_, "phone") == NEW_PHONE
        assert crm.held(CONTACTS, id_, "last_name") == "K1"

    def test_hubspots_answer_to_a_write_tells_what_was_stored(self, crm: Crm) -> None:
        if crm.gateway.system is System.HUBSPOT:
            change = crm.change(CONTACTS, crm.contact(phone=PHONE), phone=NEW_PHONE)
            [answer] = crm.write(CONTACTS, change)
            assert answer.raw.items() >= change.values.items()

    def test_none_clears(self, crm: Crm) -> None:
        id_ = crm.contact(phone=PHONE)
        crm.write(CONTACTS, crm.change(CONTACTS, id_, phone=None))
        assert crm.held(CONTACTS, id_, "phone") in (None, "")

    def test_a_write_moves_the_stamp(self, crm: Crm) -> None:
        id_ = crm.contact()
        [before] = crm.gateway.read(CONTACTS, [id_])
        crm.advance(60)
        crm.write(CONTACTS, crm.change(CONTACTS, id_, phone=NEW_PHONE))
        [after] = crm.gateway.read(CONTACTS, [id_])
        assert after.modified_at > before.modified_at

    def test_a_parent_is_given_and_changed(self, crm: Crm) -> None:
        first, second = crm.company("C1"), crm.company("C2")
        id_ = crm.contact(companies=first)
        assert crm.parent(CONTACTS, id_) == first
        crm.write(CONTACTS, crm.change(CONTACTS, id_, companies=second))
        assert crm.parent(CONTACTS, id_) == second

    def test_the_only_parent_is_taken_away(self, crm: Crm) -> None:
        id_ = crm.contact(companies=crm.company())
        crm.write(CONTACTS, crm.change(CONTACTS, id_, phone=NEW_PHONE, companies=None))
        assert crm.parent(CONTACTS, id_) is None
        assert crm.held(CONTACTS, id_, "phone") == NEW_PHONE

    def test_a_create_repeated_finds_the_first(self, crm: Crm) -> None:
        first = crm.contact("K1", phone=PHONE)
        assert crm.contact("K1", phone=NEW_PHONE) == first
        assert ids(crm.gateway.changed_since(CONTACTS, None)) == [first]
        assert crm.held(CONTACTS, first, "phone") == NEW_PHONE

    def test_one_refused_record_costs_the_others_nothing(self, crm: Crm) -> None:
        bad = crm.new(CONTACTS, "K2", email=CANARY, last_name="Bad")
        crm.refuse(bad)
        good = [crm.new(CONTACTS, key, last_name=key) for key in ("K1", "K3", "K4")]
        refused, *landed = crm.write(CONTACTS, bad, *good)
        assert refused.code
        assert refused.record_id is None
        assert [answer.code for answer in landed] == [None, None, None]
        assert crm.gateway.find_by_key(CONTACTS, ["K1", "K2", "K3", "K4"]).keys() == {
            *("K1", "K3", "K4")
        }

    def test_a_refusal_says_why_without_the_value(self, crm: Crm) -> None:
        bad = crm.new(CONTACTS, "K2", email=CANARY, last_name="Bad")
        crm.refuse(bad)
        [refused] = crm.write(CONTACTS, bad)
        assert refused.code
        assert (refused.message or "").startswith(refused.code)
        assert "canary" not in str(refused)

    def test_two_hubspot_contacts_never_share_an_email_and_salesforce_contacts_may(
        self, crm: Crm
    ) -> None:
        hubspot = crm.gateway.system is System.HUBSPOT
        first, second = crm.contact("K1", email="a@x.example.com"), crm.contact("K2")
        other = crm.change(CONTACTS, second, email="a@x.example.com", phone=PHONE)
        good = crm.change(CONTACTS, first, phone=PHONE)
        refused, landed = crm.write(CONTACTS, other, good)
        assert landed.code is None
        assert refused.code == ("CONFLICT" if hubspot else None)
        assert crm.held(CONTACTS, second, "phone") == (None if hubspot else PHONE)

    def test_an_email_that_was_given_up_can_be_taken_in_the_next_batch(self, crm: Crm) -> None:
        first, second = crm.contact("K1", email="a@x.example.com"), crm.contact("K2")
        [given_up] = crm.write(CONTACTS, crm.change(CONTACTS, first, email=None))
        [taken] = crm.write(CONTACTS, crm.change(CONTACTS, second, email="a@x.example.com"))
        assert (given_up.code, taken.code) == (None, None)
        assert crm.held(CONTACTS, second, "email") == "a@x.example.com"

    def test_more_than_a_batch_is_written_in_batches(self, crm: Crm) -> None:
        count = crm.batch * 2 + 1
        writes = [self._numbered(crm, number) for number in range(count)]
        batches = list(crm.gateway.write(CONTACTS, writes))
        assert [len(batch) for batch in batches] == [crm.batch, crm.batch, 1]
        assert {one.key for batch in batches for one in batch} == {one.key for one in writes}
        assert all(one.record_id and one.code is None for batch in batches for one in batch)

    def test_two_writes_of_one_record_land_in_their_order(self, crm: Crm) -> None:
        id_ = crm.contact()
        one, two = (crm.change(CONTACTS, id_, phone=phone) for phone in (PHONE, NEW_PHONE))
        for batch in crm.gateway.write(CONTACTS, [one, two]):
            assert [answer.code for answer in batch] == [None]
        assert crm.held(CONTACTS, id_, "phone") == NEW_PHONE

    def test_writing_nothing_costs_nothing(self, crm: Crm) -> None:
        spent = crm.gateway.calls
        assert list(crm.gateway.write(CONTACTS, [])) == []
        assert crm.gateway.calls == spent

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_lost_write_is_unavailable_and_repeating_it_doubles_nothing(
        self, crm: Crm, when: Literal["before", "after"]
    ) -> None:
        writes = [crm.new(CONTACTS, key, last_name=key) for key in ("K1", "K2")]
        crm.lose(when)
        with pytest.raises(Unavailable):
            crm.write(CONTACTS, *writes)
        crm.restore()
        landed = crm.gateway.find_by_key(CONTACTS, ["K1", "K2"])
        assert len(landed) == (2 if when == "after" else 0)
        again = crm.write(CONTACTS, *writes)
        assert [answer.code for answer in again] == [None, None]
        assert sorted(ids(crm.gateway.changed_since(CONTACTS, None))) == sorted(
            str(answer.record_id) for answer in again
        )

    # Deleting, and what is gone.

    def test_a_deleted_record_is_gone_and_has_a_tombstone(self, crm: Crm) -> None:
        id_, other = crm.contact("K1"), crm.contact("K2")
        [[answer]] = crm.gateway.delete(CONTACTS, [crm.change(CONTACTS, id_)])
        assert (answer.record_id, answer.code) == (id_, None)
        assert ids(crm.gateway.read(CONTACTS, [id_, other])) == [other]
        [tombstone] = crm.gateway.fates(CONTACTS, [id_, other]).values()
        assert (tombstone.record_id, tombstone.how, tombstone.into) == (id_, How.DELETED, None)
        assert tombstone.at is not None

    def test_a_deleted_record_is_told_by_the_changes_or_by_the_archive(self, crm: Crm) -> None:
        id_ = crm.contact()
        [record] = crm.gateway.read(CONTACTS, [id_])
        list(crm.gateway.delete(CONTACTS, [crm.change(CONTACTS, id_)]))
        told: list[Tombstone] = []
        assert list(crm.gateway.changed_since(CONTACTS, record.modified_at, told)) == []
        archived, place = crm.gateway.archive(CONTACTS, None, 10)
        assert [one.record_id for one in [*told, *archived]] == [id_]
        assert place is None

    def test_deleting_twice_is_deleting_once(self, crm: Crm) -> None:
        id_ = crm.contact()
        for _ in range(2):
            [[answer]] = crm.gateway.delete(CONTACTS, [crm.change(CONTACTS, id_)])
            assert answer.code is None

    def test_a_type_tells_only_its_own_tombstones(self, crm: Crm) -> None:
        company = crm.company()
        [record] = crm.gateway.read(COMPANIES, [company])
        list(crm.gateway.delete(COMPANIES, [crm.change(COMPANIES, company)]))
        told: list[Tombstone] = []
        assert list(crm.gateway.changed_since(CONTACTS, record.modified_at, told)) == []
        assert [*told, *crm.gateway.archive(CONTACTS, None, 10)[0]] == []

    def test_the_key_of_a_deleted_record_is_free_again(self, crm: Crm) -> None:
        first = crm.contact("K1")
        list(crm.gateway.delete(CONTACTS, [crm.change(CONTACTS, first)]))
        again = crm.contact("K1")
        assert again != first
        assert crm.gateway.find_by_key(CONTACTS, ["K1"])["K1"].id == again

    def test_hubspot_merges_one_record_into_another_and_salesforce_says_that_it_cannot(
        self, crm: Crm
    ) -> None:
        winner, loser = crm.contact("K1"), crm.contact("K2", phone=PHONE)
        gone = crm.change(CONTACTS, loser)
        if crm.gateway.system is System.SALESFORCE:
            with pytest.raises(ConfigError, match="merges no contacts"):
                crm.gateway.merge_into(CONTACTS, gone, winner)
            return
        answer = crm.gateway.merge_into(CONTACTS, gone, winner)
        assert (answer.key, answer.code) == (gone.key, None)
        assert ids(crm.gateway.read(CONTACTS, [winner, loser])) == [winner]
        assert crm.held(CONTACTS, winner, "phone") == PHONE
        told = crm.gateway.fates(CONTACTS, [loser])[loser]
        assert (told.how, told.into) == (How.MERGED, winner)
        assert ids(crm.gateway.find(CONTACTS, ["k2@x.example.com"])) == [winner]
        again = crm.gateway.merge_into(CONTACTS, gone, "1")
        assert again.code

    def test_asking_after_and_deleting_nothing_costs_nothing(self, crm: Crm) -> None:
        spent = crm.gateway.calls
        assert crm.gateway.fates(CONTACTS, []) == {}
        assert list(crm.gateway.delete(CONTACTS, [])) == []
        assert crm.gateway.conversions(COMPANIES, []) == {}
        assert crm.gateway.calls == spent

    # Who and what belongs where.

    def test_owners_who_left_are_told_too(self, crm: Crm) -> None:
        owners = crm.gateway.owners()
        assert {owner.active for owner in owners} == {True, False}
        assert len({owner.id for owner in owners}) == len(owners)
        assert all(owner.email == owner.email.lower() for owner in owners)

    def test_a_list_that_does_not_exist_is_a_persons_to_mend(self, crm: Crm) -> None:
        with pytest.raises(ConfigError, match="Nobody's list"):
            crm.gateway.members("Nobody's list")

    def test_associations_are_told_where_no_stamp_tells_of_them(self, crm: Crm) -> None:
        company = crm.company()
        here, there = crm.contact("K1", companies=company), crm.contact("K2")
        spent = crm.gateway.calls
        told = crm.gateway.associations(CONTACTS, [here, there, "9" * 6])
        if crm.gateway.system is System.SALESFORCE:
            assert (told, crm.gateway.calls) == ({}, spent)
            return
        assert {id_: one.parents["companies"] for id_, one in told.items()} == {
            here: company,
            there: None,
            "9" * 6: None,
        }
        assert crm.gateway.calls == spent + 1
        assert not crm.gateway.associations(CONTACTS, [])
        assert crm.gateway.calls == spent + 1

    def test_children_are_told_for_each_parent(self, crm: Crm) -> None:
        full, empty = crm.company("C1"), crm.company("C2")
        here, there = crm.contact("K1", companies=full), crm.contact("K2", companies=full)
        crm.contact("K3")
        found = crm.gateway.children(COMPANIES, [full, empty], "contacts")
        assert found == {full: {here, there}, empty: frozenset()}

    # Who has a role in a record.

    def test_a_record_is_created_with_the_people_in_it(self, crm: Crm) -> None:
        ada, mary = crm.contact("K1"), crm.contact("K2")
        deal = crm.deal("D1", **{ada: None, mary: None})
        assert crm.people(deal) == {ada: "", mary: ""}
        [record] = crm.gateway.changed_since(WITH_ROLES, None)
        assert {role.record_id for role in record.roles["contacts"]} == {ada, mary}
        [read] = crm.gateway.read(WITH_ROLES, [deal])
        assert (record.roles, record.modified_at) == (read.roles, read.modified_at)

    def test_people_are_added_and_taken_out_and_the_others_stay(self, crm: Crm) -> None:
        ada, mary, joan = (crm.contact(key) for key in ("K1", "K2", "K3"))
        deal = crm.deal("D1", **{ada: None, mary: None})
        assert crm.cast(deal, {joan: None}, [ada]).code is None
        assert crm.people(deal) == {mary: "", joan: ""}

    def test_giving_and_taking_roles_may_be_repeated(self, crm: Crm) -> None:
        ada, mary = crm.contact("K1"), crm.contact("K2")
        deal = crm.deal("D1", **{mary: None})
        for _ in range(2):
            assert crm.cast(deal, {ada: None}, [mary]).code is None
            assert crm.people(deal) == {ada: ""}

    def test_somebody_who_does_not_exist_gets_no_role_and_is_answered_for(self, crm: Crm) -> None:
        ada, mary = crm.contact("K1"), crm.contact("K2")
        here, there = crm.deal("D1"), crm.deal("D2")
        list(crm.gateway.delete(CONTACTS, [crm.change(CONTACTS, mary)]))
        rows = [
            replace(crm.change(WITH_ROLES, deal), roles=given({who: None}))
            for deal, who in ((here, mary), (there, ada))
        ]
        refused, landed = crm.write(WITH_ROLES, *rows)
        assert (refused.record_id, landed.code) == (here, None)
        assert refused.code is not None
        assert (crm.people(here), crm.people(there)) == ({}, {ada: ""})

    def test_a_change_of_roles_is_found_by_a_stamp_or_by_asking(self, crm: Crm) -> None:
        ada = crm.contact("K1")
        deal, other = crm.deal("D1"), crm.deal("D2")
        crm.advance(60)
        both = {one.id: one for one in crm.gateway.read(WITH_ROLES, [deal, other])}
        before = both[deal]
        later = max(one.modified_at for one in both.values()) + timedelta(seconds=1)
        assert ids(crm.gateway.changed_since(WITH_ROLES, later)) == []
        for people, taken in (({ada: None}, []), ({}, [ada])):
            crm.cast(deal, people, taken)
            found = list(crm.gateway.changed_since(WITH_ROLES, later))
            if crm.gateway.system is System.SALESFORCE:
                assert ids(found) == [deal]
                assert found[0].modified_at > before.modified_at
                later = found[0].modified_at + timedelta(seconds=1)
                crm.advance(60)
            else:
                told = crm.gateway.associations(WITH_ROLES, [deal, other])
                names = {
                    id_: [role.record_id for role in one.roles["contacts"]]
                    for id_, one in told.items()
                }
                assert names == {deal: [*people], other: []}
                assert found == []

    # What the fields are, and when they were set.

    def test_a_schema_tells_every_mapped_field_of_the_kinds_it_knows(self, crm: Crm) -> None:
        told = crm.gateway.schema(CONTACTS)
        for kind, fields in told.kinds.items():
            assert fields.keys() >= {*CONTACTS.wire_fields(crm.gateway.system, kind)}

    def test_what_a_property_held_before_is_told_the_newest_first(self, crm: Crm) -> None:
        id_ = crm.contact(phone=PHONE)
        for phone in (NEW_PHONE, None):
            crm.advance(60)
            crm.write(CONTACTS, crm.change(CONTACTS, id_, phone=phone))
        calls = crm.gateway.calls
        told = crm.gateway.past(CONTACTS, [id_], ["phone", "last_name"])
        if crm.gateway.system is System.SALESFORCE:
            assert (told, crm.gateway.calls) == ({}, calls)
            return
        past = told[id_]["phone"]
        assert [one.raw or None for one in past] == [None, NEW_PHONE, PHONE]
        assert past[0].at > past[1].at > past[2].at
        assert [one.raw for one in told[id_]["last_name"]] == ["K1"]
        assert crm.gateway.calls == calls + 1

    def test_a_field_was_set_when_it_was_last_changed_or_nothing_is_told(self, crm: Crm) -> None:
        id_ = crm.contact(phone=PHONE)
        crm.advance(600)
        crm.write(CONTACTS, crm.change(CONTACTS, id_, phone=NEW_PHONE))
        [record] = crm.gateway.read(CONTACTS, [id_])
        told = crm.gateway.field_times(CONTACTS, [id_], ["phone", "last_name"]).get(id_, {})
        if told:
            assert abs(told["phone"] - record.modified_at) < A_MINUTE
            # Salesforce's history knows what was changed, not what a record began with.
            assert "last_name" not in told or told["phone"] - told["last_name"] > A_MINUTE

    @staticmethod
    def _numbered(crm: Crm, number: int) -> Write:
        return crm.new(CONTACTS, f"K{number}", last_name=f"Name {number}")

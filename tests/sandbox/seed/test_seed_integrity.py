"""Whatever is in the demo holds together: ids, ends, lookups, options, times."""

import json
from collections import Counter
from datetime import timedelta

from include.sandbox.population import HubSpotRecord, SalesforceRecord
from include.sandbox.seed import population
from include.sandbox.seed.ids import PREFIXES, checksum
from include.sandbox.seed.staff import SALESFORCE_ONLY, STAGES
from tests.sandbox.seed.demo import NOW, Seen, digits

OPTIONS = {
    ("companies", "type"): {"PROSPECT", "PARTNER", "RESELLER", "VENDOR", "OTHER"},
    ("contacts", "lifecyclestage"): {"subscriber", "lead", "opportunity", "customer"},
    ("deals", "dealtype"): {"newbusiness", "existingbusiness"},
    ("deals", "pipeline"): {"default"},
    ("deals", "dealstage"): {
        "appointmentscheduled",
        "qualifiedtobuy",
        "presentationscheduled",
        "decisionmakerboughtin",
        "contractsent",
        "closedwon",
        "closedlost",
    },
}
TYPES = {("contacts", "companies"): (1, 279), ("deals", "companies"): (5, 341)}
LENGTHS = {
    "Name": 255, "FirstName": 40, "LastName": 80, "Email": 80, "Title": 128, "Phone": 40,
    "MobilePhone": 40, "Fax": 40, "MailingStreet": 255, "Street": 255, "BillingStreet": 255,
    "MailingCity": 40, "City": 40, "BillingCity": 40, "Company": 255, "NextStep": 255,
}  # fmt: skip


def test_the_numbers_are_about_those_promised(demo: Seen) -> None:
    companies = len(demo.of_type("companies")) + len(demo.alone_in_salesforce("Account"))
    deals = len(demo.of_type("deals")) + len(demo.alone_in_salesforce("Opportunity"))
    with_email = {*demo.hubspot_emails, *demo.by_email}
    without = [one for one in demo.of_type("contacts") if not one.properties.get("email")]
    without_there = [one for one in demo.of_sobject("Contact", "Lead") if "Email" not in one.fields]
    people = len(with_email) + len(without) + len(without_there)
    assert (companies // 10, people // 100, deals // 10) == (29, 15, 40)


def test_hubspot_ids_are_decimal_and_unique_within_their_type(demo: Seen) -> None:
    assert len(demo.hubspot) == len(demo.population.hubspot)
    assert all(one.id.isascii() and one.id.isdecimal() for one in demo.population.hubspot)


def test_salesforce_ids_are_unique_and_check_themselves(demo: Seen) -> None:
    assert len(demo.salesforce) == len(demo.population.salesforce)
    for id_, one in demo.salesforce.items():
        assert len(id_) == 18
        assert id_.startswith(PREFIXES[one.sobject])
        assert id_[15:] == checksum(id_[:15])


def test_both_ends_of_every_association_exist_and_its_types_are_hubspots(demo: Seen) -> None:
    for one in demo.population.associations:
        assert (one.from_type, one.from_id) in demo.hubspot
        assert (one.to_type, one.to_id) in demo.hubspot
        assert one.type_ids == TYPES[one.from_type, one.to_type]


def test_nobody_has_two_primary_companies(demo: Seen) -> None:
    assert len(demo.parents) == len(demo.population.associations)


def test_every_lookup_in_salesforce_exists(demo: Seen) -> None:
    accounts = {one.fields["Id"] for one in demo.of_sobject("Account")}
    users = {one.fields["Id"] for one in demo.of_sobject("User")}
    queues = {one.fields["Id"] for one in demo.of_sobject("Group")}
    for one in demo.of_sobject("Account", "Contact", "Lead", "Opportunity"):
        owners = users | queues if one.sobject == "Lead" else users
        assert one.fields["OwnerId"] in owners
        assert one.fields.get("AccountId") in accounts | {None}


def test_every_owner_and_member_in_hubspot_exists(demo: Seen) -> None:
    owners = {one.id for one in demo.population.owners}
    for one in demo.population.hubspot:
        assert one.properties.get("hubspot_owner_id") in owners | {None}
    members = demo.population.lists[0].members
    assert len(members) == len(set(members))
    assert demo.listed <= {one.id for one in demo.of_type("contacts")}


def test_emails_are_unique_in_hubspot_and_in_lower_case() -> None:
    for random_seed in range(5):
        seen = Seen(population("demo", random_seed, NOW))
        emails = [one.properties.get("email") for one in seen.of_type("contacts")]
        known = [email for email in emails if email]
        assert len({email.casefold() for email in known}) == len(known)
        assert all(email == email.lower() for email in known)


def test_each_record_is_linked_once_at_most_and_one_of_a_pair_carries_the_key(demo: Seen) -> None:
    for pairs in demo.links.values():
        assert max(Counter(here.id for here, _ in pairs).values()) == 1
        assert max(Counter(there.fields["Id"] for _, there in pairs).values()) == 1


def test_hubspot_values_are_texts_never_empty_and_its_enumerations_legal(demo: Seen) -> None:
    for one in demo.population.hubspot:
        for name, value in one.properties.items():
            assert value is None or value.strip()
            allowed = OPTIONS.get((one.object_type, name))
            assert allowed is None or value in allowed


def test_salesforce_values_are_json_and_never_blank(demo: Seen) -> None:
    for one in demo.population.salesforce:
        assert json.loads(json.dumps(one.fields)) == one.fields
        assert None not in one.fields.values() or one.modified_at > one.created_at


def test_salesforce_keeps_its_own_rules(demo: Seen) -> None:
    for one in demo.of_sobject("Account", "Contact", "Lead", "Opportunity"):
        for name, value in one.fields.items():
            assert not isinstance(value, str) or len(value) <= LENGTHS.get(name, 32_000)
        if one.sobject in ("Contact", "Lead"):
            assert one.fields["LastName"].strip()
            assert digits(one.fields.get("Phone") or "1234567") >= 7
        if one.sobject == "Lead":
            assert one.fields["Company"]
            assert one.fields["Status"]


def test_opportunities_have_what_salesforce_requires(demo: Seen) -> None:
    stages = {label for label, _, _ in STAGES}
    for one in demo.of_sobject("Opportunity"):
        assert len(one.fields["Name"]) <= 120
        assert one.fields["StageName"] in stages
        assert len(one.fields["CloseDate"]) == len("2026-03-02")
        assert one.fields["StageName"] != "Closed Won" or one.fields["Amount"] > 0


def test_times_run_from_creation_to_the_last_hour_but_one(demo: Seen) -> None:
    records: list[HubSpotRecord | SalesforceRecord] = [
        *demo.population.hubspot,
        *demo.population.salesforce,
    ]
    for one in records:
        assert NOW - timedelta(days=801) < one.created_at <= one.modified_at
        assert one.modified_at <= NOW - timedelta(hours=1)
    assert all(one.modified_at.microsecond == 0 for one in demo.population.salesforce)


def test_a_property_history_is_newest_first_and_ends_in_the_present_value(demo: Seen) -> None:
    edited = [one for one in demo.population.hubspot if one.history]
    assert edited
    for one in edited:
        for name, versions in one.history.items():
            moments = [at for _, at in versions]
            assert moments == sorted(moments, reverse=True)
            assert versions[0][0] == one.properties[name]
        assert max(versions[0][1] for versions in one.history.values()) == one.modified_at


def test_who_salesforce_alone_knows_owns_nothing_in_hubspot(demo: Seen) -> None:
    assert SALESFORCE_ONLY.email not in {one.email for one in demo.population.owners}


def test_contact_data_is_obviously_invented(demo: Seen) -> None:
    for email in {*demo.hubspot_emails, *demo.by_email}:
        domain = email.rpartition("@")[2]
        assert domain.split(".")[-2] == "example"
        assert domain.split(".")[-1] in {"com", "org", "net"}

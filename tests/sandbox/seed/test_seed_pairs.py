"""What is linked was equal once, and differs only where somebody edited it since."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from include.sandbox.population import HubSpotRecord, SalesforceRecord
from include.sandbox.seed import staff
from tests.sandbox.seed.demo import Pair, Seen

PERSON = {
    "email": "Email", "firstname": "FirstName", "lastname": "LastName", "jobtitle": "Title",
    "salutation": "Salutation", "phone": "Phone", "mobilephone": "MobilePhone", "fax": "Fax",
    "leadsource": "LeadSource",
}  # fmt: skip
ADDRESS = {"address": "Street", "city": "City", "state": "State", "zip": "PostalCode",
           "country": "Country"}  # fmt: skip
FIELDS: dict[str, dict[str, str]] = {
    "Account": {
        "name": "Name", "website": "Website", "phone": "Phone", "description": "Description",
        "numberofemployees": "NumberOfEmployees", "annualrevenue": "AnnualRevenue",
        "industry": "Industry", "type": "Type",
        **{here: f"Billing{there}" for here, there in ADDRESS.items()},
    },
    "Contact": PERSON | {here: f"Mailing{there}" for here, there in ADDRESS.items()},
    "Lead": PERSON | ADDRESS | {
        "company": "Company", "industry": "Industry", "annualrevenue": "AnnualRevenue",
    },
    "Opportunity": {
        "dealname": "Name", "amount": "Amount", "closedate": "CloseDate", "dealtype": "Type",
        "dealstage": "StageName", "hs_next_step": "NextStep", "description": "Description",
    },
}  # fmt: skip
WORDS = {
    "ACCOUNTING": "Finance", "APPAREL_FASHION": "Apparel", "COMPUTER_SOFTWARE": "Technology",
    "ELECTRICAL_ELECTRONIC_MANUFACTURING": "Electronics", "HOSPITAL_HEALTH_CARE": "Healthcare",
    "PARTNER": "Technology Partner", "RESELLER": "Channel Partner / Reseller",
    "VENDOR": "Integrator", "newbusiness": "New Customer",
    "existingbusiness": "Existing Customer - Upgrade", "appointmentscheduled": "Prospecting",
    "qualifiedtobuy": "Qualification", "presentationscheduled": "Value Proposition",
    "decisionmakerboughtin": "Id. Decision Makers", "contractsent": "Negotiation/Review",
    "closedwon": "Closed Won", "closedlost": "Closed Lost",
}  # fmt: skip


def spelled(name: str, value: str | None) -> Any:
    """A HubSpot value in one spelling with Salesforce's."""
    if value is None:
        return None
    if name in ("amount", "annualrevenue", "numberofemployees"):
        return float(value)
    if name == "closedate":
        return value[:10]
    word = WORDS.get(value, value)
    return word.lower() if name in ("email", "industry", "type") else word


def told(name: str, value: Any) -> Any:
    """A Salesforce value in that spelling."""
    if isinstance(value, int):
        return float(value)
    lowered = name in ("email", "industry", "type") and isinstance(value, str)
    return value.lower() if lowered else value


def differing(pair: Pair) -> set[str]:
    here, there = pair
    return {
        ours
        for ours, theirs in FIELDS[there.sobject].items()
        if spelled(ours, here.properties.get(ours)) != told(ours, there.fields.get(theirs))
    }


def edited_in_hubspot(here: HubSpotRecord) -> set[str]:
    return {name for name, versions in here.history.items() if len(versions) > 1} | {
        name for name, versions in here.history.items() if versions[0][1] > here.created_at
    }


def edited_in_salesforce(there: SalesforceRecord) -> bool:
    return there.modified_at > there.created_at


def pairs(demo: Seen) -> Iterator[Pair]:
    for linked in demo.links.values():
        yield from linked


def test_a_pair_nobody_edited_is_equal_on_every_mapped_field(demo: Seen) -> None:
    untouched = [
        pair for pair in pairs(demo) if not pair[0].history and not edited_in_salesforce(pair[1])
    ]
    assert len(untouched) > 500
    assert [differing(pair) for pair in untouched if differing(pair)] == []


def test_a_pair_differs_only_where_somebody_edited_it(demo: Seen) -> None:
    for here, there in pairs(demo):
        if not edited_in_salesforce(there):
            assert differing((here, there)) == edited_in_hubspot(here)
        else:
            assert len(differing((here, there)) - edited_in_hubspot(here)) <= 1


def test_most_pairs_are_equal(demo: Seen) -> None:
    equal = Counter(not differing(pair) for pair in pairs(demo))
    assert equal[True] > 2 * equal[False]


def test_pairs_were_edited_on_either_side_on_both_alike_and_apart(demo: Seen) -> None:
    for object_type, linked in demo.links.items():
        seen = Counter(
            (bool(here.history), edited_in_salesforce(there), min(len(differing(pair)), 2))
            for pair in linked
            for here, there in [pair]
        )
        for situation in (
            (False, False, 0),
            (True, False, 1),
            (False, True, 1),
            (True, True, 0),
            (True, True, 1),
            (True, True, 2),
        ):
            assert seen[situation], (object_type, situation)


def test_the_owner_of_a_pair_is_one_colleague_in_both(demo: Seen) -> None:
    same = {who.hubspot_id: who.salesforce_id for who in (*staff.SHARED, staff.LEFT)}
    for here, there in pairs(demo):
        assert same[here.properties["hubspot_owner_id"]] == there.fields["OwnerId"]


def test_the_opt_out_of_a_pair_is_one_answer(demo: Seen) -> None:
    for here, there in demo.links["contacts"]:
        opted_out = here.properties.get("hs_email_optout") == "true"
        assert there.fields["HasOptedOutOfEmail"] is opted_out


def test_a_linked_child_hangs_below_the_same_parent_or_its_parent_is_not_linked(
    demo: Seen,
) -> None:
    for object_type in ("contacts", "deals"):
        for here, there in demo.links[object_type]:
            if there.sobject == "Lead":
                continue
            company = demo.parents.get((object_type, here.id), "")
            account = demo.linked_hubspot.get(("companies", company))
            assert there.fields.get("AccountId") == account


def test_either_side_may_carry_the_key(demo: Seen) -> None:
    for linked in demo.links.values():
        carriers = Counter("crmsync_salesforce_id" in here.properties for here, _ in linked)
        assert min(carriers[True], carriers[False]) > len(linked) // 4

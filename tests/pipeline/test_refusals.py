"""What a CRM refuses: told in words, kept from the rest, and sent again when it makes sense."""

from typing import Any

from include.crmsync.pipeline.terminal import console, show
from tests.pipeline.two_crms import TwoCrms

ADA: dict[str, Any] = {
    "email": "ada@example.com",
    "lastname": "Lovelace",
    "phone": "+44 20 7946 0001",
}


def refusals(told: dict[str, Any], object_type: str = "contacts") -> list[dict[str, Any]]:
    [entry] = [one for one in told["object_types"] if one["object_type"] == object_type]
    found: list[dict[str, Any]] = entry["refusals"]
    return found


def test_the_summary_says_what_was_refused_who_mends_it_and_how(crms: TwoCrms) -> None:
    bad = crms.hubspot_contact(**ADA)
    crms.salesforce.fail_next("DUPLICATES_DETECTED", record=bad)
    told = crms.sync()
    [one] = refusals(told)
    [contacts] = [entry for entry in told["object_types"] if entry["object_type"] == "contacts"]
    [held] = contacts["held"]
    for name in ("category", "title", "remedy", "who", "code"):
        assert held[name] == one[name]
    assert (one["by"], one["code"], one["records"]) == ("salesforce", "DUPLICATES_DETECTED", 1)
    assert (one["category"], one["who"]) == ("duplicates", "salesforce_admin")
    out = console()
    with out.capture() as captured:
        show(told, out)
    assert "A duplicate rule blocks it. Merge the records" in " ".join(captured.get().split())
    assert "ada@example.com" not in captured.get()


def test_a_code_nobody_wrote_down_is_counted_as_other_with_its_raw_text(crms: TwoCrms) -> None:
    for number in range(3):
        bad = crms.hubspot_contact(email=f"c{number}@example.com", lastname="Doe")
        crms.salesforce.fail_next("BRAND_NEW_CODE", record=bad)
    told = crms.sync()
    [one] = refusals(told)
    assert (one["category"], one["records"], one["in_catalogue"]) == ("other", 3, False)
    [held] = next(one["held"] for one in told["object_types"] if one["object_type"] == "contacts")
    assert "BRAND_NEW_CODE: refused by request of the test" in held["reason"]

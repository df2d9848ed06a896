"""The page of criteria: how to write one, what is derived, and every suite that is written."""

from collections.abc import Iterator, Mapping

from include.crmsync.criteria.derived import CRITERIA
from include.crmsync.criteria.suite import Expectation, Suite, conditions
from include.crmsync.criteria.suites import load as load_suite
from include.crmsync.model.demand import What
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from scripts.docs_table import table

INTRODUCTION = (
    "A criterion is one condition a record must meet to sync. A record that fails one is"
    " *held*: the run stores the criterion, the field's value and the words below, and goes"
    " on with the others. It is judged again when it changes or joins the inclusion list.",
    "A criterion applies to the record's *creation* in the other system, to its *updates*"
    " there, or to both. How far a failure goes is its *effect*:",
)
EFFECTS = (
    (
        "`hold_record`",
        "The record does not cause what the criterion applies to. Also when nothing is said.",
    ),
    (
        "`hold_field`",
        "The record's other fields travel. It is reported only where the field's value would"
        " have travelled too; a new record goes without it.",
    ),
    (
        "`warn`",
        "The records are counted by criterion, in the summary and in Data Docs, and nothing is"
        " held.",
    ),
)
HOW = (
    "## Add or change a criterion",
    "Edit the JSON file named under the object type's heading: it is a Great Expectations suite."
    " `meta` says what the sync needs to know.",
    """```json
{
  "type": "expect_column_values_to_match_regex",
  "kwargs": {"column": "postal_code", "regex": "^[0-9]{5}$"},
  "meta": {
    "criterion": "postal_code_has_five_digits",
    "field": "postal_code",
    "applies_to": ["create", "update"],
    "effect": "hold_field",
    "reason": "Its postal code has not five digits. Correct it in HubSpot."
  }
}
```""",
    "- `column` is one of *our* names of a field, the first column in [mappings](mappings.md);"
    " values are canonical, numbers are numbers. HubSpot's contacts also have"
    " `on_inclusion_list`, its companies `contact_on_inclusion_list` (`true` or `false`).\n"
    "- `reason` is what a person reads: what is wrong, and what to do. It says no value.\n"
    "- A blank passes everything but `expect_column_values_to_not_be_null`.\n"
    "- An expectation must name the records that fail, as the `expect_column_values_...` family"
    " does; `row_condition` narrows it to some of them. A criterion of several expectations says"
    " the same in each.",
    "Then look at `python -m include.crmsync criteria`, and try it with `run --dry-run`. A mistake"
    " in the file, or an expectation that cannot be judged record by record, stops its object type"
    " and says where: nothing syncs unjudged.",
)
RULES = (
    "## Validation rules",
    "An expectation that stands for a validation rule of the Salesforce org says so in its `meta`:"
    ' `"encodes": ["Contact.Rule_name"]`. The rules that are switched on are read with the schemas;'
    " one that no criterion encodes is [named](runbook.md#validation-rules) in each summary, and so"
    " is a criterion whose rule is gone. What cannot be said as an expectation is listed beside"
    ' `"expectations"`, as `"meta": {"left_to_salesforce": ["Contact.Rule_name"]}`; Salesforce'
    " then refuses such records itself.",
)
DERIVED = (
    "## Derived criteria",
    "What a CRM would refuse is known from its live schema. For every field that travels there,"
    " expectations are derived from the schema and the mapping, kept in the state store apart"
    " from the written ones, and made anew when either changes. They hold the field, save that a"
    " new record waits where it cannot be without it. Nobody edits them: mend the mapping or the"
    " field. `python -m include.crmsync criteria` lists them, `criteria --changes` what the latest"
    " change came to.",
)
ASKED: Mapping[What, str] = {
    What.VALUE: "there is a value, where the field is required and nothing else fills it",
    What.LENGTH: "at most as many characters as the field, or the mapping's `length`, allows;"
    " 65,536 in HubSpot",
    What.DIGITS: "no more digits before the point than the field has",
    What.OPTION: "one of the mapping's `values`, and of a restricted list's options",
    What.EMAIL: "the syntax of an e-mail address, where Salesforce's field is one, or it is"
    " HubSpot's e-mail of a contact",
}


def criteria_sections(mappings: Mapping[str, ObjectMapping]) -> Iterator[str]:
    """Everything below the title."""
    yield from INTRODUCTION
    yield table(("Effect", "What follows"), EFFECTS)
    yield from HOW
    yield from RULES
    yield from DERIVED
    rows = ((f"`{CRITERIA[what]}`", ASKED[what]) for what in What)
    yield table(("Criterion", "What must hold"), rows)
    for mapping in mappings.values():
        for system in System:
            yield from _suite(load_suite(mapping.object_type, system, mapping))


def _suite(suite: Suite) -> Iterator[str]:
    yield f"## {suite.object_type.capitalize()}, {suite.system.label} to {suite.system.other.label}"
    yield f"`include/crmsync/{suite.file}`"
    named: dict[str, Expectation] = {}
    for one in suite.expectations:
        named.setdefault(one.criterion, one)
    rows = (
        (f"`{one.criterion}`", _applies(one), f"`{one.effect}`", _about(one), one.reason)
        for one in named.values()
    )
    yield table(("Criterion", "Applies to", "Effect", "Field", "What a person reads"), rows)


def _applies(one: Expectation) -> str:
    return ", ".join(verb for verb in ("create", "update") if verb in one.applies_to)


def _about(one: Expectation) -> str:
    """The field, and which records it is judged on when not on all."""
    only = [
        f"{part['column']['name']} {part.get('operator', 'is')} {part.get('parameter', 'blank')}"
        for part in conditions(one.kwargs.get("row_condition"))
    ]
    stands = f"; encodes {', '.join(f'`{rule}`' for rule in one.encodes)}" if one.encodes else ""
    return f"`{one.field}`" + (f", where {' / '.join(only)}" if only else "") + stands

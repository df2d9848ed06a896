"""Validation rules and the criteria that stand for them: what either has that the other lacks.

A rule that no criterion encodes refuses records one by one, when they are written; so it is
named beforehand, with the words that show how to add the criterion. A criterion for a rule that
is gone, or switched off, holds records for nothing. Neither stops anything.
"""

from collections.abc import Iterator, Sequence

from include.crmsync.criteria.suite import Suite
from include.crmsync.model.schema import Issue, Rules, ValidationRule

WARNED = "warned"
_LONG = 160
"""Characters of a rule's message that are shown."""


def unencoded(suite: Suite, rules: Rules, kinds: Sequence[str]) -> Iterator[Issue]:
    """Yield an issue for each rule without a criterion, and for each criterion without its rule."""
    if rules.refused:
        yield _unread(suite, rules.refused)
        return
    encoded = {rule: one.criterion for one in suite.expectations for rule in one.encodes}
    active = {one.id: one for one in rules.active}
    for id_, rule in active.items():
        if id_ not in encoded and id_ not in suite.left:
            yield _unencoded(rule, suite)
    for id_ in sorted({*encoded, *suite.left} - active.keys()):
        yield _gone(id_, encoded.get(id_), suite, kinds)


def _unread(suite: Suite, code: str) -> Issue:
    reason = (
        f"Salesforce does not tell the integration user its validation rules ({code}), so one that"
        f" no criterion of {suite.name} encodes cannot be named beforehand; it refuses records when"
        " they are written. Give the user the permission View Setup and Configuration."
    )
    return Issue("", "salesforce", "rules_unread", WARNED, reason)


def _unencoded(rule: ValidationRule, suite: Suite) -> Issue:
    said = " ".join(rule.message.split())
    said = said if len(said) <= _LONG else f"{said[: _LONG - 3]}..."
    reason = (
        f"Salesforce's validation rule {rule.name} on {rule.kind} is encoded by no criterion, so a"
        f' record that breaks it is refused only when it is written. It says: "{said}". Add an'
        f' expectation to {suite.file} with "encodes": ["{rule.id}"] in its meta (docs/criteria.md'
        ' shows how), or name the rule in the suite\'s own meta under "left_to_salesforce".'
    )
    return Issue(rule.id, "salesforce", "rule_not_encoded", WARNED, reason)


def _gone(id_: str, criterion: str | None, suite: Suite, kinds: Sequence[str]) -> Issue:
    kind = id_.split(".", maxsplit=1)[0]
    why = (
        "has no such active rule"
        if kind in kinds
        else f"knows no rule of {kind} here: {suite.object_type} are {' and '.join(kinds)}"
    )
    held = f"the criterion {criterion} stands for it and may hold records for nothing"
    reason = (
        f"Salesforce {why}: {id_}; {held if criterion else 'the suite leaves it to Salesforce'}."
        f" Take it out of {suite.file}, or switch the rule on again."
    )
    return Issue(id_, "salesforce", "rule_gone", WARNED, reason)

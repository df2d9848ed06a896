"""Whether what a mapping says beyond names makes sense: transforms, defaults, labels, constants.

What cannot be taken back may only stand under a rule that never goes back: a transform that
loses something, several values that the other system says as one. And what is given
must be a value of the field's type, because nobody is there to mend it when it is sent.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from zoneinfo import available_timezones

from include.crmsync.mappings.parse import Where
from include.crmsync.mappings.problem import Problem, meant, none_of
from include.crmsync.mappings.shape import EVERY, ConstantShape, Draft
from include.crmsync.model.mapping import FieldType
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.transform import Transform

ONE_WAY = (SyncRule.ALWAYS_HUBSPOT, SyncRule.ALWAYS_SALESFORCE)
PORTAL = "portal"
"""The time zone of the HubSpot portal."""

_WORDS = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.PICKLIST})
FITTING = {
    Transform.COUNTRY_CODE: frozenset({FieldType.STRING, FieldType.PICKLIST}),
    Transform.COUNTRY_NAME: frozenset({FieldType.STRING, FieldType.PICKLIST}),
    Transform.PERCENT: frozenset({FieldType.NUMBER}),
    Transform.ROUND_TO_CENTS: frozenset({FieldType.NUMBER}),
    Transform.E164_PHONE: frozenset({FieldType.PHONE, FieldType.STRING}),
    Transform.STRIP_URL: frozenset({FieldType.STRING}),
    Transform.LOWER: _WORDS,
    Transform.UPPER: _WORDS,
    Transform.TITLE_CASE: _WORDS,
    Transform.SINGLE_LINE: _WORDS,
}
"""Transform -> the mapped types it can be applied to."""

_LISTED = frozenset({FieldType.PICKLIST, FieldType.MULTIPICKLIST})
_POINTS = frozenset({FieldType.OWNER, FieldType.PARENT, FieldType.ROLES})


def transforms(draft: Draft) -> Iterator[Problem]:
    """A transform fits its type and its rule, and stands alone."""
    for at, field in enumerate(draft.fields):
        if field.transform is None:
            continue
        where: Where = ("fields", at, "transform")
        name = field.transform
        if field.type is not None and field.type not in FITTING[name]:
            fitting = ", ".join(sorted(FITTING[name]))
            yield draft.problem(where, f"transform {name} is for {fitting}, not {field.type}")
        if field.rule is not None and not name.invertible and not _one_way(field.rule):
            text = (
                f"transform {name} cannot be taken back, so the rule must go one way: use"
                f" {', '.join(ONE_WAY)}, not {field.rule}"
            )
            yield draft.problem(where, text)
        if field.values is not None:
            yield draft.problem(where, "transform and values exclude each other: leave one out")
        if field.name is not None and field.name == draft.head.match_on:
            text = "records are recognised by this field: it cannot be transformed"
            yield draft.problem(where, text)


def defaults(draft: Draft) -> Iterator[Problem]:
    """A default is a value of its field; what identifies a record or points has none."""
    for at, field in enumerate(draft.fields):
        if field.default is None:
            continue
        where: Where = ("fields", at, "default")
        if field.type in _POINTS or field.name == draft.head.match_on:
            text = "default is not for owners, parents, or what records are recognised by"
            yield draft.problem(where, text)
        elif field.rule is SyncRule.DONT_SYNC:
            yield draft.problem(where, "default is of no use with the rule dont_sync")
        elif not _is_value(field.default, field.type):
            yield draft.problem(
                where, f'default "{field.default}" is no value of type {field.type}'
            )
        elif field.values is not None:
            known = [one for several in field.values.values() for one in several]
            if field.default not in known:
                yield draft.problem(where, f"default {none_of(field.default, known)}")


def flags(draft: Draft) -> Iterator[Problem]:
    """`labels`, `optional` and `zone` stand where they mean something."""
    for at, field in enumerate(draft.fields):
        where: Where = ("fields", at)
        if field.labels and field.type is not None and field.type not in _LISTED:
            text = f"labels is for picklists, and the type is {field.type}: leave it out"
            yield draft.problem((*where, "labels"), text)
        vital = field.required or (field.name is not None and field.name == draft.head.match_on)
        if field.optional and vital:
            text = "optional is not for what is required or what records are recognised by"
            yield draft.problem((*where, "optional"), text)
        if field.zone is not None and field.type not in (None, FieldType.DATE):
            text = f"zone is for dates, and the type is {field.type}: leave it out"
            yield draft.problem((*where, "zone"), text)
        if field.zone not in (None, PORTAL, *available_timezones()):
            known = [PORTAL, *sorted(available_timezones())]
            text = f'zone "{field.zone}" is neither {PORTAL} nor a time zone'
            yield draft.problem((*where, "zone"), text + meant(field.zone or "", known))


def owners(draft: Draft) -> Iterator[Problem]:
    """An owner always travels both ways, or not at all: neither system does without one."""
    for at, field in enumerate(draft.fields):
        fine = (None, SyncRule.TWO_WAY, SyncRule.DONT_SYNC)
        if field.type is FieldType.OWNER and field.rule not in fine:
            text = f"an owner travels two_way, or not at all (dont_sync); {field.rule} is neither"
            yield draft.problem(("fields", at, "rule"), text)


def companions(draft: Draft) -> Iterator[Problem]:
    """What a field moves with is another mapped field."""
    named = [one.name for one in draft.fields if one.name]
    for at, field in enumerate(draft.fields):
        if field.moves_with is None:
            continue
        if field.moves_with not in named or field.moves_with == field.name:
            others = [name for name in named if name != field.name]
            text = f"moves_with: field {none_of(field.moves_with, others)}"
            yield draft.problem(("fields", at, "moves_with"), text)


def constants(draft: Draft) -> Iterator[Problem]:
    """A constant is written into one system, and is a value of its type."""
    for at, one in enumerate(draft.constants):
        where: Where = ("constants", at)
        if (one.hubspot is None) == (one.salesforce is None):
            text = "a constant names the field of one system: hubspot or salesforce"
            yield draft.problem(where, text)
        if one.value is not None and not _is_value(one.value, one.type):
            text = f'value "{one.value}" is no value of type {one.type}'
            yield draft.problem((*where, "value"), text)
        if one.type in _POINTS:
            text = f"a constant cannot be of type {one.type}: ids mean something in one system only"
            yield draft.problem((*where, "type"), text)
        yield from _constant_objects(draft, where, one)


def _constant_objects(draft: Draft, where: Where, one: ConstantShape) -> Iterator[Problem]:
    for name in one.salesforce or {}:
        if name != EVERY and draft.objects and name not in draft.objects:
            text = f"object {none_of(name, draft.objects)}"
            yield draft.problem((*where, "salesforce", name), text)


def _one_way(rule: SyncRule) -> bool:
    return rule in ONE_WAY or rule is SyncRule.DONT_SYNC


def _is_value(text: str, type_: FieldType | None) -> bool:
    """Whether a text is the canonical spelling of a value of the type."""
    if text == "" or text != text.strip():
        return False
    match type_:
        case FieldType.BOOLEAN:
            return text in ("true", "false")
        case FieldType.NUMBER:
            return _is_number(text)
        case FieldType.DATE:
            return _is_day(text)
        case FieldType.DATETIME:
            return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text) is not None
        case _:
            return True


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

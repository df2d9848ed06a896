"""The parts of docs/errors.md that come from the catalogue of refusals."""

from collections.abc import Iterator, Mapping

from include.crmsync.errors.catalogue import OURS, Advice, Category, RetryPolicy, Who, catalogue
from include.crmsync.model.record import System

Row = tuple[str, ...]

CATEGORIES: Mapping[Category, str] = {
    Category.ASSOCIATIONS: "the records it belongs to or points at",
    Category.CUSTOM_CODE: "the account's own rules, flows and programs",
    Category.DUPLICATES: "another record is, or has, the same",
    Category.PERMISSIONS: "who may do what",
    Category.PROPERTY_VALUES: "the value does not fit the field",
    Category.DELETED_OR_CONVERTED: "the record is not what it was any more",
    Category.LIMITS: "too much at once, too much in a day, or the CRM is down",
    Category.OTHER: "everything else, and every code that nobody has written down yet",
}

WHO: Mapping[Who, str] = {one: one.words for one in Who}

RETRIES: Mapping[RetryPolicy, str] = {
    RetryPolicy.NOW: "at once, after a pause, inside the run",
    RetryPolicy.NEXT_RUN: "by each of the next runs, up to the cap; then by the nightly sweep",
    RetryPolicy.NIGHTLY: "when it changes, and by the nightly sweep",
    RetryPolicy.WHEN_CHANGED: "when its value, its mapping or the schema changes",
    RetryPolicy.NEVER: "never by itself",
}


def sections() -> Iterator[tuple[str, list[Row]]]:
    """A heading and the rows beneath it, for each system and category that has codes."""
    for name, label in (*((str(one), one.label) for one in System), (OURS, "The sync itself")):
        known = catalogue()[name].values()
        for category in Category:
            rows = list(_rows([one for one in known if one.category is category]))
            if rows:
                yield f"{label}: {category.replace('_', ' ')}", rows


def _rows(known: list[Advice]) -> Iterator[Row]:
    """One row for all codes that share their words."""
    groups: dict[str, list[Advice]] = {}
    for one in known:
        groups.setdefault(one.title, []).append(one)
    for title, alike in groups.items():
        first = alike[0]
        codes = ", ".join(f"`{one.code}`" for one in alike)
        yield codes, title, first.cause, first.remedy, WHO[first.who], RETRIES[first.retry]

"""A refusal in Salesforce's own words.

Single calls answer a list of `{message, errorCode, fields}` under an HTTP status; rows of a
collection carry the same facts as `statusCode`. Code raises `Refusal` and nothing else; the
place that catches it decides which of the two spellings goes out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from include.sandbox.wire import Answer


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: an error code, a sentence, and the fields it is about."""

    code: str
    message: str
    fields: tuple[str, ...] | None = None
    """None where the real API names no `fields` at all."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Further keys of the error body, e.g. what a duplicate rule found."""

    def as_error(self) -> dict[str, Any]:
        """The fault as a single call shows it."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code, **self.extra}
        return body if self.fields is None else body | {"fields": list(self.fields)}

    def as_row(self) -> dict[str, Any]:
        """The fault as a row of a collection shows it."""
        return {
            "statusCode": self.code,
            "message": self.message,
            "fields": list(self.fields or ()),
            **self.extra,
        }


class Refusal(Exception):
    """A request, or one record of it, is refused."""

    def __init__(self, faults: Iterable[Fault], status: int = 400) -> None:
        self.faults = tuple(faults)
        self.status = status
        super().__init__("; ".join(f"{one.code}: {one.message}" for one in self.faults))

    def answer(self) -> Answer:
        """The refusal as the answer to a single call."""
        return Answer(self.status, [fault.as_error() for fault in self.faults])


def refusal(
    code: str, message: str, fields: Iterable[str] | None = None, *, status: int = 400
) -> Refusal:
    """A refusal with one fault."""
    named = None if fields is None else tuple(fields)
    return Refusal([Fault(code, message, named)], status)


def missing() -> Refusal:
    """Nothing is at this address."""
    return refusal("NOT_FOUND", "The requested resource does not exist", status=404)


def deleted(*, status: int = 404) -> Refusal:
    """The record lies in the Recycle Bin."""
    return refusal("ENTITY_IS_DELETED", "entity is deleted", (), status=status)

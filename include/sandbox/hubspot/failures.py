"""HubSpot's errors: one exception that becomes one answer.

Every error body has status, message, correlationId and category; what went wrong with single
properties or rows is listed in errors. The old habit of putting those once more into the
message, as JSON inside a sentence, is kept, because clients read it there.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from include.sandbox.wire import Answer

VALIDATION = "VALIDATION_ERROR"
NOT_FOUND = "OBJECT_NOT_FOUND"
CONFLICT = "CONFLICT"


class Failure(Exception):
    """A request or a row that is refused."""

    def __init__(
        self,
        status: int,
        category: str,
        message: str,
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        context: Mapping[str, Any] | None = None,
        sub_category: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.category = category
        self.message = message
        self.errors = list(errors)
        self.context = dict(context or {})
        self.sub_category = sub_category
        self.extra = dict(extra or {})
        super().__init__(message)

    def answer(self, correlation_id: str) -> Answer:
        """The whole answer to a request that failed."""
        body = {"status": "error", "message": self.message, "correlationId": correlation_id}
        return Answer(self.status, {**body, **self._rest(), **self.extra})

    def row(self, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One entry of `errors` in an answer that was given in part."""
        both = {**self.context, **(context or {})}
        told = {"status": "error", "message": self.message, "errors": [], "links": {}}
        return {**told, **self._rest(), "context": both}

    def _rest(self) -> dict[str, Any]:
        told: dict[str, Any] = {"category": self.category}
        if self.sub_category:
            told["subCategory"] = self.sub_category
        if self.errors:
            told["errors"] = self.errors
        if self.context:
            told["context"] = self.context
        return told


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one property's value."""

    name: str
    code: str
    message: str


def invalid_values(problems: Iterable[Problem]) -> Failure:
    """A record refused for the values of its properties."""
    listed = list(problems)
    told = [
        {
            "isValid": False,
            "message": one.message,
            "error": one.code,
            "name": one.name,
            "localizedErrorMessage": one.message,
        }
        for one in listed
    ]
    return Failure(
        400,
        VALIDATION,
        f"Property values were not valid: {json.dumps(told, ensure_ascii=False)}",
        errors=[
            {"message": one.message, "code": one.code, "context": {"propertyName": [one.name]}}
            for one in listed
        ],
    )


def bad_request(message: str, **context: Any) -> Failure:
    """A request that makes no sense."""
    return Failure(400, VALIDATION, message, context=context)


def not_found(message: str = "resource not found", **context: Any) -> Failure:
    """Something that is not there."""
    return Failure(404, NOT_FOUND, message, context=context)


def conflict(kind: str, existing: int) -> Failure:
    """A record that would be the second of its kind."""
    return Failure(409, CONFLICT, f"{kind} already exists. Existing ID: {existing}")

"""How values lie in columns: alike on SQLite and PostgreSQL, and readable by a person.

Moments are UTC with microseconds and come back aware. Mappings are JSON text. Values of
records are plain text; what a database cannot store in text (a NUL, half a surrogate pair) is
replaced by a visible sign, so that one such value never stops a run.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

_SURROGATE = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """The text as a text column can hold it."""
    return _SURROGATE.sub("\ufffd", text.replace("\x00", "\u2400"))


class Moment(TypeDecorator[datetime]):
    """An aware moment, UTC; `timestamptz` on PostgreSQL, sortable text on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be remembered")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        aware = value if dialect.name == "postgresql" else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside: a record's value, or a CRM's words."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else storable(value)


class Json(TypeDecorator[Any]):
    """A mapping as JSON text with sorted keys; whatever it holds comes back exactly."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        if _SURROGATE.search(text):
            return json.dumps(value, ensure_ascii=True, sort_keys=True)
        return text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)

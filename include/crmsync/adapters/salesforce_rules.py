"""An org's own validation rules: which there are, by the Tooling API; one call for all kinds.

What a rule computes is not asked for: its formula comes one rule at a time, and cannot be judged
here. Its name and message are enough to say which criterion encodes it. Reading them takes the
permission "View Setup and Configuration"; a user without it is answered with a refusal, which is
told and stops nothing.
"""

from typing import Any

from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.scrub import one_line
from include.crmsync.adapters.soql import select, within
from include.crmsync.errors import Rejected, Unauthorized
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.schema import Rules, ValidationRule

_KIND = "EntityDefinition.QualifiedApiName"


def read_rules(api: SalesforceApi, mapping: ObjectMapping) -> Rules:
    """The active rules of a mapping's objects."""
    fields = ["ValidationName", "ErrorMessage", _KIND]
    where = ["Active = true", within(_KIND, mapping.salesforce)]
    soql = select(fields, "ValidationRule", where=where)
    try:
        found = list(_pages(api, soql))
    except Rejected as refused:
        return Rules(refused=refused.code or "a refusal")
    except Unauthorized:
        return Rules(refused="FORBIDDEN")
    rules = (_rule(one) for one in found)
    return Rules(tuple(sorted((one for one in rules if one), key=lambda one: one.id)))


def _pages(api: SalesforceApi, soql: str) -> Any:
    page = api.send("GET", "tooling/query/", query={"q": soql}).json()
    yield from page.get("records") or ()
    while not page.get("done", True) and page.get("nextRecordsUrl"):
        after = str(page["nextRecordsUrl"]).rsplit("/", 1)[-1]
        page = api.send("GET", f"tooling/query/{after}").json()
        yield from page.get("records") or ()


def _rule(told: dict[str, Any]) -> ValidationRule | None:
    """A rule as its row tells it; None for a row without its object."""
    kind = (told.get("EntityDefinition") or {}).get("QualifiedApiName")
    name = told.get("ValidationName")
    message = one_line(str(told.get("ErrorMessage") or ""))
    return ValidationRule(kind, name, message) if kind and name else None

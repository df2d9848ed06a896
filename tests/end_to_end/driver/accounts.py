"""What the two accounts say about themselves: owners, lists, lengths, digits, types.

Read through the public APIs, like everything else; what a value means depends on it.
"""

from collections.abc import Iterator
from typing import Any

from tests.end_to_end.driver.crms import Crms
from tests.end_to_end.driver.ledger import Ledger
from tests.end_to_end.driver.mapping import Mapped
from tests.end_to_end.driver.spelling import Words

_TEXTS = ("string", "textarea", "phone", "email", "url", "picklist")
_NUMBERS = ("double", "currency", "percent", "int")


def ask(crms: Crms, mappings: dict[str, Mapped], ledger: Ledger | None) -> Words:
    """Everything that words need."""
    described = {
        kind: crms.salesforce("GET", f"sobjects/{kind}/describe")["fields"]
        for mapped in mappings.values()
        for kind in mapped.kinds
    }
    there = {f"{kind}.{one['name']}": one for kind, fields in described.items() for one in fields}
    here = {
        f"{name}.{one['name']}": one
        for name in mappings
        for one in crms.hubspot("GET", f"/crm/v3/properties/{name}")["results"]
    }
    owners, active = _owners(crms)
    return Words(
        owners=owners,
        active=active,
        companies=linked_companies(ledger),
        scales={name: int(one["scale"]) for name, one in there.items() if one["type"] in _NUMBERS},
        limits={name: int(one["length"]) for name, one in there.items() if one["type"] in _TEXTS},
        digits={name: _digits(one) for name, one in there.items() if one["type"] in _NUMBERS},
        options=dict(_options(here, there)),
        moments=frozenset(
            name for name, one in {**here, **there}.items() if one["type"] == "datetime"
        ),
    )


def linked_companies(ledger: Ledger | None) -> dict[str, dict[str, str]]:
    links = ledger.links("companies") if ledger else []
    return {
        "hubspot": {one.hubspot_id: one.id for one in links},
        "salesforce": {one.salesforce_id: one.id for one in links},
    }


def _owners(crms: Crms) -> tuple[dict[str, dict[str, str]], dict[str, frozenset[str]]]:
    here: dict[str, str] = {}
    active: set[str] = set()
    for archived in ("false", "true"):
        for one in crms.hubspot("GET", f"/crm/v3/owners?limit=100&archived={archived}")["results"]:
            here[str(one["id"])] = one["email"].lower()
            if archived == "false":
                active.add(one["email"].lower())
    users = crms.query("SELECT Id, Email, IsActive FROM User")
    there = {one["Id"]: one["Email"].lower() for one in users}
    working = frozenset(one["Email"].lower() for one in users if one["IsActive"])
    return {"hubspot": here, "salesforce": there}, {
        "hubspot": frozenset(active),
        "salesforce": working,
    }


def _digits(one: dict[str, Any]) -> int:
    if one["type"] == "int":
        return int(one["digits"])
    return int(one["precision"]) - int(one["scale"])


def _options(here: dict[str, Any], there: dict[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    for name, one in here.items():
        if one["type"] == "enumeration" and one.get("options"):
            yield f"hubspot.{name}", frozenset(option["value"] for option in one["options"])
    for name, one in there.items():
        if one.get("restrictedPicklist"):
            yield (
                f"salesforce.{name}",
                frozenset(option["value"] for option in one["picklistValues"] if option["active"]),
            )

"""Which scopes a call needs, by its path.

One of them is enough. A path that is not named here needs none.
"""

import re

from include.sandbox.hubspot.failures import Failure
from include.sandbox.hubspot.object_types import ObjectType

LINK = "https://developers.hubspot.com/scopes"
_STANDARD = ("contacts", "companies", "deals", "leads", "quotes", "line_items", "products")
_SHARED = ("tickets",)
_AREA = re.compile(r"/crm/(objects|properties|pipelines|associations)/([^/]+)")
_OLD = re.compile(r"/(?:(properties)/v\d|crm-(?:pipelines|objects)/v1/(pipelines|objects))/")
"""The same areas before version 3."""


def needed(method: str, path: str, kind: ObjectType | None) -> tuple[str, ...]:
    """The scopes a call needs, of which one has to be granted.

    `path` has no version, `kind` is the first object type it names.
    """
    right = "read" if method in ("GET", "HEAD") or _only_reads(path) else "write"
    if found := _area(path):
        return _of_objects(found[1], right, kind)
    for start, scopes in _FIXED.items():
        if path.startswith(start):
            return tuple(scope.format(right=right) for scope in scopes)
    return ()


def kind_in(path: str) -> str:
    """How a path names its first object type, empty where it names none."""
    found = _area(path)
    return found[2] if found else ""


def _area(path: str) -> re.Match[str] | None:
    return _AREA.match(_OLD.sub(lambda old: f"/crm/{old[1] or old[2]}/", path, count=1))


def missing(scopes: tuple[str, ...]) -> Failure:
    """The refusal of a call whose token lacks these."""
    return Failure(
        403,
        "MISSING_SCOPES",
        "This app hasn't been granted all required scopes to make this call. "
        f"Read more about required scopes here: {LINK}.",
        errors=[
            {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": list(scopes)},
            }
        ],
        extra={"links": {"scopes": LINK}},
    )


_FIXED = {
    "/crm/owners": ("crm.objects.owners.read",),
    "/settings/users": ("settings.users.read",),
    "/crm/lists": ("crm.lists.{right}",),
    "/crm/exports": ("crm.export",),
    "/crm-object-schemas": ("crm.schemas.custom.{right}",),
    "/crm/schemas": ("crm.schemas.custom.{right}",),
    "/form-integrations": ("forms",),
    "/marketing/forms": ("forms",),
    "/marketing/emails": ("content", "marketing-email"),
    "/communication-preferences": ("communication_preferences.{right}",),
    "/contacts/v1/lists/all/contacts": ("crm.objects.contacts.read",),
    "/contacts/v1/lists": ("crm.lists.read",),
    "/contacts/v1": ("crm.objects.contacts.read",),
    "/companies/v2/properties": ("crm.schemas.companies.read",),
    "/companies/v2": ("crm.objects.companies.read",),
    "/deals/v1": ("crm.objects.deals.read",),
    "/crm-associations/v1": ("crm.objects.contacts.read",),
    "/engagements/v1": ("crm.objects.contacts.read",),
    "/owners/v2": ("crm.objects.owners.read",),
    "/email/public/v1": ("content",),
    "/marketing-emails/v1": ("content",),
    "/forms/v2": ("forms",),
    "/automation/v3": ("automation",),
}


def _only_reads(path: str) -> bool:
    return path.endswith(("/search", "/batch/read"))


def _of_objects(area: str, right: str, kind: ObjectType | None) -> tuple[str, ...]:
    if kind is None:
        return ()
    if kind.name in _SHARED:
        return (kind.name,)
    if area == "properties":
        named = kind.name if kind.name in _STANDARD else "contacts"
        return (f"crm.schemas.{'custom' if kind.custom else named}.{right}",)
    if kind.custom:
        return (f"crm.objects.custom.{right}",)
    # What people log belongs to contacts.
    return (f"crm.objects.{kind.name if kind.name in _STANDARD else 'contacts'}.{right}",)


_RIGHTS = ("read", "write")
ALL = (
    "oauth",
    "forms",
    "content",
    "marketing-email",
    "communication_preferences.read",
    "automation",
    "settings.users.read",
    "crm.export",
    *_SHARED,
    "crm.objects.owners.read",
    *(f"crm.lists.{right}" for right in _RIGHTS),
    *(
        f"crm.{of}.{name}.{right}"
        for of in ("objects", "schemas")
        for name in (*_STANDARD, "custom")
        for right in _RIGHTS
    ),
)
"""Every scope there is."""

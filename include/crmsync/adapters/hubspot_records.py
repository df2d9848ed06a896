"""HubSpot's objects as our records: which properties to ask for, and what an answer means.

Pure. `raw` holds the properties as HubSpot spells them, all strings or None. The stamp is the
type's own modified property, the one search filters by, so that watermark and search can
never disagree. A look-up by e-mail also finds a contact by an address it no longer uses
first; `holds` tells whether the contact found really has the address asked for.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from include.crmsync.adapters.hubspot_search import modified_at, modified_property
from include.crmsync.model.host import MORE_DOMAINS
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Associations, Record, System

MORE_MAILS = "hs_additional_emails"

MERGED = "hs_merged_object_ids"
"""Ids of the objects that were merged into this one."""


def properties_of(mapping: ObjectMapping) -> list[str]:
    """Every property to ask for: the mapped ones, the key, and what a Record needs."""
    extra = [mapping.hubspot_key, modified_property(mapping.hubspot), MERGED]
    mails = [MORE_MAILS] if mapping.hubspot == "contacts" else []
    further = [mapping.match_further] if mapping.match_further else []
    domains = [mapping.match_domain[System.HUBSPOT], MORE_DOMAINS] if mapping.match_domain else []
    told = [*extra, *mails, *mapping.linked_by, *further, *domains]
    wanted = [*mapping.wire_fields(System.HUBSPOT, mapping.hubspot), *told]
    return list(dict.fromkeys(wanted))


def to_record(mapping: ObjectMapping, item: Mapping[str, Any], associated: Associations) -> Record:
    """One result as a Record."""
    return Record(
        system=System.HUBSPOT,
        object_type=mapping.object_type,
        id=str(item["id"]),
        kind=mapping.hubspot,
        modified_at=modified_at(item, modified_property(mapping.hubspot)),
        raw=item["properties"],
        parents=associated.parents,
        roles=associated.roles,
    )


def holds(item: Mapping[str, Any], field: str, wanted: Iterable[str]) -> bool:
    """Whether an object holds one of the values in `field`; other e-mails count too."""
    properties = item["properties"]
    one = str(properties.get(field) or "").strip().casefold()
    held = {*mails(properties)} if field == "email" else {one}
    return not (held - {""}).isdisjoint(value.casefold() for value in wanted)


def mails(properties: Mapping[str, Any]) -> list[str]:
    """Every e-mail address of a contact, folded, the first one first."""
    listed = [properties.get("email") or "", *(properties.get(MORE_MAILS) or "").split(";")]
    return [mail for one in listed if (mail := str(one).strip().casefold())]

"""Lead conversion and merging: what the real API leaves to other interfaces than REST.

Converting makes an account, a contact and, unless told otherwise, an opportunity of a lead,
or uses an account and a contact that exist; the lead stays, marked and read-only. Merging
leaves one record, moves what hung below the others to it, and puts those in the Recycle Bin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from include.sandbox.salesforce.bodies import Draft
from include.sandbox.salesforce.errors import refusal
from include.sandbox.salesforce.org import Org
from include.sandbox.salesforce.schema import SObject
from include.sandbox.salesforce.store import Row
from include.sandbox.salesforce.values import wire_time
from include.sandbox.salesforce.writer import Author

MOST_MERGED = 3
STATUS = "Closed - Converted"
_PLACE = ("Street", "City", "State", "PostalCode", "Country")
_PERSON = ("FirstName", "LastName", "Salutation", "Title", "Email", "Phone", "MobilePhone", "Fax")
_WISHES = ("HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall")
_TO_CONTACT = (*_PERSON, *_WISHES, "LeadSource", "Description")
_SIZE = ("Industry", "AnnualRevenue", "NumberOfEmployees", "Rating")
_TO_ACCOUNT = ("Phone", "Fax", "Website", *_SIZE)


@dataclass(frozen=True, slots=True)
class Conversion:
    """How to convert a lead; None where a new record is wanted."""

    lead_id: str
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_name: str | None = None
    """None: named after the company."""
    with_opportunity: bool = True
    status: str = STATUS


@dataclass(frozen=True, slots=True)
class Converted:
    """What a lead became."""

    account_id: str
    contact_id: str
    opportunity_id: str | None


def convert(org: Org, how: Conversion, author: Author) -> Converted:
    """Convert a lead; raises Refusal and then changes nothing."""
    kind = org.schema.named("Lead")
    with org.world.database.transaction():
        lead = org.writer.writable(kind, how.lead_id)
        if lead["IsConverted"]:
            raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
        owner = lead["OwnerId"] if lead["OwnerId"].startswith("005") else author.user_id
        account_id = how.account_id or _make(org, author, "Account", _account(lead, owner))
        contact_id = how.contact_id or _make(
            org, author, "Contact", _contact(lead, owner) | {"AccountId": account_id}
        )
        opportunity_id = None
        if how.with_opportunity:
            fields = _opportunity(org, lead, how, author) | {"OwnerId": owner}
            opportunity_id = _make(org, author, "Opportunity", fields | {"AccountId": account_id})
            _make_role(org, author, opportunity_id, contact_id)
        done = Converted(account_id, contact_id, opportunity_id)
        org.store.update(kind, lead["Id"], _marks(done, how, author))
        _move_members(org, lead["Id"], contact_id, author)
    return done


def merge(
    org: Org, kind: SObject, master_id: str, merged_ids: Sequence[str], author: Author
) -> None:
    """Merge records into a master; raises Refusal and then changes nothing."""
    if not kind.mergeable:
        raise refusal("INVALID_TYPE", f"{kind.name} records cannot be merged")
    if not 1 <= len(merged_ids) < MOST_MERGED:
        raise refusal("INVALID_INPUT", f"a merge takes at most {MOST_MERGED} records in all")
    stamps = _stamps(author)
    with org.world.database.transaction():
        master = org.writer.writable(kind, master_id)
        for one in merged_ids:
            loser = org.writer.writable(kind, one)
            for child in kind.children:
                _reparent(org, child.sobject, child.field, (loser["Id"], master["Id"]), author)
            gone = {"IsDeleted": 1, "MasterRecordId": master["Id"], **stamps}
            org.store.update(kind, loser["Id"], gone)
        org.store.update(kind, master["Id"], stamps)


def _reparent(org: Org, sobject: str, field: str, move: tuple[str, str], author: Author) -> None:
    child = org.schema.named(sobject)
    if not child.audited:
        return
    for one in org.store.ids_holding(child, field, move[0]):
        org.store.update(child, one, {field: move[1], **_stamps(author)})


def _make(org: Org, author: Author, sobject: str, fields: Row) -> str:
    filled = {name: value for name, value in fields.items() if value is not None}
    return org.writer.create(Draft(org.schema.named(sobject), filled), author)


def _account(lead: Row, owner: str) -> Row:
    fields = {name: lead[name] for name in _TO_ACCOUNT}
    fields |= {f"Billing{part}": lead[part] for part in _PLACE}
    return fields | {"Name": lead["Company"], "AccountSource": lead["LeadSource"], "OwnerId": owner}


def _contact(lead: Row, owner: str) -> Row:
    fields = {name: lead[name] for name in _TO_CONTACT}
    return fields | {f"Mailing{part}": lead[part] for part in _PLACE} | {"OwnerId": owner}


def _opportunity(org: Org, lead: Row, how: Conversion, author: Author) -> Row:
    stages = org.store.every(org.schema.named("OpportunityStage"))
    first = min(
        stages, key=lambda stage: stage["SortOrder"] or 0, default={"ApiName": "Prospecting"}
    )
    today = author.now.date()
    return {
        "Name": how.opportunity_name or f"{lead['Company']}-"[:120],
        "StageName": first["ApiName"],
        "CloseDate": today.replace(month=(today.month + 2) // 3 * 3, day=30).isoformat(),
        "LeadSource": lead["LeadSource"],
    }


def _make_role(org: Org, author: Author, opportunity_id: str, contact_id: str) -> None:
    fields = {"OpportunityId": opportunity_id, "ContactId": contact_id, "IsPrimary": 1}
    _make(org, author, "OpportunityContactRole", fields)


def _marks(done: Converted, how: Conversion, author: Author) -> Row:
    return {
        "IsConverted": 1,
        "Status": how.status,
        "ConvertedDate": author.now.date().isoformat(),
        "ConvertedAccountId": done.account_id,
        "ConvertedContactId": done.contact_id,
        "ConvertedOpportunityId": done.opportunity_id,
        **_stamps(author),
    }


def _move_members(org: Org, lead_id: str, contact_id: str, author: Author) -> None:
    kind = org.schema.named("CampaignMember")
    for one in org.store.ids_holding(kind, "LeadId", lead_id):
        org.store.update(kind, one, {"ContactId": contact_id, **_stamps(author)})


def _stamps(author: Author) -> dict[str, Any]:
    now = wire_time(author.now)
    return {"LastModifiedDate": now, "LastModifiedById": author.user_id, "SystemModstamp": now}

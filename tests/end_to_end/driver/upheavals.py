"""What makes records one, or another kind, or brings them back: merges, conversions, restores.

HubSpot merges over its API; what people do in Salesforce's own pages is asked of the sandbox. Which
records are whose counterpart afterwards is told by the state store, and judged by what both hold.
"""

from random import Random

from tests.end_to_end.driver.crms import Crms, Picture

Pictures = dict[str, Picture]


def upheave(crms: Crms, dice: Random, pictures: Pictures, deleted: list[str]) -> str:
    """Do one of them; what was done, in words, is empty where there is nothing to do it to."""
    how = dice.choice((_merge_here, _merge_there, _convert, _undelete))
    return how(crms, dice, pictures, deleted)


def _merge_here(crms: Crms, dice: Random, pictures: Pictures, _deleted: list[str]) -> str:
    name = dice.choice(("contacts", "contacts", "companies", "deals"))
    two = _two(dice, sorted(pictures[name].hubspot))
    if two is None:
        return ""
    body = {"primaryObjectId": two[0], "objectIdToMerge": two[1]}
    crms.hubspot("POST", f"/crm/v3/objects/{name}/merge", body)
    return f"hubspot {name} {two[1]} merged into {two[0]}"


def _merge_there(crms: Crms, dice: Random, pictures: Pictures, _deleted: list[str]) -> str:
    kind = dice.choice(("Contact", "Contact", "Lead", "Account"))
    name = "companies" if kind == "Account" else "contacts"
    records = pictures[name].salesforce.values()
    two = _two(dice, sorted(one.id for one in records if one.kind == kind))
    if two is None:
        return ""
    body = {"sobject": kind, "master_id": two[0], "merged_ids": [two[1]]}
    crms.control("POST", "salesforce/merge", body)
    return f"salesforce {kind} {two[1]} merged into {two[0]}"


def _convert(crms: Crms, dice: Random, pictures: Pictures, _deleted: list[str]) -> str:
    records = pictures["contacts"].salesforce.values()
    leads = sorted(one.id for one in records if one.kind == "Lead")
    if not leads:
        return ""
    lead = dice.choice(leads)
    made = crms.control("POST", "salesforce/convert-lead", {"lead_id": lead})
    return f"salesforce Lead {lead} converted: {made}"


def _undelete(crms: Crms, dice: Random, _pictures: Pictures, deleted: list[str]) -> str:
    if not deleted:
        return ""
    id_ = deleted.pop(dice.randrange(len(deleted)))
    crms.control("POST", "salesforce/undelete", {"id": id_})
    return f"salesforce {id_} restored"


def _two(dice: Random, ids: list[str]) -> tuple[str, str] | None:
    if len(ids) < 2:
        return None
    winner, loser = dice.sample(ids, 2)
    return winner, loser

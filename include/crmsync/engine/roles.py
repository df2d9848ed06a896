"""Who has a role in a record: one canonical value, and how three versions of it are settled.

The value names the link of each record that has a role, with the role's name where it has one:
`12;15=Decision Maker`. Only records that are linked, to a record that can have a role in
Salesforce, are in it: the others wait until they are. HubSpot can say the names only for
which the mapping has a label, so its version is compared with as much of ours as it can say.
What both systems added since the base is kept, and what either took away goes.
"""

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote, unquote

from include.crmsync.engine.directory import Directory
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.record import Record, System, Value
from include.crmsync.model.role import Role, RoleWrite
from include.crmsync.model.rule import SyncRule

Names = Mapping[str, str]
"""Link id of whoever has a role -> the role's name, empty where it has none."""

Three = tuple[Names, Names, Names]
"""Base, HubSpot's and Salesforce's version."""


def spelled(names: Names) -> Value:
    """The canonical value; blank where nobody has a role."""
    parts = (
        f"{quote(link)}={quote(name, safe=' ')}" if name else quote(link)
        for link, name in sorted(names.items(), key=lambda one: (len(one[0]), one[0]))
    )
    return ";".join(parts) or None


def understood(value: Value) -> dict[str, str]:
    """A canonical value taken apart."""
    pairs = (part.partition("=") for part in (value or "").split(";") if part)
    return {unquote(link): unquote(name) for link, _, name in pairs}


def read(record: Record, field: FieldMapping, directory: Directory) -> Value:
    """The canonical value of a record's roles."""
    return roles_of(record.roles.get(field.parent or "", ()), field, directory, record.system)


def roles_of(
    roles: Iterable[Role],
    field: FieldMapping,
    directory: Directory,
    system: System = System.HUBSPOT,
) -> Value:
    """The canonical value of some roles; of two roles of one holder the first stands."""
    names: dict[str, str] = {}
    for role in roles:
        if (link := _link(role, field, system, directory)) is not None:
            names.setdefault(link, _canonical(role.name, field, system))
    return spelled(names)


def waiting(record: Record, field: FieldMapping, directory: Directory) -> Value:
    """Those who have a role and are not linked yet, as `system:id`, joined; None: nobody."""
    ids = (
        f"{record.system}:{role.record_id}"
        for role in record.roles.get(field.parent or "", ())
        if _link(role, field, record.system, directory) is None
    )
    return ";".join(sorted(set(ids))) or None


def all_waiting(record: Record, mapping: ObjectMapping, directory: Directory) -> dict[str, str]:
    """Field -> who waits, for each field of roles in which anybody does."""
    found = {one.name: waiting(record, one, directory) for one in mapping.roles}
    return {name: value for name, value in found.items() if value is not None}


def write(
    value: Value, field: FieldMapping, system: System, directory: Directory
) -> tuple[Role, ...]:
    """A canonical value as the system keeps it; whoever means nothing there is left out."""
    labels = _labels(field, system)
    named = (
        (directory.write(link, field, system), name) for link, name in understood(value).items()
    )
    return tuple(Role(id_, labels.get(name, "") if labels else name) for id_, name in named if id_)


def difference(
    before: Value, after: Value, field: FieldMapping, system: System, directory: Directory
) -> RoleWrite:
    """What has to be written for a record to go from one value to the other."""
    was, becomes = understood(before), understood(after)
    given: dict[str, str | None] = {}
    for role in write(after, field, system, directory):
        link = _link(role, field, system, directory) or ""
        fresh = link not in was
        if fresh or was[link] != becomes[link]:
            given[role.record_id] = role.name or (None if fresh else "")
    lost = spelled(dict.fromkeys(was.keys() - becomes.keys(), ""))
    taken = frozenset(role.record_id for role in write(lost, field, system, directory))
    return RoleWrite(given, taken)


def as_said(value: Value, field: FieldMapping, system: System) -> Value:
    """As much of a canonical value as the system can say: HubSpot has labels for some names."""
    if system is System.SALESFORCE or value is None:
        return value
    sayable = _sayable(field)
    return spelled({link: _only(name, sayable) for link, name in understood(value).items()})


def kept(sent: Value, stored: Value, field: FieldMapping, system: System) -> Value:
    """What is agreed once `sent` was written and `stored` was read back.

    Whoever is there besides was added meanwhile, and travels by itself. A name that the system
    cannot say is remembered.
    """
    wanted, found = understood(sent), understood(stored)
    here = understood(as_said(sent, field, system))
    return spelled(
        {
            link: wanted[link] if found[link] == here[link] else found[link]
            for link in wanted
            if link in found
        }
    )


def settle(
    three: Three, field: FieldMapping, *, salesforce_newest: bool, known: Collection[str]
) -> tuple[Names, bool]:
    """Who should have which role, and whether a name was in conflict.

    `known`: links that live. Of any other neither system tells, so that it is in no version.
    """
    base = {link: name for link, name in three[0].items() if link in known}
    hubspot, salesforce = three[1], three[2]
    holders = _holders(base.keys(), hubspot.keys(), salesforce.keys(), field.rule)
    sayable = _sayable(field)
    names: dict[str, str] = {}
    conflict = False
    for link in holders:
        if link not in hubspot or link not in salesforce:
            names[link] = salesforce.get(link, hubspot.get(link, base.get(link, "")))
            continue
        was, ours, theirs = base.get(link, ""), hubspot[link], salesforce[link]
        apart = _apart(was, ours, theirs, sayable)
        stands = field.rule.owner or (System.SALESFORCE if salesforce_newest else System.HUBSPOT)
        if ours == _only(theirs, sayable):
            stands = System.SALESFORCE
        elif field.rule.owner is None and not apart:
            stands = System.HUBSPOT if theirs == was else System.SALESFORCE
        names[link] = theirs if stands is System.SALESFORCE else ours
        conflict = conflict or apart
    return names, conflict


def _holders(
    base: Collection[str], hubspot: Collection[str], salesforce: Collection[str], rule: SyncRule
) -> set[str]:
    was, ours, theirs = set(base), set(hubspot), set(salesforce)
    if rule.owner is None:
        gone = (was - ours) | (was - theirs)
        return (was | ours | theirs) - gone
    owner, other = (ours, theirs) if rule.owner is System.HUBSPOT else (theirs, ours)
    return other if rule.yields_when_blank and not owner and not was else owner


def _apart(was: str, ours: str, theirs: str, sayable: Collection[str]) -> bool:
    """Whether both systems changed the name of one holder's role, to different ones."""
    return theirs != was and ours not in (_only(was, sayable), _only(theirs, sayable))


def _link(role: Role, field: FieldMapping, system: System, directory: Directory) -> str | None:
    return directory.links.get(field.parent or "", {}).get(system, {}).get(role.record_id)


def _canonical(name: str, field: FieldMapping, system: System) -> str:
    return name if system is System.SALESFORCE else field.values.get(name, "")


def _labels(field: FieldMapping, system: System) -> dict[str, str]:
    """Role name -> HubSpot's label; empty for Salesforce, which says the names themselves."""
    if system is System.SALESFORCE:
        return {}
    return {"": "", **{theirs: ours for ours, theirs in reversed(list(field.values.items()))}}


def _sayable(field: FieldMapping) -> frozenset[str]:
    return frozenset(field.values.values())


def _only(name: str, sayable: Iterable[str]) -> str:
    return name if name in sayable else ""

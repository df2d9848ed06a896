"""The sync rules as the driver reads them: base, both values, who was last -> what both shall hold.

Written from the tables of the specification, case by case, and not from the sync's merge.
"""

OWNER = {
    "prefer_salesforce_unless_blank": "salesforce",
    "always_salesforce": "salesforce",
    "prefer_hubspot_unless_blank": "hubspot",
    "always_hubspot": "hubspot",
}
Value = str | None


def expected(rule: str, base: Value, hubspot: Value, salesforce: Value, newest: str) -> Value:
    """What both systems hold in the end."""
    if rule == "two_way":
        if hubspot == salesforce:
            return hubspot
        if hubspot == base:
            return salesforce
        if salesforce == base:
            return hubspot
        return hubspot if newest == "hubspot" else salesforce
    ours, other = (hubspot, salesforce) if OWNER[rule] == "hubspot" else (salesforce, hubspot)
    if rule.startswith("always"):
        return ours
    if ours is None and base is None:
        return other
    return ours


def conflict(base: Value, hubspot: Value, salesforce: Value) -> bool:
    """Whether both moved, apart."""
    return hubspot != salesforce and base not in (hubspot, salesforce)


def may_write(rule: str, target: str) -> bool:
    """Whether the rule lets a value reach a system where its field is blank."""
    return not (rule.startswith("always") and OWNER[rule] == target)


def owner(
    hubspot: tuple[Value, Value], salesforce: tuple[Value, Value], newest: str, *, first: bool
) -> Value:
    """Who should own both, of what each held then and holds now; None: nobody has changed it.

    A blank never travels, it is filled. On first link Salesforce's owner stands.
    """
    (was_here, here), (was_there, there) = hubspot, salesforce
    if first:
        return here if there is None else there
    moved = (here != was_here, there != was_there)
    if moved == (False, False):
        return None
    stands = newest if all(moved) else ("hubspot" if moved[0] else "salesforce")
    want, other = (here, there) if stands == "hubspot" else (there, here)
    return other if want is None else want

"""The sync rules once more, as a person reads them in the glossary: one function, no cleverness."""

from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule

Value = str | None


def stands(rule: SyncRule, base: Value, hubspot: Value, salesforce: Value, newest: System) -> Value:
    """What both systems should hold."""
    if rule is SyncRule.TWO_WAY:
        return _latest(base, hubspot, salesforce, newest)
    if rule in (SyncRule.ALWAYS_SALESFORCE, SyncRule.PREFER_SALESFORCE):
        owner, other = salesforce, hubspot
    else:
        owner, other = hubspot, salesforce
    if owner is not None or rule in (SyncRule.ALWAYS_SALESFORCE, SyncRule.ALWAYS_HUBSPOT):
        return owner
    just_cleared = base is not None
    return None if just_cleared else other


def _latest(base: Value, hubspot: Value, salesforce: Value, newest: System) -> Value:
    if hubspot == salesforce:
        return hubspot
    if salesforce == base:
        return hubspot
    if hubspot == base:
        return salesforce
    return hubspot if newest is System.HUBSPOT else salesforce

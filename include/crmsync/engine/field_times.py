"""When a field itself was last set, for conflicts that the latest edit settles.

A record's stamp moves with any of its fields: an edit of a phone number would make an old city look
new. Where a system tells when a field was set, that time counts for the field; where it does not,
the record's stamp stands in. Only conflicts under a rule without an owner ask for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from include.crmsync.engine.merge_frames import Mask
from include.crmsync.engine.pairs import newest_rows
from include.crmsync.engine.transform import MODIFIED
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Plan
from include.crmsync.model.record import System

Times = Mapping[System, Mapping[str, Mapping[str, datetime]]]
"""System -> record id -> mapped field -> when it was last set; whatever is known."""


def disputed(plan: Plan, mapping: ObjectMapping) -> dict[System, dict[str, set[str]]]:
    """The conflicts that the latest edit settles: system -> record id -> fields."""
    found: dict[System, dict[str, set[str]]] = {system: {} for system in System}
    for one in (*plan.conflicts, *plan.undecided):
        if mapping[one.field].rule.owner is None:
            found[System.HUBSPOT].setdefault(one.hubspot_id, set()).add(one.field)
            found[System.SALESFORCE].setdefault(one.salesforce_id, set()).add(one.field)
    return found


def newest_fields(
    links: Sequence[Link], rows: Mapping[System, pd.DataFrame], mapping: ObjectMapping, times: Times
) -> dict[str, Mask]:
    """Field -> where Salesforce set it last; a tie goes to Salesforce, as with records."""
    by_record = newest_rows(rows[System.HUBSPOT], rows[System.SALESFORCE])
    newest = {one.name: by_record for one in mapping.fields}
    for row, link in enumerate(links):
        told = {system: times.get(system, {}).get(link.id_in(system), {}) for system in System}
        for name in {*told[System.HUBSPOT], *told[System.SALESFORCE]} & newest.keys():
            if newest[name] is by_record:
                newest[name] = by_record.copy()
            ours, theirs = (
                told[system].get(name) or rows[system][MODIFIED].iloc[row] for system in System
            )
            newest[name][row] = theirs >= ours
    return newest

"""A seed's records put into the org as they are: no rule is asked, nothing is stamped anew.

What the org works out itself (full names, what a stage implies) is worked out here too.
"""

from collections.abc import Iterable, Iterator

from include.sandbox.population import SalesforceRecord
from include.sandbox.salesforce.computed import Computed, Writing
from include.sandbox.salesforce.org import Org
from include.sandbox.salesforce.schema import SObject
from include.sandbox.salesforce.store import Row
from include.sandbox.salesforce.values import wire_time


def load(records: Iterable[SalesforceRecord], org: Org, computed: Computed) -> None:
    """Add records in one transaction; stages and users come before what needs them."""
    by_object: dict[str, list[SalesforceRecord]] = {}
    for record in records:
        by_object.setdefault(record.sobject, []).append(record)
    with org.world.database.transaction():
        for name in sorted(by_object, key=lambda name: name != "OpportunityStage"):
            sobject = org.schema.named(name)
            rows = _rows(by_object[name], sobject, org, computed)
            org.store.insert_many(sobject, rows)
            computed.forget()


def _rows(
    records: Iterable[SalesforceRecord], sobject: SObject, org: Org, computed: Computed
) -> Iterator[Row]:
    user = org.user_named(str(org.settings["username"]))
    author = user["Id"] if user else None
    defaults = {one.name: one.default for one in sobject.stored if one.default is not None}
    for record in records:
        created, modified = wire_time(record.created_at), wire_time(record.modified_at)
        row: Row = {
            **defaults,
            "CreatedById": author,
            "LastModifiedById": author,
            **record.fields,
            "CreatedDate": created,
            "LastModifiedDate": modified,
            "SystemModstamp": modified,
        }
        row |= computed.fields(sobject.name, Writing(row, row, modified))
        yield row

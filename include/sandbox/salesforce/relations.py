"""From a record to its parent or its children, by the name of the relation.

`GET sobjects/{name}/{id}/{relation}`: a parent is one record, children are a page of query
results. An address of the same shape may name an external id instead; see records.py.
"""

from include.sandbox.salesforce.errors import missing
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.queries import Queries
from include.sandbox.salesforce.records import Records
from include.sandbox.salesforce.schema import SObject
from include.sandbox.wire import Answer


class Relations:
    """Reads along relations."""

    def __init__(self, org: Org, records: Records, queries: Queries) -> None:
        self._org = org
        self._records = records
        self._queries = queries

    def read(self, visit: Visit, sobject: str, field: str, value: str) -> Answer:
        """A record by an external id, or what a record is related to."""
        kind = self._org.seen(sobject)
        record_id = canonical(field)
        if kind.field(field) or record_id is None or not record_id.startswith(kind.prefix):
            return self._records.read_by_key(visit, sobject, field, value)
        row = self._records.existing(kind, record_id)
        if reference := kind.relation(value):
            parent = self._org.schema.of_id(row.get(reference.name) or "")
            if parent is None:
                raise missing()
            return self._records.read(visit, parent.name, str(row[reference.name]))
        return self._children(visit, kind, record_id, value)

    def _children(self, visit: Visit, kind: SObject, record_id: str, name: str) -> Answer:
        relation = kind.child(name)
        child = self._org.visible.sobject(relation.sobject) if relation else None
        if relation is None or child is None:
            raise missing()
        wanted = visit.request.get("fields")
        fields = wanted or ", ".join(one.name for one in child.fields)
        soql = f"SELECT {fields} FROM {child.name} WHERE {relation.field} = '{record_id}'"  # noqa: S608  SOQL, bound when compiled
        return Answer(body=self._queries.page(visit, soql))

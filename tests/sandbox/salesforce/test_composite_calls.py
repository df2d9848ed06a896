"""Salesforce: how composite requests are counted."""

import json
from typing import Any

import pytest

from include.sandbox.database import Database
from include.sandbox.salesforce import Salesforce
from include.sandbox.wire import Request
from include.sandbox.world import World

BATCH = "/services/data/v62.0/composite/batch"
QUERY = {"method": "GET", "url": "v62.0/query/?q=SELECT+Id+FROM+Contact"}
EDIT = {"method": "PATCH", "url": "v62.0/sobjects/Contact/003", "richInput": {}}


@pytest.mark.parametrize(
    ("path", "body", "writes"),
    [
        (BATCH, {"batchRequests": [QUERY, QUERY]}, False),
        (BATCH, {"batchRequests": [QUERY, EDIT]}, True),
        ("/services/data/v62.0/composite", {"compositeRequest": [QUERY]}, False),
        ("/services/data/v62.0/composite/graph", {"graphs": [{"compositeRequest": [EDIT]}]}, True),
        (BATCH, "not a batch", True),
    ],
)
def test_a_composite_of_reads_counts_as_a_read(path: str, body: Any, *, writes: bool) -> None:
    database = Database()
    salesforce = Salesforce(World(database))
    request = Request("POST", path, body=json.dumps(body).encode())
    assert salesforce.endpoint(request)[1] is writes
    database.close()

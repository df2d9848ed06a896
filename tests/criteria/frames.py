"""Records as the criteria see them: valid by default, so that a test states what is wrong."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from include.crmsync.model.record import System

Cells = Mapping[str, Any]

VALID: Mapping[tuple[str, System], Cells] = {
    ("companies", System.HUBSPOT): {
        "name": "Tideway",
        "contact_on_inclusion_list": "true",
        "contact_not_a_lead": "true",
    },
    ("companies", System.SALESFORCE): {"name": "Tideway"},
    ("contacts", System.HUBSPOT): {
        "email": "ada@example.com",
        "last_name": "Lovelace",
        "phone": "+44 20 7946 0000",
        "on_inclusion_list": "true",
    },
    ("contacts", System.SALESFORCE): {"email": "ada@example.com"},
    ("deals", System.HUBSPOT): {
        "name": "Engine",
        "stage": "Closed Won",
        "amount": 1200.0,
        "close_date": "2026-01-31",
    },
    ("deals", System.SALESFORCE): {"name": "Engine", "stage": "Prospecting"},
}


def frame(object_type: str, system: System, *records: Cells) -> pd.DataFrame:
    """A row per record, named 1, 2, 3..., each with some cells other than valid."""
    valid = VALID[object_type, system]
    rows = [{"record_id": str(at), **valid, **one} for at, one in enumerate(records, start=1)]
    return pd.DataFrame(rows, columns=["record_id", *valid], dtype=object)

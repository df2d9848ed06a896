"""HubSpot's gateway onto a script, and answers as HubSpot spells them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import requests

from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.adapters.hubspot_api import HubSpotApi
from tests.adapters.mappings import COMPANIES
from tests.adapters.scripted import Answer, Scripted, scripted

MORNING = datetime(2026, 1, 31, 9, tzinfo=UTC)
STAMP = "2026-01-31T09:00:00.000Z"
BY_NAME = replace(COMPANIES, match_on="name")
KEY = COMPANIES.hubspot_key


def gateway(*answers: Answer) -> tuple[HubSpot, Scripted]:
    wire, adapter, _ = scripted(answers)
    return HubSpot(HubSpotApi("canary-token", "https://hubspot.example/", wire)), adapter


def answering(script: Callable[[requests.PreparedRequest], Answer]) -> tuple[HubSpot, Scripted]:
    wire, adapter, _ = scripted(script)
    return HubSpot(HubSpotApi("canary-token", "https://hubspot.example", wire)), adapter


def item(id_: str, **properties: Any) -> dict[str, Any]:
    stamps = {"hs_lastmodifieddate": STAMP, "lastmodifieddate": STAMP}
    return {"id": id_, "properties": stamps | properties}


def path_of(request: requests.PreparedRequest) -> str:
    return request.path_url.partition("?")[0]

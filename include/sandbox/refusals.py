"""Errors that no handler of a CRM made, in that CRM's own shape.

The front door answers for a CRM when a fault says so, when a request cannot be read, or when
a handler broke. A client must then see what it would see from the real CRM: an object from
HubSpot, a list from Salesforce, with the code that goes with the status.
"""

import uuid
from typing import Any

from include.sandbox.wire import Answer

_HUBSPOT = {
    400: ("VALIDATION_ERROR", "The request could not be read."),
    401: ("INVALID_AUTHENTICATION", "Authentication credentials not found."),
    403: ("MISSING_SCOPES", "This app hasn't been granted all required scopes."),
    404: ("OBJECT_NOT_FOUND", "resource not found"),
    409: ("CONFLICT", "The resource was changed by someone else."),
    423: ("LOCKED", "The resource is locked; try again in a moment."),
    429: ("RATE_LIMITS", "You have reached your ten_secondly_rolling limit."),
}
_SALESFORCE = {
    400: ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
    401: ("INVALID_SESSION_ID", "Session expired or invalid"),
    403: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    404: ("NOT_FOUND", "The requested resource does not exist"),
    429: ("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."),
    503: ("SERVER_UNAVAILABLE", "Server is too busy. Please try again later."),
}


def refusal(system: str, status: int, message: str = "") -> Answer:
    """An error answer of this status, as the CRM words it unless a message is given."""
    shape = _salesforce if system == "salesforce" else _hubspot
    return shape(status, message)


def _hubspot(status: int, message: str) -> Answer:
    category, words = _HUBSPOT.get(status, ("SERVER_ERROR", "internal error"))
    number = str(uuid.uuid4())
    body: dict[str, Any] = {
        "status": "error",
        "message": message or words,
        "correlationId": number,
        "category": category,
    }
    if status == 429:
        body |= {"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}
    return Answer(status, body, {"X-HubSpot-Correlation-Id": number})


def _salesforce(status: int, message: str) -> Answer:
    code, words = _SALESFORCE.get(
        status, ("UNKNOWN_EXCEPTION", "An unexpected error occurred. Please try again.")
    )
    return Answer(status, [{"message": message or words, "errorCode": code}])

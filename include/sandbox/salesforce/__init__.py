"""The Salesforce half of the sandbox: an org's REST API, on SQLite.

Wire conventions, written from the API's public documentation: 18-character ids; datetimes
as 2026-01-02T03:04:05.000+0000, whole seconds; errors as a list of message, errorCode and
fields; every version from v42.0 on, echoed in addresses.
"""

from include.sandbox.salesforce.api import Salesforce
from include.sandbox.salesforce.settings import DEFAULTS

__all__ = ["DEFAULTS", "Salesforce"]

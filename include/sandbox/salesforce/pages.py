"""What an org's own pages are made of: layouts, list views, actions, what was seen last.

The sandbox has no such pages. Where the real API has a resource for them, the answer has its
shape and is empty, so that a client that asks for everything is not held up.
"""

from typing import Any

from include.sandbox.salesforce.describe import MASTER_RECORD_TYPE
from include.sandbox.salesforce.errors import missing
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.wire import Answer


class Pages:
    """Resources about pages."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def nothing(self, visit: Visit) -> Answer:  # noqa: ARG002  every handler takes the visit
        return Answer(body=[])

    def theme(self, visit: Visit) -> Answer:  # noqa: ARG002
        return Answer(body={"themeItems": []})

    def layouts(self, visit: Visit, sobject: str) -> Answer:
        address = f"{visit.base}/sobjects/{self._org.seen(sobject).name}/describe/layouts"
        mapping = {
            "available": True,
            "defaultRecordTypeMapping": True,
            "developerName": "Master",
            "layoutId": None,
            "master": True,
            "name": "Master",
            "picklistsForRecordType": [],
            "recordTypeId": MASTER_RECORD_TYPE,
            "urls": {"layout": f"{address}/{MASTER_RECORD_TYPE}"},
        }
        told: dict[str, Any] = {"layouts": [], "recordTypeMappings": [mapping]}
        return Answer(body=told | {"recordTypeSelectorRequired": [False]})

    def layout(self, visit: Visit, sobject: str, record_type: str) -> Answer:  # noqa: ARG002
        self._org.seen(sobject)
        if record_type[:15] != MASTER_RECORD_TYPE[:15]:
            raise missing()
        sections = ("detailLayoutSections", "editLayoutSections", "multirowEditLayoutSections")
        return Answer(body={"id": None, **{name: [] for name in sections}, "relatedLists": []})

    def compact_layouts(self, visit: Visit, sobject: str) -> Answer:
        address = f"{visit.base}/sobjects/{self._org.seen(sobject).name}/describe/compactLayouts"
        return Answer(
            body={
                "compactLayouts": [],
                "defaultCompactLayoutId": None,
                "recordTypeCompactLayoutMappings": [],
                "urls": {"primary": f"{address}/primary"},
            }
        )

    def approval_layouts(self, visit: Visit, sobject: str) -> Answer:  # noqa: ARG002
        self._org.seen(sobject)
        return Answer(body={"approvalLayouts": []})

    def actions(self, visit: Visit, sobject: str) -> Answer:  # noqa: ARG002
        self._org.seen(sobject)
        return Answer(body=[])

    def list_views(self, visit: Visit, sobject: str) -> Answer:  # noqa: ARG002
        name = self._org.seen(sobject).name
        shape: dict[str, Any] = {"done": True, "listviews": [], "nextRecordsUrl": None}
        return Answer(body=shape | {"size": 0, "sobjectType": name})

    def elsewhere(self, visit: Visit, sobject: str, rest: str) -> Answer:  # noqa: ARG002
        """Other parts of a describe are not there; none of them is a record."""
        self._org.seen(sobject)
        raise missing()

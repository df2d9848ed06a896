"""Forms version 2: what forms there are and what they ask."""

from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.failures import not_found
from include.sandbox.hubspot.forms import Form
from include.sandbox.hubspot.legacy.pages import offset_of
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/forms/v2"


class FormCalls:
    """Serves forms."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/forms", self._list),
            Route("GET", f"{BASE}/forms/{{form_id}}", self._one),
            Route("GET", f"{BASE}/fields/{{form_id}}", self._fields),
        ]

    def _list(self, call: Call) -> Answer:
        """All of them at once, unless a client says how many."""
        known, offset = self._portal.forms.all(), offset_of(call)
        limit = offset_of(call, "limit") or len(known)
        return Answer(200, [self._shown(one) for one in known[offset : offset + limit]])

    def _one(self, _: Call, form_id: str) -> Answer:
        return Answer(200, self._shown(self._found(form_id)))

    def _fields(self, _: Call, form_id: str) -> Answer:
        form = self._found(form_id)
        return Answer(200, [self._field(name, at) for at, name in enumerate(form.fields)])

    def _found(self, form_id: str) -> Form:
        found = self._portal.forms.get(form_id)
        if found is None:
            raise not_found(f"No form found with guid {form_id}")
        return found

    def _shown(self, form: Form) -> dict[str, Any]:
        groups = [
            {"fields": [self._field(name, at)], "default": True, "isSmartGroup": False}
            for at, name in enumerate(form.fields)
        ]
        return {
            "portalId": PORTAL_ID,
            "guid": form.id,
            "name": form.name,
            "formType": "HUBSPOT",
            "action": "",
            "method": "POST",
            "cssClass": "",
            "redirect": "",
            "submitText": "Submit",
            "followUpId": "",
            "notifyRecipients": "",
            "leadNurturingCampaignId": "",
            "inlineMessage": "Thanks for submitting the form.",
            "formFieldGroups": groups,
            "createdAt": form.created,
            "updatedAt": form.created,
            "deletedAt": 0,
            "performableHtml": "",
            "migratedFrom": "",
            "ignoreCurrentValues": False,
            "deletable": True,
            "cloneable": True,
            "editable": True,
            "captchaEnabled": False,
            "metaData": [],
        }

    def _field(self, name: str, order: int) -> dict[str, Any]:
        declared = self._portal.schema.of("contacts").get(name)
        options = declared.options if declared else ()
        return {
            "name": name,
            "label": declared.label if declared else name,
            "type": declared.type if declared else "string",
            "fieldType": declared.field_type if declared else "text",
            "description": "",
            "groupName": declared.group if declared else "",
            "displayOrder": order,
            "required": name == "email",
            "selectedOptions": [],
            "options": [{**one.shown(at), "readOnly": False} for at, one in enumerate(options)],
            "validation": {"name": "", "message": "", "data": "", "useDefaultBlockList": False},
            "enabled": True,
            "hidden": False,
            "defaultValue": "",
            "isSmartField": False,
            "unselectedLabel": "",
            "placeholder": "",
            "labelHidden": False,
        }

"""The forms API: what forms there are, and what people told them.

A submission can be made as a website would make it, or by a person through the sandbox's own
verb. Either way the contact of that e-mail is created or changed, with the form as the source.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import Failure, bad_request, not_found
from include.sandbox.hubspot.forms import FIELDS, Form, Submission
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import FORM
from include.sandbox.router import Route
from include.sandbox.wire import Answer, Request

LARGEST_PAGE = 50
DEFAULT_PAGE = 20
LARGEST_FORMS_PAGE = 500
MOST_FIELDS = 1000


class FormCalls:
    """Serves forms and submissions."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._forms = portal.forms

    def routes(self) -> list[Route]:
        submit = "/submissions/integration/{how}/{portal_id}/{form_id}"
        secure = "/submissions/integration/secure/submit/{portal_id}/{form_id}"
        return [
            Route("GET", "/form-integrations/submissions/forms/{form_id}", self._submissions),
            Route("GET", "/marketing/forms", self._list),
            Route("GET", "/marketing/forms/{form_id}", self._one),
            Route("POST", secure, self._submit, writes=True),
            Route("POST", submit.replace("{how}", "submit"), self._submit, writes=True),
        ]

    def verbs(self) -> list[Route]:
        """What people do outside the API: make a form, fill one in."""
        return [
            Route("POST", "/_sandbox/forms", self._make),
            Route("POST", "/_sandbox/forms/{form_id}/submissions", self._fill_in),
        ]

    def _list(self, call: Call) -> Answer:
        limit = call.number("limit", DEFAULT_PAGE, LARGEST_FORMS_PAGE)
        after = call.request.get("after")
        known = [one for one in self._forms.all() if one.id > after]
        known = [] if call.flag("archived") else known
        next_after = known[limit - 1].id if len(known) > limit else None
        results = [_shown(one) for one in known[:limit]]
        return Answer(200, {"results": results, **call.paging(next_after)})

    def _one(self, _: Call, form_id: str) -> Answer:
        return Answer(200, _shown(self._found(form_id)))

    def _submissions(self, call: Call, form_id: str) -> Answer:
        form = self._found(form_id)
        limit = call.number("limit", DEFAULT_PAGE, LARGEST_PAGE)
        rows = self._forms.submissions(form.id, _cursor(call.request.get("after")), limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        paging = call.paging(f"{last.at}-{last.number}" if last else None)
        return Answer(200, {"results": [_told(one) for one in rows[:limit]], **paging})

    def _submit(self, call: Call, portal_id: str, form_id: str) -> Answer:
        del portal_id  # There is one portal only.
        told, form = call.fields(), self._found(form_id)
        context = told.get("context")
        page = context.get("pageUri") if isinstance(context, Mapping) else ""
        at = told.get("submittedAt")
        stamp = moments.read(str(at)) if at is not None else self._portal.now()
        if stamp is None:
            raise bad_request(f"Invalid value for submittedAt: {at}")
        self._keep(form, _values(told.get("fields")), str(page or ""), stamp)
        return Answer(200, {"inlineMessage": "Thanks for submitting the form."})

    def _make(self, request: Request) -> Answer:
        told = request.json()
        if not isinstance(told, dict) or not isinstance(told.get("name"), str):
            return Answer(400, {"message": "a form needs name, and may have id and fields"})
        fields = told.get("fields")
        names = tuple(map(str, fields)) if isinstance(fields, list) else FIELDS
        form = Form(
            str(told.get("id") or uuid.uuid4()).lower(), told["name"], names, self._portal.now()
        )
        self._forms.put(form)
        return Answer(201, {"id": form.id, "name": form.name, "fields": list(form.fields)})

    def _fill_in(self, request: Request, form_id: str) -> Answer:
        told = request.json()
        values = told.get("values") if isinstance(told, dict) else None
        form = self._forms.get(form_id)
        if form is None:
            return Answer(404, {"message": f"there is no form {form_id}"})
        if not isinstance(values, dict):
            return Answer(400, {"message": "a submission needs values, an object by property"})
        texts = {str(name): str(value) for name, value in values.items()}
        try:
            self._keep(form, texts, str(told.get("pageUrl") or ""), self._portal.now())
        except Failure as failure:
            return Answer(failure.status, {"message": failure.message})
        return Answer(201, {"submitted": texts})

    def _keep(self, form: Form, values: Mapping[str, str], page: str, at: int) -> None:
        kind = self._portal.types.named("contacts")
        known = self._portal.schema.of(kind.name)
        written = {
            name: value
            for name, value in values.items()
            if name in known and not known[name].read_only
        }
        mail = values.get("email", "")
        with self._portal.database.transaction():
            self._forms.submit(form.id, str(uuid.uuid4()), at, values, page)
            row = self._portal.by(kind, "email", [mail]).get(mail) if mail else None
            if row is not None:
                self._portal.writing.update(kind, row, written, source=FORM)
            elif mail:
                self._portal.writing.create(kind, written, source=FORM)

    def _found(self, form_id: str) -> Form:
        found = self._forms.get(form_id)
        if found is None:
            raise not_found(f"No form found with guid {form_id}")
        return found


def _values(fields: Any) -> dict[str, str]:
    if not isinstance(fields, list) or not all(isinstance(one, Mapping) for one in fields):
        raise bad_request("Invalid input JSON: fields is a required list of objects")
    if len(fields) > MOST_FIELDS:
        raise bad_request(f"At most {MOST_FIELDS} fields are allowed")
    return {str(one.get("name")): str(one.get("value", "")) for one in fields}


def _cursor(after: str) -> tuple[int, int] | None:
    if not after:
        return None
    moment, _, number = after.partition("-")
    if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in (moment, number)):
        raise bad_request(f"Invalid value for after: {after}")
    return int(moment), int(number)


def _told(one: Submission) -> dict[str, Any]:
    return {
        "conversionId": one.conversion,
        "submittedAt": one.at,
        "values": [
            {"name": name, "value": value, "objectTypeId": "0-1"}
            for name, value in one.values.items()
        ],
        "pageUrl": one.page,
    }


def _shown(form: Form) -> dict[str, Any]:
    at = moments.shown(form.created)
    return {
        "id": form.id,
        "name": form.name,
        "formType": "hubspot",
        "createdAt": at,
        "updatedAt": at,
        "archived": False,
        "fieldGroups": [_group(name) for name in form.fields],
        "configuration": {
            "language": "en",
            "cloneable": True,
            "editable": True,
            "archivable": True,
            "recaptchaEnabled": False,
            "notifyContactOwner": False,
            "notifyRecipients": [],
            "createNewContactForNewEmail": True,
            "prePopulateKnownValues": True,
            "allowLinkToResetKnownValues": False,
            "lifecycleStages": [],
            "postSubmitAction": {"type": "thank_you", "value": "Thanks for submitting the form."},
        },
        "displayOptions": {
            "renderRawHtml": False,
            "theme": "default_style",
            "submitButtonText": "Submit",
            "style": _STYLE,
        },
        "legalConsentOptions": {"type": "none"},
    }


def _group(name: str) -> dict[str, Any]:
    field: dict[str, Any] = {
        "objectTypeId": "0-1",
        "name": name,
        "label": name.capitalize(),
        "required": name == "email",
        "hidden": False,
        "fieldType": "single_line_text",
        "dependentFields": [],
    }
    if name == "email":
        validation = {"blockedEmailDomains": [], "useDefaultBlockList": False}
        field |= {"fieldType": "email", "validation": validation}
    return {"groupType": "default_group", "richTextType": "text", "fields": [field]}


_STYLE = {
    "fontFamily": "arial, helvetica, sans-serif",
    "backgroundWidth": "100%",
    "labelTextColor": "#33475b",
    "labelTextSize": "13px",
    "helpTextColor": "#7C98B6",
    "helpTextSize": "11px",
    "legalConsentTextColor": "#33475b",
    "legalConsentTextSize": "14px",
    "submitColor": "#ff7a59",
    "submitAlignment": "left",
    "submitFontColor": "#ffffff",
    "submitSize": "12px",
}

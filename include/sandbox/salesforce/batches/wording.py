"""What jobs of batches are told and answer, in XML or in JSON.

A job resource answers in the kind of body its request has, a batch in the kind of its job:
XML for a job of CSV. An `Accept` of JSON is heard everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from include.sandbox.salesforce.bodies import json_object
from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.values import wire_time
from include.sandbox.wire import Answer, Request

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
CSV, XML, JSON = "text/csv", "application/xml", "application/json"
TYPES = {"CSV": CSV, "XML": XML, "JSON": JSON}
"""The media types of what batches are made of."""
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'

_CODES = {
    "INVALID_SESSION_ID": "InvalidSessionId",
    "INVALID_AUTH_HEADER": "InvalidSessionId",
    "INVALIDJOB": "InvalidJob",
    "INVALIDJOBSTATE": "InvalidJobState",
    "INVALIDBATCH": "InvalidBatch",
    "INVALIDENTITY": "InvalidEntity",
    "FEATURENOTENABLED": "FeatureNotEnabled",
    "EXCEEDEDQUOTA": "ExceededQuota",
    "REQUEST_LIMIT_EXCEEDED": "ExceededQuota",
    "NOT_FOUND": "InvalidUrl",
    "METHOD_NOT_ALLOWED": "InvalidOperation",
    "UNSUPPORTED_API_VERSION": "InvalidVersion",
    "JSON_PARSER_ERROR": "ClientInputError",
    "INVALIDXML": "InvalidXML",
}


def wants_json(request: Request) -> bool:
    """Whether the client speaks JSON here."""
    if JSON in request.headers.get("accept", ""):
        return True
    return media_type(request) == JSON


def media_type(request: Request) -> str:
    """What the body of a request says it is."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def told(request: Request) -> dict[str, Any]:
    """The facts of a job that a request gives; raises Refusal."""
    if media_type(request) == JSON:
        return json_object(request)
    return {local(one.tag): (one.text or "").strip() for one in parsed(request.body)}


def parsed(body: bytes) -> ElementTree.Element:
    """A body as XML; raises Refusal. Documents that declare entities are not read."""
    trouble = refusal("INVALIDXML", "Unable to parse the XML of the request")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise trouble
    try:
        return ElementTree.fromstring(body)  # noqa: S314  see the lines above
    except (ElementTree.ParseError, ValueError, LookupError):
        raise trouble from None


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def info(name: str, facts: Mapping[str, Any], *, as_json: bool, status: int = 200) -> Answer:
    """The facts of a job or a batch."""
    if as_json:
        shown = {key: _json_value(value) for key, value in facts.items()}
        return Answer(status, shown, {"Content-Type": JSON})
    return xml(name, "".join(_elements(facts)), status)


def listed(facts: Sequence[Mapping[str, Any]], *, as_json: bool) -> Answer:
    """The facts of all batches of a job."""
    if as_json:
        shown = [{key: _json_value(value) for key, value in one.items()} for one in facts]
        return Answer(200, {"batchInfo": shown}, {"Content-Type": JSON})
    inner = "".join(f"<batchInfo>{''.join(_elements(one))}</batchInfo>" for one in facts)
    return xml("batchInfoList", inner)


def xml(name: str, inner: str, status: int = 200) -> Answer:
    """A document of this name."""
    body = f'{HEAD}<{name} xmlns="{NAMESPACE}">{inner}</{name}>'
    return Answer(status, body.encode(), {"Content-Type": XML})


def element(name: str, value: Any) -> str:
    """A value in an element of this name."""
    return f"<{name}>{escape(_text(value))}</{name}>"


def refused(error: Refusal, request: Request) -> Answer:
    """A refusal in the words of this API: always 400."""
    fault = error.faults[0]
    code = _CODES.get(fault.code, "ClientInputError")
    message = "Invalid session id" if code == "InvalidSessionId" else fault.message
    facts = {"exceptionCode": code, "exceptionMessage": message.removeprefix("InvalidJob : ")}
    return info("error", facts, as_json=wants_json(request), status=400)


def _elements(facts: Mapping[str, Any]) -> Iterator[str]:
    return (element(name, value) for name, value in facts.items())


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json_value(value: Any) -> Any:
    return wire_time(value) if isinstance(value, datetime) else value

"""The SOAP log-in, which new orgs do not offer: any call is answered with its fault.

A client that still logs in with a password learns why it cannot, in the shape it reads.
"""

from include.sandbox.salesforce.org import Visit
from include.sandbox.wire import Answer

CODE = "INVALID_OPERATION"
SENTENCE = (
    "SOAP API login() is disabled by default in this org. Contact the org administrator to"
    " enable SOAP API login()."
)
NOT_SERVED = "SOAP and its Metadata API are not served here."
GONE = "UNSUPPORTED_API_VERSION"
GONE_SINCE = 65
"""The first version that has no login() at all."""


def login(visit: Visit, kind: str, number: str) -> Answer:
    """The fault; SOAP answers faults with status 500."""
    if b"login" not in visit.request.body:
        return _fault(kind, CODE, NOT_SERVED)
    major = number.split(".", maxsplit=1)[0]
    gone = major.isdecimal() and len(major) < 5 and int(major) >= GONE_SINCE
    code = GONE if gone else CODE
    text = f"login() is not available in API version {number}." if gone else SENTENCE
    return _fault(kind, code, text)


def _fault(kind: str, code: str, text: str) -> Answer:
    api = "enterprise" if kind == "c" else "partner"
    body = _FAULT.format(api=api, code=code, text=text)
    return Answer(500, body.encode(), {"Content-Type": "text/xml; charset=utf-8"})


_FAULT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:sf="urn:fault.{api}.soap.sforce.com"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault>'
    "<faultcode>sf:{code}</faultcode><faultstring>{code}: {text}</faultstring><detail>"
    '<sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
    "<sf:exceptionMessage>{text}</sf:exceptionMessage></sf:LoginFault></detail>"
    "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)

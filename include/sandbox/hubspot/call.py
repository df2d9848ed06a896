"""One request as HubSpot's handlers see it: version, parameters, body, all checked.

What a client may get wrong in any call (no JSON, no object, a limit that is no number) is
refused here, once, in HubSpot's words.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from include.sandbox.hubspot.failures import Failure, bad_request
from include.sandbox.hubspot.versions import Place
from include.sandbox.wire import NotJson, Request


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API."""

    request: Request
    place: Place

    def names(self, parameter: str) -> list[str]:
        """A list parameter, whether repeated or separated by commas."""
        told = ",".join(self.request.all(parameter))
        return [name.strip() for name in told.split(",") if name.strip()]

    def number(self, parameter: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`."""
        told = self.request.get(parameter)
        return whole(told, parameter, most) if told else default

    def flag(self, parameter: str) -> bool:
        return self.request.get(parameter).lower() == "true"

    def body(self) -> Any:
        try:
            return self.request.json()
        except NotJson as error:
            raise Failure(400, "VALIDATION_ERROR", f"Invalid input JSON: {error}") from error

    def fields(self) -> dict[str, Any]:
        """The body, which has to be an object."""
        told = self.body()
        if not isinstance(told, dict):
            raise bad_request("Invalid input JSON: an object is required")
        return told

    def inputs(self, most: int) -> list[dict[str, Any]]:
        """The inputs of a batch."""
        told = self.fields().get("inputs")
        if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
            raise bad_request("Invalid input JSON: inputs is a required list of objects")
        if len(told) > most:
            raise bad_request(
                f"The maximum number of inputs supported in a batch request is {most}. "
                f"Received {len(told)}."
            )
        return told

    def link(self, after: str) -> str:
        """The address of the next page."""
        kept = [(key, value) for key, value in self.request.query if key != "after"]
        query = urlencode([*kept, ("after", after)], safe=",:", errors="replace")
        return f"{self.request.origin}{self.request.path}?{query}"

    def paging(self, after: str | int | None) -> dict[str, Any]:
        """The paging part of an answer, empty on the last page."""
        if after is None:
            return {}
        return {"paging": {"next": {"after": str(after), "link": self.link(str(after))}}}


def whole(told: Any, parameter: str, most: int, least: int = 1) -> int:
    """A whole number in its bounds, told as a number or a string."""
    text = str(told).strip()
    if isinstance(told, bool) or not text.lstrip("-").isdecimal():
        raise bad_request(f"Invalid value for {parameter}: {told} is not a whole number")
    number = int(text)
    if not least <= number <= most:
        raise bad_request(f"Invalid value for {parameter}: must be from {least} to {most}")
    return number


def is_id(told: str) -> bool:
    """Whether a text can be a record's id."""
    return told.isascii() and told.isdigit() and len(told) < 19

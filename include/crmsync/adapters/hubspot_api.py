"""The conversation with one HubSpot portal, on hubspot-api-client.

The client knows token and base address and builds each request; our `Wire` sends it. (The
client's own sender has no time-out, opens a connection per call and prints its failures.)
The base address is given to the client twice, because its raw requests ignore `host` and
would otherwise talk to production. Paths are written down here in the numbered form and sent
as `hubspot_versions` spells them for the version that is set.
Answers are read for shape only: a page without results is a broken answer, never an empty
one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hubspot import HubSpot as Client
from hubspot.utils.requests.http_request_builder import Request

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.failures import Refused, one_word
from include.crmsync.adapters.fingerprint import fingerprint
from include.crmsync.adapters.http import Wire
from include.crmsync.adapters.hubspot_versions import NUMBERED, checked, spelled
from include.crmsync.errors import Unavailable

OBJECTS = "/crm/v3/objects"
OWNERS = "/crm/v3/owners"
LISTS = "/crm/v3/lists"
ACCOUNT = "/account-info/v3/details"
PROPERTIES = "/crm/v3/properties"
PIPELINES = "/crm/v3/pipelines"
ASSOCIATIONS = "/crm/v4/associations"
TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"  # noqa: S105  a path

BATCH = 100
"""The most inputs of one object batch call."""


class HubSpotApi:
    """Requests to one portal."""

    def __init__(self, token: str, base_url: str, wire: Wire, version: str = NUMBERED) -> None:
        self.wire = wire
        self._version = checked(version)
        address = base_url.rstrip("/")
        self.fingerprint = fingerprint(address, token)
        self._token = token
        self._client = Client(access_token=token, host=address, base_url=address)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """The answer to a GET."""
        return self._ask({"method": "GET", "path": path, "qs": query})

    def post(self, path: str, body: Mapping[str, Any], **query: Any) -> dict[str, Any]:
        """The answer to a POST."""
        return self._ask({"method": "POST", "path": path, "body": dict(body), "qs": query})

    def about_token(self) -> dict[str, Any]:
        """What HubSpot says of our own token; its scopes among it. The token goes in the body."""
        return self.post(TOKEN_INFO, {"tokenKey": self._token})

    def pages(self, path: str, **query: Any) -> Iterator[list[Any]]:
        """Each page's results. A short or empty page may still be followed by another."""
        while True:
            page = self.get(path, **query)
            yield results(page)
            after = next_page(page)
            if after is None:
                return
            query["after"] = after

    def read_batch(
        self,
        object_type: str,
        ids: Sequence[str],
        properties: list[str],
        id_property: str = "",
        *,
        archived: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Yield the objects with these ids, or these values of a unique property.

        Those that live; or, `archived`, those in the archive instead.
        """
        query = {"archived": "true"} if archived else {}
        for portion in chunks(dict.fromkeys(ids), BATCH):
            body: dict[str, Any] = {
                "properties": properties,
                "inputs": [{"id": value} for value in portion],
            }
            if id_property:
                body["idProperty"] = id_property
            answer = self.post(f"{OBJECTS}/{object_type}/batch/read", body, **query)
            only_missing(answer, f"batch read of {object_type}")
            yield from results(answer)

    def _ask(self, options: dict[str, Any]) -> dict[str, Any]:
        path = spelled(options["path"], self._version)
        request = Request(self._client.config, {**options, "path": path})
        response = self.wire.request(
            request.get_method(), request.get_url(), **request.get_options_for_sending()
        )
        answer = response.json() if response.content else {}
        if not isinstance(answer, dict):
            raise Unavailable(f"{options['method']} {options['path']}: the answer is no object")
        return answer


def results(page: Mapping[str, Any]) -> list[Any]:
    """The results of an answer."""
    found = page.get("results")
    if not isinstance(found, list):
        raise Unavailable("HubSpot's answer holds no list of results")
    return found


def next_page(page: Mapping[str, Any]) -> str | None:
    """The cursor to follow, None at the end."""
    after = ((page.get("paging") or {}).get("next") or {}).get("after")
    return None if after is None else str(after)


def only_missing(answer: Mapping[str, Any], what: str) -> None:
    """Accept a partial answer if all it lacks does not exist; a gap is never taken for nothing."""
    errors = answer.get("errors") or ()
    if answer.get("numErrors") and not errors:
        raise Unavailable(f"{what} was answered in part, and HubSpot does not say why")
    for error in errors:
        if not _is_missing(error):
            code = one_word(error.get("category"))
            raise Refused(f"{what} was answered in part: {code}", code, status=207, body=answer)


def _is_missing(error: Mapping[str, Any]) -> bool:
    absent = "NO_ASSOCIATIONS_FOUND" in str(error.get("subCategory") or "")
    return absent or error.get("category") == "OBJECT_NOT_FOUND"

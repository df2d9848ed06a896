"""How the APIs before version 3 page: by an offset, with a limit that is never refused.

A limit beyond the largest one is the largest one, as ETL connectors rely on. An offset is the
last id seen, a position, or a moment and an id; whatever it is, clients give it back as it came.
"""

from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import bad_request

WALL = 10_000
"""Beyond so many records the calls for what changed recently do not page."""
MONTH = 30 * 86_400_000
"""How far back those calls look, in milliseconds."""


def limit_of(call: Call, most: int, default: int) -> int:
    """How many a page holds; `count` and `limit` are two names of it."""
    told = call.request.get("limit") or call.request.get("count")
    if not told:
        return default
    if not is_id(told):
        raise bad_request(f"Invalid value for limit: {told} is not a whole number")
    return min(int(told), most) or default


def offset_of(call: Call, name: str = "offset") -> int:
    """A number a client was given, nought to begin with."""
    told = call.request.get(name)
    if not told:
        return 0
    if not is_id(told):
        raise bad_request(f"Invalid value for {name}: {told} is not a whole number")
    return int(told)


def position_of(call: Call) -> int:
    """An offset that is a position; those beyond the wall are refused."""
    offset = offset_of(call)
    if offset > WALL:
        raise bad_request(f"Paging is limited to {WALL} results: narrow it with since")
    return offset


def since(call: Call, now: int) -> int:
    """From when on a call for what changed recently looks."""
    return max(offset_of(call, "since"), now - MONTH)

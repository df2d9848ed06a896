"""The sandbox's own small page: what it holds, what it was asked, how to reach it.

Plain HTML from one template, no script; everything that came from outside is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from include.sandbox.calls import Call, Calls
from include.sandbox.world import (
    HUBSPOT_TOKEN,
    SALESFORCE_CLIENT_ID,
    SALESFORCE_CLIENT_SECRET,
    World,
)

SHOWN = 40
LINKS = ("health", "calls", "clock", "faults", "settings")

_TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>CRM sandbox</title>
<style>
 body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem }}
 table {{ border-collapse: collapse; width: 100%; margin-bottom: 2rem }}
 th, td {{ text-align: left; padding: .25rem .75rem; border-bottom: 1px solid #ddd }}
 td {{ overflow-wrap: anywhere }} code {{ background: #f3f3f3; padding: 0 .25rem }}
</style></head><body>
<h1>CRM sandbox</h1>
<p>HubSpot and Salesforce, emulated on one port. Seed <code>{seed}</code>, clock <code>{now}</code>.
{links}</p>
<p>HubSpot token <code>{token}</code>; Salesforce client id <code>{client}</code>,
secret <code>{secret}</code>. They open nothing but this sandbox.</p>
<h2>Records</h2>{records}
<h2>Calls</h2>{calls}
<h2>Faults</h2>{faults}
<h2>Last calls</h2>{recent}
</body></html>
"""


def render(seed: str, world: World, calls: Calls, faults: Sequence[dict[str, Any]]) -> str:
    """The page as HTML."""
    counted = calls.counted().items()
    return _TEMPLATE.format(
        seed=escape(seed),
        now=escape(world.clock.now().isoformat(timespec="seconds")),
        links=" · ".join(f'<a href="/_sandbox/{name}">{name}</a>' for name in LINKS),
        token=escape(HUBSPOT_TOKEN),
        client=escape(SALESFORCE_CLIENT_ID),
        secret=escape(SALESFORCE_CLIENT_SECRET),
        records=_table(("system", "object", "records"), _records(world)),
        calls=_table(
            ("system", "total", "reads", "writes"),
            ((name, n["total"], n["reads"], n["writes"]) for name, n in counted),
        ),
        faults=_table(
            ("system", "method", "path", "skip", "times", "do"),
            (fault.values() for fault in faults),
        ),
        recent=_table(
            ("at", "system", "call", "status"), (_call(one) for one in calls.recent()[:SHOWN])
        ),
    )


def _records(world: World) -> Iterable[tuple[str, str, int]]:
    for census in world.censuses:
        yield from census()


def _call(call: Call) -> tuple[Any, ...]:
    status = "cut" if call.status is None else call.status
    return call.at.strftime("%H:%M:%S"), call.system, f"{call.method} {call.path}", status


def _table(heads: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    lines = ["".join(f"<td>{escape(_text(value))}</td>" for value in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines) or '<tr><td colspan="9">none</td></tr>'
    return f"<table><tr>{head}</tr>{body}</table>"


def _text(value: Any) -> str:
    return "any" if value is None else str(value)

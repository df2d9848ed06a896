"""The audit's section of docs/benchmarks.md: measured alone, and kept when all else is anew."""

from collections.abc import Mapping
from typing import Any

HEADING = "## A drift audit"
TEXT = """
{links:,} linked contacts, read from both CRMs pair by pair and compared; one pair in a hundred
had drifted, and {drift:,} were found. Written by `make bench BENCH=--audit={links}`, which
leaves the rest of this page as it is; measured: {machine}.

| | |
|---|---|
| Calls to HubSpot | {hubspot:,}, of them {associations:,} for associations |
| Calls to Salesforce | {salesforce:,} |
| Seconds | {seconds:,.0f}, of them {worked:,.0f} of our own work |
| Peak memory | {peak:,.0f} MB, of them {ready:,.0f} MB before the first link was read |
"""


def audit_of(known: str) -> str:
    """The audit's section of the document as it is; nothing where there is none."""
    _, heading, section = known.partition(HEADING)
    return f"\n{heading}{section}" if heading else ""


def with_audit(known: str, told: Mapping[str, Any], machine: str) -> str:
    """The document with the audit's section new, which is its last."""
    calls = told["calls"]
    endpoints = calls["hubspot"]["by_endpoint"].items()
    section = TEXT.format(
        links=told["links"],
        drift=told["told"]["drift"],
        machine=machine,
        hubspot=calls["hubspot"]["total"],
        associations=sum(count for one, count in endpoints if "/associations/" in one),
        salesforce=calls["salesforce"]["total"],
        seconds=told["seconds"],
        worked=told["processor_seconds"],
        peak=told["peak"],
        ready=told["ready"],
    )
    rest = known.partition(HEADING)[0].rstrip()
    return f"{rest}\n\n{HEADING}\n{section}"

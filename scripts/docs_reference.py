"""Write docs/criteria.md, mappings.md and errors.md from the files that decide.

    python scripts/docs_reference.py           rewrites them
    python scripts/docs_reference.py --check   exits 1 when one is not what it would write

What a page says comes from the files that decide; it cannot drift from them.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from include.crmsync.mappings.loader import load_all  # noqa: E402
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping  # noqa: E402
from include.crmsync.model.record import System  # noqa: E402
from include.crmsync.model.rule import SyncRule  # noqa: E402
from scripts.docs_criteria import criteria_sections  # noqa: E402
from scripts.docs_errors import CATEGORIES, RETRIES, WHO, sections  # noqa: E402
from scripts.docs_table import table as _table  # noqa: E402
from scripts.docs_types import headings, rule_rows, transform_rows, type_rows  # noqa: E402

GENERATED = "<!-- Written by scripts/docs_reference.py; change the files it reads, then run it. -->"


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or compare them with what is there."""
    mappings = load_all()
    pages = {
        ROOT / "docs" / "criteria.md": criteria_page(mappings),
        ROOT / "docs" / "mappings.md": mappings_page(mappings),
        ROOT / "docs" / "errors.md": errors_page(),
    }
    if "--check" in arguments:
        stale = [path for path, text in pages.items() if _content(path) != text]
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run python scripts/docs_reference.py")
        return 1 if stale else 0
    for path, text in pages.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def criteria_page(mappings: Mapping[str, ObjectMapping]) -> str:
    """Every criterion of every suite."""
    return _page("Criteria", *criteria_sections(mappings))


def errors_page() -> str:
    """Every refusal in the catalogue."""
    return _page(
        "Refusals",
        "What a CRM says when it does not take a record, or a field of it, and what to do. The code"
        " is the one in `python -m include.crmsync summary`, in the table `held` and in the"
        " journal's `action`. What the sync's own tasks fail with is in the"
        " [runbook](runbook.md#errors).",
        "A code that is not here is shown with its raw text, counts as `other`, and the summary"
        " names it as not in the catalogue. To add one, edit"
        " `include/crmsync/errors/catalogue.yaml`.",
        "## Categories",
        _table(
            ("Category", "What it is about"),
            ((f"`{name}`", text) for name, text in CATEGORIES.items()),
        ),
        "## Who acts",
        _table(("Who", "In words"), ((f"`{name}`", text) for name, text in WHO.items())),
        "## When it goes again",
        _table(("Policy", "In words"), ((f"`{name}`", text) for name, text in RETRIES.items())),
        *(part for heading, rows in sections() for part in _refusals(heading, rows)),
    )


def _refusals(heading: str, rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"## {heading}"
    yield _table(("Code", "What", "Cause", "Remedy", "Who acts", "Goes again"), rows)


def mappings_page(mappings: Mapping[str, ObjectMapping]) -> str:
    """Every mapped field of every object type."""
    return _page(
        "Mappings",
        "Which HubSpot property is which Salesforce field. Each heading is one file; a line of"
        " it is one row here. Every problem of every file is reported at once, with its line,"
        " before anything is read from a CRM.",
        "## Sync rules",
        _table(("Rule", "What it does"), ((f"`{rule}`", rule.words) for rule in SyncRule)),
        "Every situation, and what both systems hold after the run. `a` is the base, `x` and `y`"
        " are other values, *newest* is the value that was set last: by HubSpot's history of the"
        " property and Salesforce's field history where there is one, else by the record's stamp. A"
        " blank base is also a first link. Owners always travel `two_way`, and are never blanked;"
        " what records are recognised by (e-mail) takes only rules that carry it both ways.",
        _table(headings(), rule_rows()),
        "## Types",
        "What can hold a mapped type, in the systems' own words, and what does not survive the way"
        " there and back. Before a run reads, each field is held against both live schemas; one"
        " that does not fit is [set aside](runbook.md#mapping-issues).",
        _table(("Type", "HubSpot", "Salesforce", "Lost"), type_rows()),
        "## Transforms",
        "How to write them, and defaults, constants and labels, is in the"
        " [mapping guide](mapping-guide.md).",
        _table(("Transform", "What it does", "Rules"), transform_rows()),
        *(part for mapping in mappings.values() for part in _mapping(mapping)),
    )


def _mapping(mapping: ObjectMapping) -> Iterator[str]:
    objects = " or ".join(mapping.salesforce)
    yield f"## {mapping.object_type.capitalize()}: HubSpot {mapping.hubspot}, Salesforce {objects}"
    yield f"`include/crmsync/mappings/{mapping.object_type}.yaml`"
    yield _facts(mapping)
    rows = (
        (one.name, f"`{one.hubspot}`", _fields(one, mapping), one.type, f"`{one.rule}`", _note(one))
        for one in mapping.fields
    )
    yield _table(("Field", "HubSpot", "Salesforce", "Type", "Rule", "Note"), rows)
    for one in mapping.fields:
        if one.values:
            yield f"Values of `{one.name}`; others are held before they are written:"
            yield _table(("HubSpot", "Salesforce"), one.values.items())


def _facts(mapping: ObjectMapping) -> str:
    match_on = f"by `{mapping.match_on}`" if mapping.match_on else "by stored ids alone"
    systems = " and ".join(system.label for system in System if system in mapping.creates_in)
    return "\n".join(
        (
            f"- Records are linked {match_on}.",
            f"- Created in {systems or 'neither'}; in Salesforce as {mapping.salesforce[0]}.",
            *(f"- Of {kind} take part: `{text}`." for kind, text in mapping.where.items()),
            f"- Deletions are followed {_deletes(mapping)}.",
            f"- A created record carries the other's id: `{mapping.hubspot_key}` in HubSpot,"
            f" `{mapping.salesforce_key}` in Salesforce.",
        )
    )


def _deletes(mapping: ObjectMapping) -> str:
    """Where a record is deleted after its counterpart, in words."""
    systems = [
        f"in {system.label} (`deletes_in`)" for system in System if system in mapping.deletes_in
    ]
    return " and ".join(systems) or "in neither system (`deletes_in`)"


def _fields(one: FieldMapping, mapping: ObjectMapping) -> str:
    names = set(one.salesforce.values())
    if len(names) == 1 and set(one.salesforce) == set(mapping.salesforce):
        return f"`{names.pop()}`"
    return ", ".join(f"{kind} `{name}`" for kind, name in one.salesforce.items())


def _note(one: FieldMapping) -> str:
    if one.type is FieldType.ROLES:
        return f"whoever has a role waits for their own link among {one.parent}"
    if one.type is FieldType.STAGE:
        named = [
            pipeline.hubspot + (f" as {pipeline.record_type}" if pipeline.record_type else "")
            for pipeline in one.pipelines
        ]
        return f"with its pipeline ({', '.join(named)}); required"
    if one.parent:
        return f"the record waits for its parent among {one.parent}"
    facts = [f"at most {one.length:,} characters"] if one.length else []
    facts += ["only where both systems have it"] if one.optional else []
    facts += [f"moves with {one.moves_with}"] if one.moves_with else []
    facts += [f"transform `{one.transform}`"] if one.transform else []
    return "; ".join([*facts, "required"] if one.required else facts)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", GENERATED, *parts)) + "\n"


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

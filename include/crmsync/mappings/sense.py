"""Whether one mapping makes sense by itself.

Each check looks at one idea and yields every offence against it. They see what is
well-formed only: what is missing or misspelt has been reported already and is passed over.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath

from include.crmsync.mappings import richness
from include.crmsync.mappings.filters import filter_problems
from include.crmsync.mappings.parse import Where
from include.crmsync.mappings.pipelines import pipelines
from include.crmsync.mappings.problem import Problem, none_of
from include.crmsync.mappings.roles import roles
from include.crmsync.mappings.shape import EVERY, ConstantShape, Draft, FieldShape
from include.crmsync.model.mapping import ASSOCIATED, STAGE, FieldType
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule

Check = Callable[[Draft], Iterator[Problem]]

RESERVED = frozenset(
    {
        *("record_id", "pipeline", "on_inclusion_list", "contact_on_inclusion_list"),
        "contact_not_a_lead",
        "in_salesforce_filter",
    }
)
"""Names of columns that stand beside the mapped fields where criteria are judged."""
_MEASURED = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE})
_LISTED = frozenset({FieldType.PICKLIST, FieldType.MULTIPICKLIST, FieldType.ROLES})
_SPACES = {FieldType.PARENT: "HubSpot parent", FieldType.ROLES: "HubSpot association"}
_CARRIES_BOTH_WAYS = (
    SyncRule.TWO_WAY,
    SyncRule.PREFER_SALESFORCE,
    SyncRule.PREFER_HUBSPOT,
)


def sense(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a mapping, seen alone."""
    for check in CHECKS:
        yield from check(draft)


def salesforce_names(draft: Draft, field: FieldShape | ConstantShape) -> dict[str, str]:
    """Salesforce object -> field, with a name that serves every object written out."""
    named = dict(field.salesforce or {})
    everywhere = named.pop(EVERY, None)
    return dict.fromkeys(draft.objects, everywhere) | named if everywhere else named


def _each(draft: Draft) -> Iterator[tuple[Where, FieldShape]]:
    for at, field in enumerate(draft.fields):
        yield ("fields", at), field


def _file(draft: Draft) -> Iterator[Problem]:
    stem, name = PurePath(draft.document.file).stem, draft.head.object_type
    if name is not None and name != stem:
        text = f'object_type is "{name}", so the file must be named {name}.yaml'
        yield draft.problem(("object_type",), text)


def _filters(draft: Draft) -> Iterator[Problem]:
    """Conditions are checked for their form; whether Salesforce knows the fields, it says."""
    for kind, text in draft.head.salesforce.where.items():
        where = ("salesforce", "where", kind)
        if kind not in draft.objects:
            said = f"salesforce.where: {none_of(kind, draft.objects)}"
            yield draft.problem(where, said)
        for wrong in filter_problems(text):
            yield draft.problem(where, f"salesforce.where.{kind} {wrong}")


def _head(draft: Draft) -> Iterator[Problem]:
    if draft.document.inside(("salesforce", "objects")) == []:
        yield draft.problem(("salesforce", "objects"), "salesforce.objects names no object")
    for at, name in enumerate(draft.objects):
        if name.lower() in [one.lower() for one in draft.objects[:at]]:
            where = ("salesforce", "objects", at)
            yield draft.problem(where, f'salesforce.objects names "{name}" twice')
    if draft.document.inside(("fields",)) == []:
        yield draft.problem(("fields",), "fields is empty: map at least one field")


def _names(draft: Draft) -> Iterator[Problem]:
    for where, field in _both(draft):
        if field.name in RESERVED:
            yield draft.problem((*where, "name"), "this name is taken by the sync; choose another")


def _objects(draft: Draft) -> Iterator[Problem]:
    for where, field in _each(draft):
        for name in field.salesforce or {}:
            if name != EVERY and draft.objects and name not in draft.objects:
                text = f"object {none_of(name, draft.objects)}"
                yield draft.problem((*where, "salesforce", name), text)
        if draft.document.inside((*where, "salesforce")) == {}:
            yield draft.problem((*where, "salesforce"), "salesforce names no object")


def _once(draft: Draft) -> Iterator[Problem]:
    """Our name, the HubSpot property, the Salesforce field: each is mapped once."""
    taken = _keys(draft)
    for where, field in _both(draft):
        for key, space, name in _claims(draft, field):
            what = "field" if isinstance(field, FieldShape) else "constant"
            mine = f"{what} {field.name} on line {draft.document.line(where)}"
            holder = taken.setdefault((space, name.lower()), mine)
            if holder != mine:
                yield draft.problem((*where, key), f'{space} "{name}" is taken by {holder}')


def _both(draft: Draft) -> Iterator[tuple[Where, FieldShape | ConstantShape]]:
    """Fields and constants: their names share one space."""
    yield from _each(draft)
    for at, one in enumerate(draft.constants):
        yield ("constants", at), one


def _keys(draft: Draft) -> dict[tuple[str, str], str]:
    ours, theirs = draft.head.hubspot.key, draft.head.salesforce.key
    taken = {("HubSpot property", ours): "hubspot.key"} if ours else {}
    if theirs:
        taken |= {(f"{kind} field", theirs.lower()): "salesforce.key" for kind in draft.objects}
    return taken


def _claims(draft: Draft, field: FieldShape | ConstantShape) -> Iterator[tuple[str, str, str]]:
    """What a field takes for itself: the key that says so, in which space, which name."""
    if field.name:
        yield "name", "the name", field.name
    if field.hubspot:
        what = _SPACES.get(field.type or FieldType.STRING, "HubSpot property")
        yield "hubspot", what, field.hubspot
    for kind, name in salesforce_names(draft, field).items():
        yield "salesforce", f"{kind} field", name


def _length(draft: Draft) -> Iterator[Problem]:
    for where, field in _each(draft):
        if field.length is None:
            continue
        if field.type is not None and field.type not in _MEASURED:
            text = f"length is for text, and the type is {field.type}: leave it out"
            yield draft.problem((*where, "length"), text)
        if field.length < 1:
            yield draft.problem((*where, "length"), "length must be at least 1")


def _values(draft: Draft) -> Iterator[Problem]:
    for where, field in _each(draft):
        if field.values is None:
            continue
        at = (*where, "values")
        if field.type is not None and field.type not in _LISTED:
            text = f"values is for picklists, and the type is {field.type}: leave it out"
            yield draft.problem(at, text)
        first: dict[str, str] = {}
        for theirs, several in field.values.items():
            yield from _several(draft, (*at, theirs), field, several)
            for ours in several:
                other = first.setdefault(ours, theirs)
                if other != theirs and _writes(field, System.HUBSPOT):
                    text = (
                        f'values must be one to one: "{ours}" stands for {other} and for {theirs}'
                    )
                    yield draft.problem((*at, theirs), text)
            if not all(_sayable(one, field) for one in (theirs, *several)):
                text = f'values has a blank, a padded value or a ";" beside "{theirs}"'
                yield draft.problem((*at, theirs), text)


def _several(
    draft: Draft, where: Where, field: FieldShape, several: Sequence[str]
) -> Iterator[Problem]:
    """Several Salesforce values are one in HubSpot only where nothing goes back."""
    if not several:
        yield draft.problem(where, "values names no Salesforce value here")
    if len(several) > 1 and _writes(field, System.SALESFORCE):
        text = (
            "several Salesforce values for one of HubSpot's cannot be taken back: use the rule"
            f" {SyncRule.ALWAYS_SALESFORCE}, or map one to one"
        )
        yield draft.problem(where, text)


def _writes(field: FieldShape, system: System) -> bool:
    """Whether the field may be written to the system, for all that is known of its rule."""
    return field.rule is None or field.rule.writes_to(system)


def _sayable(value: str, field: FieldShape) -> bool:
    """Canonical values are trimmed, and `;` parts the values of a multi-picklist."""
    whole = field.type is not FieldType.MULTIPICKLIST or ";" not in value
    return whole and value != "" and value == value.strip()


def _parent(draft: Draft) -> Iterator[Problem]:
    for where, field in _each(draft):
        said = draft.document.inside((*where, "parent"))
        if field.type is FieldType.PARENT and said is None:
            yield draft.problem(where, "type parent needs parent: the parent's object type")
        elif field.type not in (None, *ASSOCIATED) and field.parent:
            text = f"parent is for type parent, and the type is {field.type}: leave it out"
            yield draft.problem((*where, "parent"), text)
        if field.parent is not None and field.parent == draft.head.object_type:
            text = f"{field.parent} cannot wait for {field.parent}: parents are written first"
            yield draft.problem((*where, "parent"), text)


def _lifecycle(draft: Draft) -> Iterator[Problem]:
    """Stages are of contacts, and move by roles alone."""
    told = draft.head.lifecycle
    if told is None:
        return
    if draft.head.object_type != "contacts":
        yield draft.problem(("lifecycle",), "lifecycle is for contacts: leave it out")
    for _, field in _each(draft):
        if field.name == STAGE or field.hubspot == told.property:
            text = f"lifecycle moves {told.property}, and field {field.name} maps it too: keep one"
            yield draft.problem(("lifecycle",), text)


def _merges(draft: Draft) -> Iterator[Problem]:
    """Only HubSpot's API merges."""
    if System.SALESFORCE in (draft.head.merges_in or ()):
        text = "merges_in: Salesforce merges nothing through its REST API; leave salesforce out"
        yield draft.problem(("merges_in",), text)


def _needs(draft: Draft) -> Iterator[Problem]:
    """Only companies have contacts to be created for."""
    if draft.head.needs_contact and draft.head.object_type != "companies":
        text = "needs_contact is for companies: leave it out"
        yield draft.problem(("needs_contact",), text)


def _missing(draft: Draft, where: Where, key: str) -> Iterator[Problem]:
    """A key that only a part which may be left out must have."""
    if draft.document.inside(where) is None:
        yield draft.problem(where, f"{key} is missing")


def _domain(draft: Draft) -> Iterator[Problem]:
    """Only companies have domains of their own; a key holds an id, and no domain."""
    told = draft.head.match_domain
    if told is None:
        return
    if draft.head.object_type != "companies":
        text = "match_domain is for companies: leave it out"
        yield draft.problem(("match_domain",), text)
    for name in System:
        yield from _missing(draft, ("match_domain", str(name)), f"match_domain.{name}")
    if told.hubspot and told.hubspot == draft.head.hubspot.key:
        text = f"match_domain: {told.hubspot} is hubspot.key, which holds no domain"
        yield draft.problem(("match_domain", "hubspot"), text)
    if told.salesforce and told.salesforce.lower() == (draft.head.salesforce.key or "").lower():
        text = f"match_domain: {told.salesforce} is salesforce.key, which holds no domain"
        yield draft.problem(("match_domain", "salesforce"), text)


def _kinds(draft: Draft) -> Iterator[Problem]:
    """Rules for the Salesforce object of a new record: of objects and fields that there are."""
    named = {one.name: one for one in draft.fields if one.name}
    rules = draft.head.creates_as or []
    for at, rule in enumerate(rules):
        where = ("creates_as", at)
        yield from _missing(draft, (*where, "object"), "creates_as.object")
        if rule.object and draft.objects and rule.object not in draft.objects:
            text = f"creates_as: object {none_of(rule.object, draft.objects)}"
            yield draft.problem((*where, "object"), text)
        if not rule.when and at < len(rules) - 1:
            text = "creates_as: a rule without `when` fits every record, so those after it never do"
            yield draft.problem(where, text)
        for name, wanted in rule.when.items():
            if name not in named:
                text = f"creates_as: field {none_of(name, list(named))}"
                yield draft.problem((*where, "when", name), text)
            elif wanted == "linked" and named[name].type is not FieldType.PARENT:
                text = f"creates_as: only a parent can be linked, and {name} is none"
                yield draft.problem((*where, "when", name), text)


def _match(draft: Draft) -> Iterator[Problem]:
    wanted = draft.head.match_on
    if wanted is None or not draft.fields:
        return
    named = [one.name for one in draft.fields if one.name]
    if wanted not in named:
        yield draft.problem(("match_on",), f"match_on: field {none_of(wanted, named)}")
        return
    field = draft.fields[[one.name for one in draft.fields].index(wanted)]
    if field.type in (*ASSOCIATED, FieldType.OWNER):
        text = f"match_on names {wanted}, whose type {field.type} proves nothing about identity"
        yield draft.problem(("match_on",), text)
    has = salesforce_names(draft, field)
    for kind in draft.objects if has else []:
        if kind not in has:
            text = f"match_on names {wanted}, which {kind} has no field for"
            yield draft.problem(("match_on",), text)


def _identity(draft: Draft) -> Iterator[Problem]:
    """What records are recognised by must reach a new record in either system."""
    for where, field in _each(draft):
        identifies = field.name is not None and field.name == draft.head.match_on
        email = field.type is FieldType.EMAIL and field.hubspot == "email"
        if (identifies or email) and field.rule and field.rule not in _CARRIES_BOTH_WAYS:
            text = (
                f"rule {field.rule} would leave new records without the {field.name} they are"
                f" recognised by: use {', '.join(_CARRIES_BOTH_WAYS)}"
            )
            yield draft.problem((*where, "rule"), text)


CHECKS: tuple[Check, ...] = (
    _file,
    _head,
    _filters,
    _names,
    _objects,
    _once,
    _length,
    _values,
    _parent,
    roles,
    pipelines,
    _match,
    _domain,
    _kinds,
    _merges,
    _needs,
    _lifecycle,
    _identity,
    richness.transforms,
    richness.defaults,
    richness.flags,
    richness.owners,
    richness.companions,
    richness.constants,
)

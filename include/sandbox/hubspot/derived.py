"""Properties HubSpot works out by itself from the others."""

from collections.abc import Callable, Mapping

from include.sandbox.hubspot.formulas import worked_out
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.pipelines import DEALS, Pipelines
from include.sandbox.hubspot.schema import Schema

Properties = Mapping[str, str]


class Derived:
    """Works out properties from others, by HubSpot's rules and by people's formulas."""

    def __init__(self, schema: Schema, pipelines: Pipelines) -> None:
        self._schema = schema
        self._pipelines = pipelines

    def names(self, kind: ObjectType) -> list[str]:
        """Everything that is worked out for an object type."""
        return [*_DERIVED.get(kind.name, ()), *self._schema.formulas(kind.name)]

    def settle(self, kind: ObjectType, id_: int, properties: dict[str, str]) -> None:
        """Bring what follows from the other properties up to date."""
        for name in self.names(kind):
            properties.pop(name, None)
        if kind.name == DEALS:
            properties |= self._deal(properties)
        elif rule := _RULES.get(kind.name):
            properties |= rule(id_, properties)
        self._calculate(kind, properties)

    def defaults(self, kind: ObjectType, properties: Properties) -> dict[str, str]:
        """What a new record gets when nobody says otherwise."""
        if kind.name == "companies" and "website" not in properties and "domain" in properties:
            return {"website": properties["domain"]}
        if kind.pipeline is None or kind.pipeline[0] in properties:
            return {}
        first = next(iter(self._pipelines.of(kind.name)), None)
        return {kind.pipeline[0]: first.id} if first else {}

    def _calculate(self, kind: ObjectType, properties: dict[str, str]) -> None:
        for name, formula in self._schema.formulas(kind.name).items():
            if (value := worked_out(formula, properties)) is not None:
                properties[name] = value

    def _deal(self, properties: Properties) -> dict[str, str]:
        where = self._pipelines.get(DEALS, properties.get("pipeline"))
        stage = where.stage(properties.get("dealstage")) if where else None
        if stage is None:
            return {}
        told = {
            "hs_is_closed": str(stage.closed).lower(),
            "hs_is_closed_won": str(stage.closed and stage.probability == "1.0").lower(),
            "hs_deal_stage_probability": stage.probability or "",
            "amount_in_home_currency": properties.get("amount", ""),
        }
        return {name: value for name, value in told.items() if value}


def _contact(id_: int, properties: Properties) -> dict[str, str]:
    email = properties.get("email", "")
    names = " ".join(filter(None, (properties.get("firstname"), properties.get("lastname"))))
    told = {
        "hs_all_contact_vids": str(id_),
        "hs_is_contact": "true",
        "hs_is_unworked": "true",
        "hs_pipeline": "contacts-lifecycle-pipeline",
        "hs_email_domain": email.partition("@")[2],
        "hs_full_name_or_email": names or email,
    }
    if merged := properties.get("hs_merged_object_ids"):
        told["hs_all_contact_vids"] = f"{id_};{merged}"
    return {name: value for name, value in told.items() if value}


def _company(_: int, __: Properties) -> dict[str, str]:
    return {"hs_pipeline": "companies-lifecycle-pipeline"}


_RULES: dict[str, Callable[[int, Properties], dict[str, str]]] = {
    "contacts": _contact,
    "companies": _company,
}

_DERIVED: dict[str, tuple[str, ...]] = {
    "contacts": (
        "hs_all_contact_vids",
        "hs_is_contact",
        "hs_is_unworked",
        "hs_pipeline",
        "hs_email_domain",
        "hs_full_name_or_email",
    ),
    "companies": ("hs_pipeline",),
    "deals": (
        "hs_is_closed",
        "hs_is_closed_won",
        "hs_deal_stage_probability",
        "amount_in_home_currency",
    ),
}
"""Object type -> everything the rules may tell."""

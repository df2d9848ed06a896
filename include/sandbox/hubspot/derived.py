"""Properties HubSpot works out by itself from the others."""

from collections.abc import Callable, Mapping

from include.sandbox.hubspot.pipelines import PROPERTIES, pipeline

Properties = Mapping[str, str]


def derive(object_type: str, id_: int, properties: Properties) -> dict[str, str]:
    """What follows from a record's properties; a name that is missing is blank."""
    rule = _RULES.get(object_type)
    return rule(id_, properties) if rule else {}


def defaults(object_type: str, properties: Properties) -> dict[str, str]:
    """What a new record gets when nobody says otherwise."""
    if object_type == "companies" and "website" not in properties and "domain" in properties:
        return {"website": properties["domain"]}
    names = PROPERTIES.get(object_type)
    if names and names[0] not in properties:
        return {names[0]: "default" if object_type == "deals" else "0"}
    return {}


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


def _deal(_: int, properties: Properties) -> dict[str, str]:
    where = pipeline("deals", properties.get("pipeline"))
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


_RULES: dict[str, Callable[[int, Properties], dict[str, str]]] = {
    "contacts": _contact,
    "companies": _company,
    "deals": _deal,
}

DERIVED: dict[str, tuple[str, ...]] = {
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
"""Object type -> everything `derive` may tell."""

"""Live schemas for the CRMs in memory: what the shipped mappings need, in order."""

from dataclasses import replace

from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.schema import FieldSchema
from tests.pipeline.two_crms import TwoCrms

HUBSPOT = {
    FieldType.STRING: "string/text",
    FieldType.TEXT: "string/textarea",
    FieldType.EMAIL: "string/text",
    FieldType.PHONE: "string/phonenumber",
    FieldType.NUMBER: "number/number",
    FieldType.BOOLEAN: "bool/booleancheckbox",
    FieldType.DATE: "datetime/date",
    FieldType.PICKLIST: "enumeration/select",
    FieldType.STAGE: "enumeration/radio",
    FieldType.OWNER: "enumeration/select",
}
SALESFORCE = {
    FieldType.STRING: "string",
    FieldType.TEXT: "textarea",
    FieldType.EMAIL: "email",
    FieldType.PHONE: "phone",
    FieldType.NUMBER: "double",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.PICKLIST: "picklist",
    FieldType.STAGE: "picklist",
    FieldType.OWNER: "reference",
    FieldType.PARENT: "reference",
}


def describe(crms: TwoCrms) -> None:
    """Give both CRMs the fields that the shipped mappings name."""
    key = FieldSchema("string", unique=True, external_id=True)
    for mapping in load_all().values():
        ours = crms.hubspot.fields.setdefault(mapping.hubspot, {})
        ours[mapping.hubspot_key] = replace(key, type="string/text")
        for kind in mapping.salesforce:
            crms.salesforce.fields[kind] = {mapping.salesforce_key: key}
        for one in mapping.fields:
            if one.optional or one.type is FieldType.ROLES:
                continue
            if one.type is not FieldType.PARENT:
                ours[one.hubspot] = _hubspot(one)
            if one.pipeline_property:
                ours[one.pipeline_property] = _pipelines(one)
            for kind, name in one.salesforce.items():
                crms.salesforce.fields[kind][name] = _salesforce(one)


def _pipelines(one: FieldMapping) -> FieldSchema:
    known = {pipeline.hubspot: pipeline.hubspot for pipeline in one.pipelines}
    return FieldSchema("enumeration/select", options=known)


def alter(crms: TwoCrms, kind: str, name: str, **changes: object) -> None:
    """Change one field of either CRM."""
    fields = (crms.hubspot if kind.islower() else crms.salesforce).fields[kind]
    fields[name] = replace(fields[name], **changes)  # type: ignore[arg-type]  # real attributes


def lose(crms: TwoCrms, kind: str, name: str) -> FieldSchema:
    """Take a field away; what it was."""
    return (crms.hubspot if kind.islower() else crms.salesforce).fields[kind].pop(name)


def _hubspot(one: FieldMapping) -> FieldSchema:
    options = {value: value for value in one.values} or None
    return FieldSchema(HUBSPOT[one.type], options=options, restricted=options is not None)


def _salesforce(one: FieldMapping) -> FieldSchema:
    options = {value: value for value in one.values.values()} or None
    return FieldSchema(
        SALESFORCE[one.type],
        length=one.length,
        options=options,
        restricted=options is not None,
    )

"""Short ways to declare a property of each kind."""

from dataclasses import replace

from include.sandbox.hubspot.property import Option, Property

YES_OR_NO = (Option("true", "Yes"), Option("false", "No"))


def text(name: str, label: str, group: str, field_type: str = "text") -> Property:
    """A string."""
    return Property(name, label, "string", field_type, group, form_field=True)


def long_text(name: str, label: str, group: str) -> Property:
    """A string of several lines."""
    return text(name, label, group, "textarea")


def phone(name: str, label: str, group: str) -> Property:
    """A phone number, which is a string to HubSpot."""
    return text(name, label, group, "phonenumber")


def number(name: str, label: str, group: str) -> Property:
    """A number."""
    return Property(name, label, "number", "number", group, form_field=True)


def moment(name: str, label: str, group: str) -> Property:
    """A date with a time."""
    return Property(name, label, "datetime", "date", group)


def day(name: str, label: str, group: str) -> Property:
    """A date."""
    return Property(name, label, "date", "date", group)


def switch(name: str, label: str, group: str) -> Property:
    """True or false."""
    return Property(name, label, "bool", "booleancheckbox", group, YES_OR_NO)


def choice(name: str, label: str, group: str, options: str, field_type: str = "select") -> Property:
    """One of several options, declared as `VALUE=Label; VALUE=Label`."""
    return Property(name, label, "enumeration", field_type, group, read_options(options))


def owner(group: str) -> Property:
    """The owner of a record."""
    name, label = "hubspot_owner_id", "Owner"
    return Property(name, label, "enumeration", "select", group, external=True)


def computed(declared: Property) -> Property:
    """The same, kept by HubSpot and refused from anybody else."""
    return replace(declared, read_only=True, form_field=False)


def calculated(declared: Property) -> Property:
    """The same, worked out by HubSpot from other properties."""
    return replace(computed(declared), calculated=True)


def read_options(options: str) -> tuple[Option, ...]:
    """Options from their short spelling; one without a label is its own."""
    pairs = (entry.strip().partition("=") for entry in options.split(";") if entry.strip())
    return tuple(Option(value, label or value) for value, _, label in pairs)

"""What people type into a CRM: each quirk turns an ordinary person into a trap.

The safe ones are legal in both systems and must arrive unharmed: markup, a formula, an
emoji, a plus in the e-mail, a very long street, an accent in every field. The others are
legal in HubSpot alone, and Salesforce refuses them or stores something else: that is what
the held and rejected records of a first run are made of.
"""

from collections.abc import Callable
from dataclasses import replace

from include.sandbox.seed.names import phone
from include.sandbox.seed.person import Person

Quirk = Callable[[Person], Person]


def markup(who: Person) -> Person:
    """Text that a careless page would show as bold."""
    return replace(who, title="<b>Head</b> of R&D", street='1 "Quote" Court <i>rear</i>')


def formula(who: Person) -> Person:
    """Text that a careless export would calculate."""
    return replace(who, title="=1+1")


def emoji(who: Person) -> Person:
    """Characters beyond the basic plane, one of them joined out of four."""
    return replace(who, title="Growth 🚀 & Crew 👩‍👩‍👧‍👦")


def plus_address(who: Person) -> Person:
    """A sub-address, which is another mailbox to a CRM."""
    return replace(who, email=who.email and who.email.replace("@", "+newsletter@"))


def shouted(who: Person) -> Person:
    """An e-mail typed with the caps lock on."""
    return replace(who, email=who.email and who.email.upper())


def long_street(who: Person) -> Person:
    """A street of several lines, close to the 255 characters Salesforce stores."""
    return replace(who, street="Unit 7\n" + "The Old Ropeworks, North Wharf, " * 7 + "Gate 2")


def apostrophe(who: Person) -> Person:
    """A name that ends a careless query early."""
    return replace(who, first="Séan", last="O'Brien")


def backslash(who: Person) -> Person:
    """Characters with a meaning in query languages."""
    return replace(who, title="Ops \\ 100% 'on call' _all_")


def extension(who: Person) -> Person:
    """A phone number with letters in it."""
    return replace(who, phone=phone(who.place, who.line, 2))


def long_title(who: Person) -> Person:
    """A title longer than the 128 characters Salesforce stores."""
    return replace(who, title="Senior Director of Everything Anyone Has Ever Heard Of, " * 3)


def short_phone(who: Person) -> Person:
    """Too few digits for the org's validation rule."""
    return replace(who, phone="12345")


def padded(who: Person) -> Person:
    """Blanks around a value, which HubSpot keeps and Salesforce trims."""
    return replace(who, title="  Buyer ", last=f"{who.last} ")


def nameless(who: Person) -> Person:
    """No last name, which a HubSpot contact may lack and a Salesforce one may not."""
    return replace(who, first=None, last="")


SAFE: tuple[Quirk, ...] = (
    markup,
    formula,
    emoji,
    plus_address,
    shouted,
    long_street,
    apostrophe,
    backslash,
    extension,
)
HUBSPOT_ONLY: tuple[Quirk, ...] = (*SAFE, long_title, short_phone, padded, nameless)


def quirky(who: Person, index: int, quirks: tuple[Quirk, ...], rounds: int = 3) -> Person:
    """The `index`th person of a category: the first few rounds of them have a quirk each."""
    return quirks[index % len(quirks)](who) if index < rounds * len(quirks) else who

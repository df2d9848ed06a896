"""Whether a filter of the mapping has the form of one SOQL condition, and of nothing more.

The text comes from the mapping's author and is put into queries between parentheses, never beside
a record's value. So it must be closed in itself, quotes and parentheses alike, and must not
go on where a condition ends. What fields it names is for Salesforce to say.
"""

import re
from collections.abc import Iterator

LONGEST = 2000
_LITERAL = re.compile(r"'(?:\\.|[^'\\])*'")
_BEYOND = re.compile(
    r"\b(SELECT|FROM|ORDER\s+BY|GROUP\s+BY|LIMIT|OFFSET|HAVING|FOR\s+(?:VIEW|REFERENCE|UPDATE)"
    r"|ALL\s+ROWS|USING\s+SCOPE|WITH\s+\w+)\b",
    re.IGNORECASE,
)


def filter_problems(text: str) -> Iterator[str]:
    """Yield what is wrong with a condition; each continues the name of its key."""
    condition = text.strip()
    if not condition:
        yield "is empty: leave it out to let every record take part"
        return
    if len(condition) > LONGEST:
        yield f"is longer than {LONGEST} characters, which leaves a query too little room"
    bare = _LITERAL.sub("''", condition)
    if bare.replace("''", "").count("'"):
        yield "has a quote that is not closed"
    if not _is_closed(bare):
        yield "has parentheses that do not match"
    if re.match(r"WHERE\b", bare, re.IGNORECASE):
        yield "must not say WHERE: it is what stands behind it"
    elif found := _BEYOND.search(_outermost(bare)):
        yield f"must be one condition, and {' '.join(found[1].upper().split())} is no part of one"
    if re.search(r";|--|/\*", bare):
        yield "must be one condition, without ; or comments"


def _outermost(text: str) -> str:
    """The text without what stands in parentheses, where a sub-query may be."""
    depth, kept = 0, []
    for sign in text:
        depth += sign == "("
        kept.append(" " if depth > 0 else sign)
        depth -= sign == ")"
    return "".join(kept)


def _is_closed(text: str) -> bool:
    open_ = 0
    for sign in text:
        open_ += (sign == "(") - (sign == ")")
        if open_ < 0:
            return False
    return open_ == 0

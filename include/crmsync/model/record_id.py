"""What Salesforce's ids look like, and the one spelling we keep of each.

An address or a report shows fifteen characters, in which capitals count; the API answers with
eighteen, of which the last three say which of the first are capitals. Both name one record.
"""

import re
from string import ascii_uppercase

SHORT_ID = 15
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
_CHECK_LETTERS = ascii_uppercase + "012345"


def is_id(text: str) -> bool:
    """Whether Salesforce would take a text for an id: one it would not gets all the others refused.

    Eighteen characters end in three that say which of the first fifteen are capitals.
    """
    if _ID.fullmatch(text) is None:
        return False
    return len(text) == SHORT_ID or text[SHORT_ID:] == _checksum(text[:SHORT_ID])


def whole_id(id_: str) -> str:
    """An id with all its eighteen characters."""
    return id_ if len(id_) > SHORT_ID else id_ + _checksum(id_)


def _checksum(short: str) -> str:
    fives = (short[start : start + 5] for start in range(0, SHORT_ID, 5))
    return "".join(
        _CHECK_LETTERS[sum(letter.isupper() << place for place, letter in enumerate(five))]
        for five in fives
    )

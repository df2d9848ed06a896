"""Named transforms: how one system's value becomes the other's, where the two say it differently.

A transform names what Salesforce holds. One that is *invertible* is a dictionary: what it makes
of HubSpot's value it also finds back, so it may stand under any rule. One that is not loses
something (capitals, blanks, the protocol of an address), so it may only stand under a rule
that goes one way: it is then applied to the owner's value, and to no other.
"""

from enum import StrEnum


class Transform(StrEnum):
    """What may stand under `transform` in a mapping."""

    COUNTRY_CODE = "country_code"
    """HubSpot holds an English country name, Salesforce its ISO 3166 code of two letters."""
    COUNTRY_NAME = "country_name"
    """The other way about: HubSpot holds the code, Salesforce the name."""
    PERCENT = "percent"
    """HubSpot holds a share (0.25), Salesforce a percentage (25)."""
    LOWER = "lower"
    """Lower case."""
    UPPER = "upper"
    """Upper case."""
    TITLE_CASE = "title_case"
    """Each word begins with a capital; words that have capitals inside stay as they are."""
    SINGLE_LINE = "single_line"
    """Line breaks and runs of blanks become one blank."""
    STRIP_URL = "strip_url"
    """Without protocol, `www.`, path and query: www.example.com/about becomes example.com."""
    E164_PHONE = "e164_phone"
    """A number with its country code as + and digits: +44 20 7946 0001 becomes +442079460001."""
    ROUND_TO_CENTS = "round_to_cents"
    """Two digits behind the point, halves away from zero."""

    @property
    def invertible(self) -> bool:
        """Whether it can be taken back, so that its field may travel both ways."""
        return self in (Transform.COUNTRY_CODE, Transform.COUNTRY_NAME, Transform.PERCENT)

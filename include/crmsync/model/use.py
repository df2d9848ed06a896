"""How much of a day's API calls an account has used, by its system's own word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """What a system says of its calls: everybody's, not only ours."""

    used: int
    limit: int
    """How many there are in a day: in HubSpot the portal's, in Salesforce the last 24 hours."""

    @property
    def share(self) -> float:
        """Of 1; an account without any calls counts as used up."""
        return self.used / self.limit if self.limit > 0 else 1.0

    def left(self, share: float) -> int:
        """How many calls there are until this share of the limit is used; none below nought."""
        return max(0, int(self.limit * share) - self.used)

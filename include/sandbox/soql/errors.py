"""What is wrong with a query, and where: the excerpt, the caret and the row and column.

Salesforce shows the line of the query, a caret below the word, then `ERROR at
Row:1:Column:8`. Rows and columns count from 1.
"""

EXCERPT = 80
"""Characters of a long line that are shown around the position."""


class SoqlError(Exception):
    """A query cannot be answered; `code` is the API's word for why."""

    def __init__(self, code: str, message: str, position: int | None = None) -> None:
        self.code = code
        self.message = message
        self.position = position
        super().__init__(message)

    def text(self, query: str) -> str:
        """The message as the API words it, with the place in the query where one is known."""
        if self.position is None:
            return self.message
        before = query[: self.position]
        row = before.count("\n") + 1
        column = self.position - (before.rfind("\n") + 1) + 1
        line = query.split("\n")[row - 1]
        start = max(0, column - 1 - EXCERPT // 2)
        caret = " " * (column - 1 - start) + "^"
        shown = line[start : start + EXCERPT]
        return f"\n{shown}\n{caret}\nERROR at Row:{row}:Column:{column}\n{self.message}"


def malformed(message: str, position: int | None = None) -> SoqlError:
    """The text is not SOQL."""
    return SoqlError("MALFORMED_QUERY", message, position)


def invalid_field(message: str, position: int | None = None) -> SoqlError:
    """A field does not exist, or may not be used so."""
    return SoqlError("INVALID_FIELD", message, position)

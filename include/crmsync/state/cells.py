"""Cells of files that people open in a spreadsheet: none of them is taken for a formula.

What a CRM holds is hostile text. A cell that would be run begins with an apostrophe instead, blanks
before it or not.
"""

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula."""


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows as it is."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULAS) else cell

"""One thing wrong with a mapping file: where, and in words that say what to do.

Every stage of loading reports problems and goes on, so that a person mends a file once
and not once per mistake. A problem names file and line in the form editors can jump to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something to mend, at one line of one file."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def none_of(word: str, known: Iterable[str]) -> str:
    """`"x" is none of a, b`, and the known word that was probably meant."""
    words = list(known)
    return f'"{word}" is none of {", ".join(words)}{meant(word, words)}'


def meant(word: str, known: Iterable[str]) -> str:
    """`; did you mean y?`, or nothing when no known word is close."""
    words = list(known)
    lower = {one.lower(): one for one in words}
    close = get_close_matches(word.lower(), list(lower), n=1)
    if not close:
        close = [low for low in lower if word and low.startswith(word.lower())][:1]
    return f"; did you mean {lower[close[0]]}?" if close else ""

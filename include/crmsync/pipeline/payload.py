"""Reading what a run was triggered with: from Airflow's form, a `conf`, REST or a command line.

Everything in it was typed by somebody and may be of any type and size. Each question gives a usable
answer and notes what is wrong in plain words, so that a person hears of every problem at once, and
before anything is read. Words in a problem are ours: of what was typed it says where, never what,
for e-mail addresses are typed here, and problems end in logs.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from include.crmsync.errors import ConfigError

NAMED = 5
"""So many of several places, or names, a problem tells; of the rest it says how many."""

LONGEST = 400
"""Characters of the longest single word that can be meant: an id, an address, a name."""

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


class Payload:
    """What was told, and what is wrong with it."""

    def __init__(self, told: Mapping[str, Any], known: Collection[str]) -> None:
        self._told = told
        self.problems: list[str] = []
        for name in told:
            if name not in known:
                self.refuse(_unknown(name, known))

    def refuse(self, problem: str) -> None:
        """Note a problem; each once."""
        if problem not in self.problems:
            self.problems.append(problem)

    def done(self, what: str) -> None:
        """Raise ConfigError with everything that is wrong, if anything is."""
        if self.problems:
            raise ConfigError(f"{what} cannot be done as it was asked for", tuple(self.problems))

    def has(self, name: str) -> bool:
        """Whether anything at all was told under a name."""
        value = self._told.get(name)
        return value is not None and value is not False and value not in ("", [], {})

    def text(self, name: str, longest: int = LONGEST) -> str:
        """One text, without blanks about it; empty where there is none."""
        value = self._told.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse(f"{name} must be a text, and is {_kind(value)}")
            return ""
        if len(value) > longest:
            self.refuse(f"{name} has {len(value)} characters; {longest} are the most")
            return ""
        if "\x00" in value or not value.isprintable():
            self.refuse(f"{name} holds characters that cannot be printed, a line break perhaps")
            return ""
        return value.strip()

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """True or false."""
        value = self._told.get(name)
        if value is None:
            return otherwise
        if not isinstance(value, bool):
            self.refuse(f"{name} must be true or false, and is {_kind(value)}")
            return otherwise
        return value

    def number(self, name: str, most: int, otherwise: int) -> int:
        """A whole number from 1 on."""
        value = self._told.get(name)
        if value is None:
            return otherwise
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self.refuse(f"{name} must be a whole number from 1 to {most}")
            return otherwise
        return value

    def choice(self, name: str, among: Sequence[str], otherwise: str) -> str:
        """One of some words."""
        value = self._told.get(name)
        if value in (None, ""):
            return otherwise
        if not isinstance(value, str) or value not in among:
            self.refuse(f"{name} must be {' or '.join(among)}")
            return otherwise
        return value

    def among(self, name: str, words: Mapping[str, int], known: Sequence[str]) -> None:
        """Refuse those of several words that are none of the known ones."""
        for word, place in words.items():
            if word not in known:
                self.refuse(f"{name}: {places([place])} none of {', '.join(known)}")

    def words(self, name: str, most: int, instead: str) -> dict[str, int]:
        """Several words, each once, and the place where it stands first.

        They come as a list, or as a text with one in a line or parted by commas; whole numbers
        count as words. `instead`: what to do with more than `most`.
        """
        value = self._told.get(name)
        if value is None:
            return {}
        if isinstance(value, str):
            value = _split(value, most)
        elif isinstance(value, int) and not isinstance(value, bool):
            value = [value]
        if not isinstance(value, list | tuple):
            self.refuse(f"{name} must be a list of texts, and is {_kind(value)}")
            return {}
        if len(value) > most:
            self.refuse(
                f"{name} has {_how_many(len(value), most)}, and {most:,} are the most: {instead}"
            )
            return {}
        return self._each(name, value)

    def _each(self, name: str, value: Sequence[Any]) -> dict[str, int]:
        found: dict[str, int] = {}
        odd, long = list[int](), list[int]()
        for place, one in enumerate(value, 1):
            if isinstance(one, bool) or not isinstance(one, str | int):
                odd.append(place)
            elif isinstance(one, str) and len(one) > LONGEST:
                long.append(place)
            elif word := str(one).strip():
                found.setdefault(word, place)
        if odd:
            self.refuse(f"{name}: {places(odd)} no text, and no whole number")
        if long:
            self.refuse(f"{name}: {places(long)} longer than {LONGEST} characters")
        return found


def places(numbers: Sequence[int]) -> str:
    """Where in a list, in words that go on with what is wrong there: `the 2nd and the 5th are`."""
    told = [f"the {_nth(one)}" for one in numbers[:NAMED]]
    if len(numbers) > NAMED:
        told.append(f"{len(numbers) - NAMED} more")
    return f"{listed(told)} {'is' if len(numbers) == 1 else 'are'}"


def listed(words: Iterable[str]) -> str:
    """Words as people list them."""
    told = list(words)
    return " and ".join((", ".join(told[:-1]), told[-1])) if len(told) > 1 else "".join(told)


def near(word: str, known: Collection[str]) -> str:
    """What was perhaps meant by a word that is unknown."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else f"; there are {listed(sorted(known))}"


def _unknown(name: object, known: Collection[str]) -> str:
    if isinstance(name, str) and _WORD.fullmatch(name):
        return f"there is no parameter {name}{near(name, known)}"
    return "there is a parameter whose name is none: " + listed(sorted(known)) + " are known"


def _split(text: str, most: int) -> list[str]:
    """The words of a text; of far too many only so many that they are seen to be."""
    found: list[str] = []
    for match in re.finditer(r"[^\s,;]+", text):
        found.append(match[0])
        if len(found) > most:
            break
    return found


def _how_many(count: int, most: int) -> str:
    return f"more than {most:,} entries" if count == most + 1 else f"{count:,} entries"


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text"}
    kinds |= {list: "a list", dict: "an object"}
    return kinds.get(type(value), "something else")


def _nth(number: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ends.get(number % 10, 'th')}"

"""From the bytes of a YAML file to plain data that remembers its lines.

Only what a mapping needs is read: text, whole numbers, true, false, null, lists and
mappings. Words such as `yes`, `no` and dates stay text, so that `{NO: Norway}` means what
it says. Anchors, aliases and tags are refused, and nesting has a limit, before anything is
built: no file can run code or fill the memory. A key that appears twice is reported and
the first one kept.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml

from include.crmsync.mappings.problem import Problem

Where = tuple[str | int, ...]
"""Keys and positions that lead to a value, e.g. `("fields", 2, "rule")`."""

DEEPEST = 8
"""A mapping file is four levels deep; a few more for a mistake to be told as one."""
LARGEST = 1_000_000
"""Bytes of the largest file that is read at all; the bundled ones have about 4,000."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's plain data, and the line on which each part of it begins."""

    file: str
    data: Any
    lines: Mapping[Where, int] = field(default_factory=dict)

    def inside(self, where: Where) -> Any:
        """The plain data at a place, None where there is none."""
        return inside(self.data, where)

    def line(self, where: Where) -> int:
        """The line of the nearest part that exists: a missing key is where it would be."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def problem(self, where: Where, text: str) -> Problem:
        """Something wrong at a place."""
        return Problem(self.file, self.line(where), text)


def inside(data: Any, where: Where) -> Any:
    """What is found by following keys and positions, None where they lead nowhere."""
    for key in where:
        match data, key:
            case dict(), str():
                data = data.get(key)
            case list(), int():
                data = data[key]
            case _:
                return None
    return data


def parse(path: Path) -> tuple[Document | None, list[Problem]]:
    """Read one file; None when it cannot be understood at all, and the problems say why."""
    try:
        text = _text(path)
    except _Unreadable as error:
        return None, [Problem(path.name, error.line, str(error))]
    try:
        problems = list(_dangers(path.name, text))
        node = None if problems else yaml.compose(text, Loader=_Reader)
    except yaml.YAMLError as error:
        return None, [_syntax(path.name, text, error)]
    if problems:
        return None, problems
    builder = _Builder(path.name)
    data = builder.build(node, ()) if node else None
    if data is None:
        return None, [Problem(path.name, 1, "the file is empty: map an object type")]
    return Document(path.name, data, builder.lines), builder.problems


class _Unreadable(ValueError):
    """The bytes are no text we read."""

    def __init__(self, text: str, line: int = 1) -> None:
        super().__init__(text)
        self.line = line


class _Reader(yaml.SafeLoader):
    """YAML of few words: everything that is not null, true, false or an integer is text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]  # as in PyYAML


_PLAIN = {
    "tag:yaml.org,2002:null": (r"^(?:~|null|)$", ["~", "n", ""]),
    "tag:yaml.org,2002:bool": (r"^(?:true|false)$", list("tf")),
    "tag:yaml.org,2002:int": (r"^[-+]?[0-9]{1,18}$", list("-+0123456789")),
}
for _tag, (_pattern, _first) in _PLAIN.items():
    _Reader.add_implicit_resolver(_tag, re.compile(_pattern), _first)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _Unreadable(f"the file cannot be read: {error.strerror}") from None
    if len(raw) > LARGEST:
        raise _Unreadable(f"the file has more than {LARGEST:,} bytes: this is no mapping")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _Unreadable("not UTF-8: save the file in that encoding", line) from None


def _dangers(file: str, text: str) -> Iterator[Problem]:
    """What is never built: aliases, tags, several documents, bottomless nesting."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Reader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                yield Problem(file, line, "a second document: one file describes one object type")
        depth += _step(event)
        if depth > DEEPEST:
            yield Problem(file, line, f"nested more than {DEEPEST} levels deep: this is no mapping")
            return
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield Problem(file, line, "anchors and aliases (& and *) are not used: write it out")
        if getattr(event, "tag", None):
            yield Problem(
                file, line, "tags (!) are not used: quote the value if it begins with one"
            )


def _step(event: Any) -> int:
    if isinstance(event, yaml.CollectionStartEvent):
        return 1
    return -1 if isinstance(event, yaml.CollectionEndEvent) else 0


def _syntax(file: str, text: str, error: yaml.YAMLError) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Problem(file, line, "not YAML: it holds a character that text may not hold")
    mark, began = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    context, problem = getattr(error, "context", None), getattr(error, "problem", None)
    since = f"{context} begun on line {began.line + 1}" if context and began else context
    said = ", ".join(part for part in (since, problem) if part)
    return Problem(file, mark.line + 1 if mark else 1, f"not YAML: {said}")


class _Builder:
    """Turns nodes into plain data, and notes where each part begins."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.lines: dict[Where, int] = {}
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, where: Where) -> Any:
        self.lines.setdefault(where, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(one, (*where, at)) for at, one in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self._report(line, "a key must be a single word or number")
            elif key.value in found:
                first = self.lines[(*where, key.value)]
                self._report(line, f'key "{key.value}" appears twice, first on line {first}')
            else:
                self.lines[(*where, key.value)] = line
                found[key.value] = self.build(value, (*where, key.value))
        return found

    def _report(self, line: int, text: str) -> None:
        self.problems.append(Problem(self._file, line, text))


def _scalar(node: yaml.Node) -> Any:
    match node.tag:
        case "tag:yaml.org,2002:null":
            return None
        case "tag:yaml.org,2002:bool":
            return node.value == "true"
        case "tag:yaml.org,2002:int":
            return int(node.value)
        case _:
            return node.value

"""Any text as the name of one file, each text as a name of its own.

Ids of sync runs come from Airflow or from whoever starts a run; neither may choose where a
file lies. A name keeps letters, digits and `_ - + .`, spells everything else as `%` and hex,
and never begins with a dot. A long one is cut and carries its digest after a `~`, which no
short one can contain, so that two texts never share a name.
"""

import re
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

LONGEST = 120
"""Longest name kept whole; file systems stop at 255 bytes, and a suffix is added."""

_NAME = re.compile(r"(?!\.)[A-Za-z0-9_\-+.%~]{1,200}")


@lru_cache(maxsize=1024)  # every step asks for the same few
def file_name(text: str) -> str:
    """The file name of a text: safe on every file system, and the text's alone."""
    name = quote(text, safe="+", errors="surrogatepass").replace("~", "%7E")
    if name.startswith("."):
        name = f"%2E{name[1:]}"
    if len(name) > LONGEST:
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{name[: LONGEST - 40]}~{digest}"
    return name or "%"


def is_file_name(name: str) -> bool:
    """Whether `file_name` could have made it: nothing else is looked up on disk."""
    return _NAME.fullmatch(name) is not None

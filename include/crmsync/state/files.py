"""Writing a file so that a killed process leaves the last good one.

It is written under another name, forced to disk and renamed. Files and the folders above them hold
personal data, and are the owner's alone. Half a surrogate pair, which a CRM may cut a text down to,
is spelled as an escape: the file is UTF-8 in any case.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, content: Iterable[str]) -> None:
    """Write a file over its last version; it appears whole, or not at all."""
    _make(path.parent)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partial")
    try:
        with os.fdopen(
            descriptor, "w", encoding="utf-8", newline="", errors="backslashreplace"
        ) as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _make(folder: Path) -> None:
    """Make a folder and the ones above it, each the owner's alone."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Force a rename or a new name in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

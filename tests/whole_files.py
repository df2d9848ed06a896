"""Which worker gets which tests: whole files, and those that share something costly together."""

import re
from functools import cache

from xdist.scheduler import LoadScopeScheduling

from tests.conftest import ROOT

GROUP = re.compile(r"xdist_group\(\"(\w+)\"\)")


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a worker whole files; those that name the same group go to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.split("::", 1)[0])


@cache
def group_of(file: str) -> str:
    """The group that a file names, or the file itself."""
    named = GROUP.search((ROOT / file).read_text("utf-8"))
    return named[1] if named else file

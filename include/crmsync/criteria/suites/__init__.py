"""The suites, one JSON file per object type and direction, and how they are loaded.

A criterion is added by editing one file. Loading reads that file alone, reports every
problem in it at once, and needs no Great Expectations. A direction without a suite is an
error, not a free pass: a suite without expectations says that everything may sync.
"""

from pathlib import Path

from include.crmsync.criteria.sense import sense
from include.crmsync.criteria.shape import Unreadable, read
from include.crmsync.criteria.suite import Suite, suite_name
from include.crmsync.errors import ConfigError
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System

HERE = Path(__file__).parent


def load(
    object_type: str, system: System, mapping: ObjectMapping | None = None, folder: Path = HERE
) -> Suite:
    """The suite for records of `system`; raises ConfigError with all its problems.

    With `mapping`, fields and values the suite names are held against it as well.
    """
    name = suite_name(object_type, system)
    path = folder / f"{name}.json"
    try:
        draft, problems = read(path)
    except FileNotFoundError:
        raise ConfigError(
            f"there is no suite {name}: write criteria/suites/{name}.json; without expectations"
            " in it, every record may sync"
        ) from None
    except Unreadable as error:
        raise ConfigError(f"suite {name} cannot be used", (str(error),)) from None
    problems += sense(draft, mapping)
    if problems:
        what = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ConfigError(f"suite {name} cannot be used: {what} to mend", tuple(problems))
    return Suite(name, object_type, system, tuple(one for _, one in draft.expectations), draft.left)

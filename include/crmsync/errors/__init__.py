"""Every error this package raises on purpose, and who acts next.

    * SyncError
      x ConfigError       mapping, suite or connection is wrong   -> a person; no retry
      x GatewayError      a CRM answered, not with what we asked
        + Unauthorized    credentials or permission refused       -> a person; no retry
        + LimitReached    the daily allocation is spent           -> wait for it to return
        + RateLimited     carries retry_after, in seconds         -> wait, then retry
        + Unavailable     time-out, lost answer or 5xx            -> retry
        + Rejected        the CRM refused the request itself      -> a person; no retry
      x GuardTripped      the plan looks like an accident         -> a person; nothing written
      x StalePlan         a kept plan no longer fits              -> a person; nothing written
      x StateError        what we remember contradicts itself     -> a person; no retry
        + Busy            another sync run is writing right now   -> wait, then retry
        + LeaseLost       another sync run has taken over         -> run again: it looks first
        + Unreachable     the state's database does not answer    -> wait, then retry

Messages say what was attempted, on what, and what to do. They never carry a record's
value or a secret, because they end in task logs and alerts. The refusal of one record is
an outcome, not an error: it never leaves `load`.
"""


class SyncError(Exception):
    """The root: catch it to tell our own failures from bugs."""

    retry = False
    """Whether the same step may succeed if it is simply run again."""


class Fault(Exception):
    """An error that nobody raised on purpose, told by its class and place alone.

    Its own message may hold anything, a record's values among them, and would end in a task's log.
    """


class ConfigError(SyncError):
    """A mapping, a suite or a connection is wrong; `problems` lists everything found."""

    def __init__(self, what: str, problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        super().__init__("\n  - ".join((what, *problems)))


class GatewayError(SyncError):
    """A CRM answered, but not with what was asked for."""


class Unauthorized(GatewayError):
    """The CRM refused the credentials, or a permission they lack."""


class LimitReached(GatewayError):
    """The daily API allocation is spent; nothing is lost, the next run goes on."""

    retry = True


class RateLimited(GatewayError):
    """Too many requests in a short time."""

    retry = True

    def __init__(self, message: str, retry_after: float = 10.0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Unavailable(GatewayError):
    """A time-out, a lost answer or a server error; the write may or may not have happened."""

    retry = True


class Rejected(GatewayError):
    """The CRM refused the request as a whole; `code` is its own word for why."""

    def __init__(self, message: str, code: str = "") -> None:
        self.code = code
        super().__init__(message)


class GuardTripped(SyncError):
    """The plan looks like an accident; nothing was written."""


class StalePlan(SyncError):
    """A kept plan may not be applied any more; nothing was written."""


class StateError(SyncError):
    """What the state store remembers contradicts itself or the run's own sums."""


class Busy(StateError):
    """Another sync run holds the lock of this object type."""

    retry = True


class LeaseLost(StateError):
    """Another sync run has taken the lease of this object type since we took ours."""

    retry = True


class Unreachable(StateError):
    """The database that holds the state does not answer."""

    retry = True


EVERYBODYS = (LimitReached, RateLimited, Unavailable, Unreachable)
"""What is wrong with a whole system: every object type of a run meets it."""

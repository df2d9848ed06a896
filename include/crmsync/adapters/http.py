"""One request, one answer, one error family, one retry habit: for both CRMs.

A `Wire` is the `requests` session that both vendors' clients send through, so everything
about the conversation is decided here once. Each request has a time-out and is counted.
An answer that is not a success, or that breaks off, leaves as one of `errors`. What may
pass by itself is asked again a few times, after the pause the CRM asked for or a growing,
jittered one: nearly every call of ours may be repeated, because reads change nothing and
writes are updates to fixed values or upserts on an external key. The few others are sent
through `once`, which repeats nothing that may have arrived before it was looked for. A spent
daily allocation is never asked again. Where a CRM allows so many calls in a time, `pace`
waits before each; `allowance` keeps below the calls of the day.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter
from urllib3.exceptions import NewConnectionError

from include.crmsync.adapters.allowance import Allowance
from include.crmsync.adapters.failures import (
    NeverArrived,
    StillAtWork,
    body_of,
    failure,
    place,
)
from include.crmsync.errors import ConfigError, RateLimited, Unavailable

T = TypeVar("T")

Pace = Callable[[requests.PreparedRequest], None]
"""Waits, if need be, until a request may be sent."""

Timeout = tuple[float, float]
"""Seconds to wait for a connection, and for each piece of the answer."""

TIMEOUT: Timeout = (5, 60)

ATTEMPTS = 4

REPEATS, REPEATED_SHARE = 12, 0.05
"""How many calls may only repeat another: so many, and this share of all that were sent."""

PATIENCE = 60.0
"""The longest pause, in seconds, worth sitting out; a longer one is the scheduler's to wait."""

_backoff = wait_exponential_jitter(multiplier=0.5, max=20.0, jitter=0.5)


class Wire(requests.Session):
    """A session that counts, waits, retries, and raises only our own errors."""

    def __init__(
        self, *, timeout: Timeout = TIMEOUT, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        super().__init__()
        self.calls = 0
        self.allowance = Allowance()
        self._again = 0
        """Calls that only repeated another one."""
        self._looks = False
        """Whether somebody looks before a request is sent again that may have arrived."""
        self.answered_at: datetime | None = None
        """The far side's clock at its latest answer, by its Date header."""
        self.pace: Pace = _at_once
        self.heed: Callable[[requests.Response], None] = _not_at_all
        """Reads what each answer says of the limits."""
        # A callable here keeps requests from putting a ~/.netrc entry in our token's place.
        self.auth = _as_it_is
        self._timeout = timeout
        self._retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception(self._worth_repeating),
            wait=_pause,
            sleep=sleep,
            reraise=True,
        )
        # Below ERROR urllib3 logs whole URLs, and the SOQL in them quotes record values.
        logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        # `from None`: what requests says here quotes the token's header, or the whole URL.
        try:
            return super().prepare_request(request)
        except (requests.RequestException, UnicodeError) as unusable:
            problem = type(unusable).__name__
            raise ConfigError(
                f"the connection's URL or token cannot be sent ({problem}); look for a missing"
                " https://, and for blanks or line ends around either"
            ) from None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        # Neither API redirects; following one would hand our token to another host.
        kwargs["allow_redirects"] = False
        return self._retrying(self._once, request, kwargs)

    def once(self, send: Callable[[], T], done: Callable[[], bool]) -> T | None:
        """Send what must not happen twice; where that is in doubt, look before sending it again.

        None where the look finds it done. What may still be at work is left to a later attempt:
        a look would come too early.
        """
        lost: list[Unavailable] = []

        def deed() -> T | None:
            if lost and done():
                return None
            try:
                with self._looking():
                    return send()
            except (NeverArrived, StillAtWork):
                raise
            except Unavailable as doubt:
                lost.append(doubt)
                raise

        # Only a lost send is repeated here: the look has repeats of its own.
        in_doubt = retry_if_exception(lambda one: one in lost and self._worth_repeating(one))
        return self._retrying.copy(retry=in_doubt)(deed)

    @contextmanager
    def _looking(self) -> Iterator[None]:
        self._looks = True
        try:
            yield
        finally:
            self._looks = False

    def _once(self, request: requests.PreparedRequest, kwargs: Any) -> requests.Response:
        self.allowance.spend(self.calls, place(request))
        self.pace(request)
        self.calls += 1
        response = self._exchange(request, kwargs)
        self.allowance.heed(response.headers)
        self.answered_at = _date(response) or self.answered_at
        self.heed(response)
        if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            raise failure(response)
        if response.status_code != HTTPStatus.NO_CONTENT and not _is_whole(response):
            raise Unavailable(f"{place(request)}: the answer broke off before its end")
        return response

    def _worth_repeating(self, error: BaseException) -> bool:
        """Whether to ask again: what may pass, while few calls are mere repeats.

        In a storm of refusals every call would be sent four times over; the scheduler waits better.
        """
        if not _may_pass(error) or self._again >= REPEATS + self.calls * REPEATED_SHARE:
            return False
        # A 503 is in doubt too: a proxy says it of a request that it had passed on.
        if self._looks and not isinstance(error, RateLimited | NeverArrived):
            return False
        self._again += 1
        return True

    def _exchange(self, request: requests.PreparedRequest, kwargs: Any) -> requests.Response:
        # `from None`: the vendors' exceptions quote the URL with its query.
        try:
            return super().send(request, **kwargs)
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
            raise ConfigError(f"{place(request)}: the connection's URL is not one") from None
        except UnicodeError:
            text = "the connection's token has a character that no token has"
            raise ConfigError(f"{place(request)}: {text}") from None
        except requests.RequestException as lost:
            kind = _lost(lost)
            raise kind(f"{place(request)}: no answer ({type(lost).__name__})") from None


def _at_once(_: requests.PreparedRequest) -> None:
    """No pace: the request is sent at once."""


def _not_at_all(_: requests.Response) -> None:
    """Nothing is known of limits."""


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _is_whole(response: requests.Response) -> bool:
    """Whether an answer is JSON to its end; neither API answers with a bare word or number.

    A table's reader counts its rows; a taken upload is answered with nothing.
    """
    if response.headers.get("Content-Type", "").startswith("text/csv"):
        return True
    if response.request.method == "PUT" and not response.content:
        return response.status_code == HTTPStatus.CREATED
    return isinstance(body_of(response), dict | list)


def _lost(error: requests.RequestException) -> type[Unavailable]:
    """What is known of a request that was not answered."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError):
        return NeverArrived
    return StillAtWork if isinstance(error, requests.ReadTimeout) else Unavailable


def _date(response: requests.Response) -> datetime | None:
    """What the answer's Date header says; None where it says nothing readable."""
    try:
        told = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError):
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _may_pass(error: BaseException) -> bool:
    if not isinstance(error, RateLimited | Unavailable):
        return False
    return _told(error) <= PATIENCE


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return max(_told(error), _backoff(state))


def _told(error: BaseException | None) -> float:
    told: float = getattr(error, "retry_after", 0.0)
    return told

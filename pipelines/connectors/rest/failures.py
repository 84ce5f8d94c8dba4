"""How a pull fails. The messages are for people and hold no secret, no person and no address with a query."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz

import requests

WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that may be another one the next time."""


class PullError(Exception):
    """A pull that cannot be completed now. What has landed stays in force; the pages fetched so far are kept."""


class PlaceGone(PullError):
    """The server does not know what it was asked for: for the next page, an address or cursor that has expired."""


class Transient(Exception):
    """An answer that is worth another try. `retry_after` is what the server asks for: seconds or a date, as sent."""

    def __init__(self, reason: str, retry_after: str | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Drifted(Exception):
    """Records moved between pages while they were fetched: the pages do not make one list. Start over.

    `repeated` stands for records that came on two pages, where that is all that is known.
    """

    def __init__(self, reason: str, repeated: frozenset[int] = frozenset()) -> None:
        super().__init__(reason)
        self.repeated = repeated


def in_words(error: Exception) -> str:
    """Say what broke without the address, which may hold what nobody should read."""
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate is not trusted"
    if isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.ReadTimeout)):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "the connection failed or was cut off"
    return f"the answer broke off ({type(error).__name__})"


def retry_after(headers: Mapping[str, str]) -> str | None:
    """Return Retry-After in seconds; a date is taken against the server's own clock, which may not be ours."""
    stated = headers.get("Retry-After")
    until, now = parsedate_tz(stated or ""), parsedate_tz(headers.get("Date", ""))
    if stated is None or until is None or now is None:
        return stated
    return str(max(0, mktime_tz(until) - mktime_tz(now)))

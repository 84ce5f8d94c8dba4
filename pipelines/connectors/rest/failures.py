"""How a pull fails. The messages are for people and hold no secret, no person and no address with a query."""

from __future__ import annotations

import requests


class PullError(Exception):
    """A pull that cannot be completed now. What has landed stays in force; the pages fetched so far are kept."""


class Transient(Exception):
    """An answer that is worth another try. `retry_after` is what the server asks for: seconds or a date, as sent."""

    def __init__(self, reason: str, retry_after: str | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Drifted(Exception):
    """Records moved between pages while they were fetched: the pages do not make one list. Start over."""


def in_words(error: Exception) -> str:
    """Say what broke without the address, which may hold what nobody should read."""
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate is not trusted"
    if isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.ReadTimeout)):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "the connection failed or was cut off"
    return f"the answer broke off ({type(error).__name__})"

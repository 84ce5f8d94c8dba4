"""The one host that a source is asked at: credentials go to its origin (scheme, host, port) and nowhere else."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from pipelines.connectors.rest.failures import PullError


class Host:
    """The host of a base address."""

    def __init__(self, base: str) -> None:
        self._base = base

    def resolve(self, url: str, what: str = "leads") -> str:
        """Return the absolute URL. Raises PullError when it is on another origin than the base."""
        absolute = urljoin(self._base, url)
        if _origin(absolute) != _origin(self._base):
            raise PullError(
                f"the server {what} to another host ({urlsplit(absolute).hostname}); credentials go to"
                f" {urlsplit(self._base).hostname} only"
            )
        return absolute

    def led_to(self, url: str) -> str:
        """Return the address of a next page. Behind a proxy a server may not know by what scheme and port it is asked:
        on the base's host, where no other port is named, they are the base's.

        Raises:
            PullError: it is on another host.
        """
        base, there = urlsplit(self._base), urlsplit(urljoin(self._base, url))
        if there.hostname == base.hostname and there.port is None:
            url = there._replace(scheme=base.scheme, netloc=base.netloc).geturl()
        return self.resolve(url)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)

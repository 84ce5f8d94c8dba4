"""Asks one host, politely: credentials, time limits, retries, redirects, and bodies streamed to disk.

Credentials go to the origin (scheme, host, port) of the configured base and nowhere else: redirects are followed by
hand, on that origin only, and so are the URLs that answers give for the next page.
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util.retry import Retry

from pipelines.connectors.rest.credentials import Credentials
from pipelines.connectors.rest.failures import PullError, Transient, in_words
from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.secrets import Keyring, SecretMissing

_CHUNK = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `url` is absolute or relative to the base; `params` go in the query."""

    url: str
    method: str = "GET"
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    form: Mapping[str, Any] | None = None
    json_body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the body is in a file."""

    status: int
    headers: Mapping[str, str]
    next_link: str | None
    body: Path

    @property
    def content_type(self) -> str:
        """The media type, without parameters, in lower case."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class Client:
    """A session with one source. `judge` sees each answer and raises Transient or PullError where it is no good."""

    def __init__(self, spec: SourceSpec, folder: Path) -> None:
        self.spec = spec
        self.keyring = Keyring(folder)
        self._folder = folder
        self.requests_made = 0
        self._last_request = 0.0
        self._session = requests.Session()
        self._session.mount("https://", HTTPAdapter(max_retries=0))
        self._session.mount("http://", HTTPAdapter(max_retries=0))
        if spec.client_certificate:
            certificate = str(folder / spec.client_certificate)
            key = str(folder / spec.client_key) if spec.client_key else None
            self._session.cert = (certificate, key) if key else certificate
        if spec.ca_bundle:
            self._session.verify = str(folder / spec.ca_bundle)
        # At its debug level urllib3 writes down every path with its query.
        logging.getLogger("urllib3").setLevel(logging.WARNING)
        self._credentials: Credentials | None = None

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, ask: Ask, target: Path, judge: Callable[[Answer], None]) -> Answer:
        """Fetch into `target`, trying again where that helps, as long and as late as the server and the settings say.

        Raises:
            PullError: it stays broken, or trying again can't help; the message holds no secret.
        """
        placeholder = re.search(r"YOUR[-_][A-Z_-]+", self.spec.base)
        if placeholder:
            raise PullError(f"the base still says {placeholder[0]}: fill in what is yours")
        for file in (self.spec.client_certificate, self.spec.client_key, self.spec.ca_bundle):
            if file and not (self._folder / file).is_file():
                raise PullError(f"there is no file {file} beside sources.yml")
        try:
            return self._with_retries(ask, target, judge)
        except SecretMissing as error:
            raise PullError(str(error)) from None
        except PullError as error:
            raise type(error)(self.keyring.redact(str(error))) from None

    def _with_retries(self, ask: Ask, target: Path, judge: Callable[[Answer], None]) -> Answer:
        retry = Retry(
            total=self.spec.retries,
            backoff_factor=0.5,
            backoff_max=60,
            backoff_jitter=0.25,
            allowed_methods=None,
            respect_retry_after_header=True,
        )
        renewed = False
        while True:
            try:
                answer = self._once(ask, target)
                if answer.status == 401 and self._auth.can_renew and not renewed:
                    renewed = True
                    self._auth.renew()
                    continue
                judge(answer)
                return answer
            except Transient as failed:
                retry = self._wait(retry, ask, failed)

    def _wait(self, retry: Retry, ask: Ask, failed: Transient) -> Retry:
        """Return what is left of the tries, after waiting as long as the server asks or the backoff says."""
        try:
            retry = retry.increment(ask.method, "", error=OSError(str(failed)))
        except (MaxRetryError, OSError):
            raise PullError(f"{failed} ({self.spec.retries + 1} tries)") from None
        wait = retry.get_backoff_time()
        if failed.retry_after:
            with contextlib.suppress(HTTPError, ValueError, OverflowError):  # no time: the backoff stands
                wait = retry.parse_retry_after(failed.retry_after)
            if wait > self.spec.max_wait_seconds:
                raise PullError(
                    f"{failed}; the server asks to come back in {wait:,.0f} s, more than max_wait_seconds"
                    f" ({self.spec.max_wait_seconds:g}): the next pull goes on from here"
                )
        time.sleep(wait)
        return retry

    @property
    def _auth(self) -> Credentials:
        if self._credentials is None:
            self._credentials = Credentials(self.spec, self.keyring, self._session)
        return self._credentials

    def _once(self, ask: Ask, target: Path) -> Answer:
        url = self.resolve(ask.url)
        params, form = dict(ask.params), None if ask.form is None else dict(ask.form)
        self._auth.add_parameter(params, form)
        method, json_body = ask.method, ask.json_body
        for _ in range(_MOST_REDIRECTS + 1):
            self._be_polite()
            timeout = ask.timeout_seconds or self.spec.timeout_seconds
            try:
                with self._session.request(
                    method,
                    url,
                    params=params,
                    data=form,
                    json=json_body,
                    headers={"Accept": "application/json", **self.spec.headers, **ask.headers},
                    auth=self._auth,
                    timeout=timeout,
                    stream=True,
                    allow_redirects=False,
                    verify=self._session.verify,  # else REQUESTS_CA_BUNDLE in the environment wins over `ca_bundle`
                ) as response:
                    if response.status_code in _REDIRECTS and "Location" in response.headers:
                        url, params = self.resolve(urljoin(url, response.headers["Location"]), "redirects"), {}
                        if response.status_code == 303:
                            method, form, json_body = "GET", None, None
                        continue
                    self._receive(response, target)
                    links: Mapping[str, Any] = response.links
                    link = links.get("next", {}).get("url")
                    next_link = urljoin(url, link) if link else None
                    return Answer(response.status_code, response.headers, next_link, target)
            except (requests.RequestException, HTTPError, OSError) as error:
                raise Transient(in_words(error)) from None
        raise PullError(f"the server redirects more than {_MOST_REDIRECTS} times")

    def resolve(self, url: str, what: str = "leads") -> str:
        """Return the absolute URL. Raises PullError when it is on another origin than the base."""
        absolute = urljoin(self.spec.base, url)
        if _origin(absolute) != _origin(self.spec.base):
            raise PullError(
                f"the server {what} to another host ({urlsplit(absolute).hostname}); credentials go to"
                f" {urlsplit(self.spec.base).hostname} only"
            )
        return absolute

    def led_to(self, url: str) -> str:
        """Return the address of a next page. Behind a proxy a server may not know by what scheme and port it is asked:
        on the base's host, where no other port is named, they are the base's.

        Raises:
            PullError: it is on another host.
        """
        base, there = urlsplit(self.spec.base), urlsplit(urljoin(self.spec.base, url))
        if there.hostname == base.hostname and there.port is None:
            url = there._replace(scheme=base.scheme, netloc=base.netloc).geturl()
        return self.resolve(url)

    def _receive(self, response: requests.Response, target: Path) -> None:
        """Write the body to disk as it comes; a server that drips is cut off after `total_seconds`."""
        deadline = time.monotonic() + self.spec.total_seconds
        size, tail, repeats = 0, b"", False
        with target.open("wb") as writer:
            # read1 gives what has come: the deadline holds even against one byte a second
            while chunk := response.raw.read1(_CHUNK, decode_content=True):
                size += len(chunk)
                if size > self.spec.max_response_bytes:
                    raise PullError(
                        f"the answer is larger than max_response_bytes ({self.spec.max_response_bytes:,}):"
                        " ask for smaller pages or raise the limit"
                    )
                if time.monotonic() > deadline:
                    raise Transient(f"the answer was not complete after {self.spec.total_seconds:g} s")
                writer.write(chunk)
                repeats = repeats or self.keyring.is_in(tail + chunk)
                tail = (tail + chunk)[-self.keyring.longest :]
        if repeats:
            target.write_bytes(self.keyring.redact_bytes(target.read_bytes()))

    def _be_polite(self) -> None:
        if self.spec.requests_per_second:
            time.sleep(max(0.0, self._last_request + 1 / self.spec.requests_per_second - time.monotonic()))
        self._last_request = time.monotonic()
        self.requests_made += 1


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)

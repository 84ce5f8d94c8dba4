"""Asks one host, politely: credentials, time limits, retries, redirects, and bodies streamed to disk.

Redirects are followed by hand, on the base's origin only, and so are the URLs that answers give for the next page.
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util.retry import Retry

from pipelines.connectors.rest.credentials import Credentials
from pipelines.connectors.rest.exchange import Answer, Ask
from pipelines.connectors.rest.failures import PullError, Transient, in_words
from pipelines.connectors.rest.host import Host
from pipelines.connectors.rest.pace import Pace
from pipelines.connectors.rest.sessions import Sessions
from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.secrets import Keyring, SecretMissing

_CHUNK = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5


class Client:
    """Asks one source; several threads may at the same time.

    `judge` sees each answer and raises Transient or PullError where it is no good.
    """

    def __init__(self, spec: SourceSpec, folder: Path) -> None:
        self.spec = spec
        self.host = Host(spec.base)
        self.keyring = Keyring(folder)
        self._folder = folder
        self._pace = Pace(spec.requests_per_second)
        self._sessions = Sessions(spec, folder)
        # At its debug level urllib3 writes down every path with its query.
        logging.getLogger("urllib3").setLevel(logging.WARNING)
        self._credentials = Credentials(spec, self.keyring, self._sessions)

    @property
    def requests_made(self) -> int:
        """How many requests there were, retries and redirects among them."""
        return self._pace.count

    def close(self) -> None:
        """Close the connections."""
        self._sessions.close()

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
                token = self._credentials.token()
                answer = self._once(ask, target)
                if answer.status == 401 and self._credentials.can_renew and not renewed:
                    renewed = True
                    self._credentials.renew(token)
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

    def _once(self, ask: Ask, target: Path) -> Answer:
        url = self.host.resolve(ask.url)
        params, form = dict(ask.params), None if ask.form is None else dict(ask.form)
        self._credentials.add_parameter(params, form)
        method, json_body, session = ask.method, ask.json_body, self._sessions.mine
        for _ in range(_MOST_REDIRECTS + 1):
            self._pace.wait()
            timeout = ask.timeout_seconds or self.spec.timeout_seconds
            try:
                with session.request(
                    method,
                    url,
                    params=params,
                    data=form,
                    json=json_body,
                    headers={"Accept": "application/json", **self.spec.headers, **ask.headers},
                    auth=self._credentials,
                    timeout=timeout,
                    stream=True,
                    allow_redirects=False,
                    verify=session.verify,  # else REQUESTS_CA_BUNDLE in the environment wins over `ca_bundle`
                ) as response:
                    if response.status_code in _REDIRECTS and "Location" in response.headers:
                        url, params = self.host.resolve(urljoin(url, response.headers["Location"]), "redirects"), {}
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

"""The HTTP sessions of a source: one a thread, since a session of `requests` is not made to be shared."""

from __future__ import annotations

from pathlib import Path
from threading import Lock, local

import requests
from requests.adapters import HTTPAdapter

from pipelines.connectors.rest.spec import SourceSpec


class Sessions:
    """Opens sessions with the source's certificates. `folder` is where their files are."""

    def __init__(self, spec: SourceSpec, folder: Path) -> None:
        self._spec = spec
        self._folder = folder
        self._opened: list[requests.Session] = []
        self._of_thread = local()
        self._lock = Lock()

    @property
    def mine(self) -> requests.Session:
        """The session of the thread that asks."""
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = self._open()
        return session

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            for session in self._opened:
                session.close()
            self._opened.clear()

    def _open(self) -> requests.Session:
        spec, session = self._spec, requests.Session()
        session.mount("https://", HTTPAdapter(max_retries=0))
        session.mount("http://", HTTPAdapter(max_retries=0))
        if spec.client_certificate:
            certificate = str(self._folder / spec.client_certificate)
            key = str(self._folder / spec.client_key) if spec.client_key else None
            session.cert = (certificate, key) if key else certificate
        if spec.ca_bundle:
            session.verify = str(self._folder / spec.ca_bundle)
        with self._lock:
            self._opened.append(session)
        return session

"""Adds a source's credentials to its requests."""

from __future__ import annotations

from threading import Lock
from typing import Any

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from pipelines.connectors.rest.auth import BasicAuth, HeaderAuth, OAuth2, ParameterAuth, TokenAuth
from pipelines.connectors.rest.failures import PullError
from pipelines.connectors.rest.sessions import Sessions
from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.rest.tokens import TokenServer
from pipelines.connectors.secrets import Keyring, Secret


class Credentials(AuthBase):
    """Adds the credentials to a request, whichever kind they are."""

    def __init__(self, spec: SourceSpec, keyring: Keyring, sessions: Sessions) -> None:
        self._auth = spec.auth
        self._keyring = keyring
        self._token: str | None = None
        self._lock = Lock()
        self._tokens = TokenServer(spec.auth, keyring, sessions, spec) if isinstance(spec.auth, OAuth2) else None

    @property
    def can_renew(self) -> bool:
        """Whether refused credentials may be no more than expired ones."""
        return self._tokens is not None

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request. Raises SecretMissing, and what `renew` raises."""
        auth, value = self._auth, self._keyring.value
        if isinstance(auth, (BasicAuth, HeaderAuth)) and auth.user is not None:
            # where the password is the secret, the user is a name that may well stand in the data
            user = value(auth.user, is_secret=not isinstance(auth.password, Secret))
            password = value(auth.password)
            self._keyring.hide(f"{user}:{password}")
            HTTPBasicAuth(user.encode(), password.encode())(r)
        if isinstance(auth, TokenAuth):
            r.headers["Authorization"] = f"{auth.scheme} {value(auth.token)}"
        elif isinstance(auth, HeaderAuth):
            for name, place in auth.headers.items():
                r.headers[name] = value(place)
        elif isinstance(auth, OAuth2):
            r.headers["Authorization"] = f"Bearer {self.token()}"
        return r

    def add_parameter(self, params: dict[str, Any], form: dict[str, Any] | None) -> None:
        """Add the token to the form or the query, where that is its place."""
        auth = self._auth
        if isinstance(auth, ParameterAuth):
            place = params if auth.place == "query" or form is None else form
            if auth.place == "form" and form is None:
                raise PullError("the token is a form field, so the request needs a `form` (method: POST)")
            place[auth.parameter] = self._keyring.value(auth.token)

    def renew(self, refused: str | None) -> None:
        """Fetch an access token in place of the one that was refused, if nobody has since: a refresh token may be good
        for one use. Raises what `TokenServer.fetch` raises."""
        assert self._tokens is not None
        with self._lock:
            if self._token == refused:
                self._token = self._tokens.fetch()

    def token(self) -> str | None:
        """Return the access token in use, fetched when there is none yet; None where the kind has none. Raises what
        `renew` raises."""
        if self._tokens is not None and self._token is None:
            self.renew(None)
        return self._token

"""Adds a source's credentials to its requests; fetches and renews access tokens."""

from __future__ import annotations

from typing import Any

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from pipelines.connectors.rest.auth import BasicAuth, HeaderAuth, OAuth2, ParameterAuth, TokenAuth
from pipelines.connectors.rest.failures import PullError, Transient, in_words
from pipelines.connectors.rest.secrets import Keyring
from pipelines.connectors.rest.spec import SourceSpec


class Credentials(AuthBase):
    """Adds the credentials to a request, whichever kind they are."""

    def __init__(self, spec: SourceSpec, keyring: Keyring, session: requests.Session) -> None:
        self._spec = spec
        self._keyring = keyring
        self._session = session
        self._token: str | None = None
        self.can_renew = isinstance(spec.auth, OAuth2)

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request. Raises SecretMissing, and what `renew` raises."""
        auth, value = self._spec.auth, self._keyring.value
        if isinstance(auth, (BasicAuth, HeaderAuth)) and auth.user is not None:
            user, password = value(auth.user), value(auth.password)
            self._keyring.hide(f"{user}:{password}")
            HTTPBasicAuth(user.encode(), password.encode())(r)
        if isinstance(auth, TokenAuth):
            r.headers["Authorization"] = f"{auth.scheme} {value(auth.token)}"
        elif isinstance(auth, HeaderAuth):
            for name, place in auth.headers.items():
                r.headers[name] = value(place)
        elif isinstance(auth, OAuth2):
            if self._token is None:
                self.renew()
            r.headers["Authorization"] = f"Bearer {self._token}"
        return r

    def add_parameter(self, params: dict[str, Any], form: dict[str, Any] | None) -> None:
        """Add the token to the form or the query, where that is its place."""
        auth = self._spec.auth
        if isinstance(auth, ParameterAuth):
            place = params if auth.place == "query" or form is None else form
            if auth.place == "form" and form is None:
                raise PullError("the token is a form field, so the request needs a `form` (method: POST)")
            place[auth.parameter] = self._keyring.value(auth.token)

    def renew(self) -> None:
        """Fetch an access token. Raises PullError when the token server refuses, Transient when it can't be reached."""
        from authlib.common.errors import AuthlibBaseError
        from authlib.integrations.requests_client import OAuth2Session

        auth = self._spec.auth
        assert isinstance(auth, OAuth2)
        value = self._keyring.value
        # The secret may hold characters that Basic wants encoded; authlib sees to that.
        session: Any = OAuth2Session(
            value(auth.client_id),
            value(auth.client_secret),
            scope=auth.scope,
            token_endpoint_auth_method=auth.client_auth,
        )
        session.cert = self._session.cert
        limits: dict[str, Any] = {"timeout": self._spec.timeout_seconds, "allow_redirects": False}
        limits["verify"] = self._session.verify
        try:
            if auth.refresh_token is not None:
                refresh = value(auth.refresh_token)
                token: Any = session.refresh_token(auth.token_url, refresh_token=refresh, **limits)
            else:
                token = session.fetch_token(auth.token_url, grant_type="client_credentials", **limits)
        except requests.RequestException as error:
            raise Transient(f"the token server: {in_words(error)}") from None
        except (AuthlibBaseError, ValueError) as error:
            raise PullError(f"the token server refuses the client ({type(error).__name__})") from None
        self._token = str(token["access_token"])
        self._keyring.hide(self._token)

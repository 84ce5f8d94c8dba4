"""Fetches access tokens from a token server, and keeps the refresh tokens that it gives in place of the old ones."""

from __future__ import annotations

from typing import Any

import requests

from pipelines.connectors.rest.auth import OAuth2
from pipelines.connectors.rest.failures import WORTH_ANOTHER_TRY, PullError, Transient, in_words, retry_after
from pipelines.connectors.rest.sessions import Sessions
from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.secrets import Keyring


class TokenServer:
    """The token server of one source."""

    def __init__(self, auth: OAuth2, keyring: Keyring, sessions: Sessions, spec: SourceSpec) -> None:
        self._auth = auth
        self._keyring = keyring
        self._sessions = sessions
        self._spec = spec
        self._refresh: str | None = None

    def fetch(self) -> str:
        """Return a new access token.

        Raises:
            PullError: the token server refuses.
            Transient: it can't be reached, or asks to come back.
            SecretMissing: the client's credentials are not where the configuration says.
        """
        from authlib.common.errors import AuthlibBaseError
        from authlib.integrations.requests_client import OAuth2Session

        auth, value = self._auth, self._keyring.value
        # The secret may hold characters that Basic wants encoded; authlib sees to that.
        session: Any = OAuth2Session(
            value(auth.client_id, is_secret=False),
            value(auth.client_secret),
            scope=auth.scope,
            token_endpoint_auth_method=auth.client_auth,
        )
        session.cert = self._sessions.mine.cert
        limits: dict[str, Any] = {"timeout": self._spec.timeout_seconds, "allow_redirects": False}
        limits["verify"] = self._sessions.mine.verify
        for kind in ("access_token_response", "refresh_token_response"):
            session.register_compliance_hook(kind, _answered)
        try:
            if auth.refresh_token is not None:
                sent = self._refresh or value(auth.refresh_token)
                token: Any = session.refresh_token(auth.token_url, refresh_token=sent, **limits)
                self._keep(str(token.get("refresh_token") or sent), sent)
            else:
                token = session.fetch_token(auth.token_url, grant_type="client_credentials", **limits)
        except requests.exceptions.JSONDecodeError:
            raise PullError("the token server's answer is not JSON: see to token_url") from None
        except requests.RequestException as error:
            raise Transient(f"the token server: {in_words(error)}") from None
        except AuthlibBaseError as error:
            raise PullError(f"the token server refuses the client ({type(error).__name__}){self._hint()}") from None
        except ValueError:
            raise PullError("the token server's answer is not JSON: see to token_url") from None
        if not isinstance(token.get("access_token"), str):
            raise PullError("the token server's answer holds no access_token: see to token_url")
        self._keyring.hide(token["access_token"])
        return token["access_token"]

    def _keep(self, given: str, sent: str) -> None:
        """Keep the refresh token for the next time; in its file, where it has one, for the next pull too."""
        if given == sent:
            return
        self._keyring.hide(given)
        self._refresh = given
        place = self._auth.refresh_token
        if place is not None and place.file is not None:
            file = self._keyring.file(place)
            part = file.with_name(f".{file.name}.part")
            part.touch(mode=0o600)
            part.write_text(given + "\n", encoding="utf-8")
            part.replace(file)

    def _hint(self) -> str:
        place = self._auth.refresh_token
        if place is None or place.file is not None:
            return ""
        return ": if it gives a new refresh token each time, name it as {file: path}, which is kept up to date"


def _answered(response: requests.Response) -> requests.Response:
    """Let through what is an answer to the question; the rest would be read as if it were a token."""
    if response.status_code in WORTH_ANOTHER_TRY:
        raise Transient(f"the token server answers with status {response.status_code}", retry_after(response.headers))
    if response.status_code >= 300 and response.status_code not in (400, 401):
        raise PullError(f"the token server answers with status {response.status_code}: see to token_url")
    return response

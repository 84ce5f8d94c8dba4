"""What `auth` may hold: where the secrets are and how they go with a request."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from pipelines.connectors.secrets import Secret, Strict


def check_address(value: str) -> str:
    """Return an address to which credentials may be sent. Raises ValueError with the cure."""
    parts = urlsplit(value)
    is_local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query:
        raise ValueError("write it as https://host/path/, without user, password or query")
    if parts.scheme == "http" and not is_local:
        raise ValueError("use https: over http anybody on the way reads the credentials")
    return value


class NoAuth(Strict):
    """The interface asks for no credentials."""

    kind: Literal["none"] = "none"


class BasicAuth(Strict):
    """HTTP Basic. Either part may be the secret one; the other is plain text."""

    kind: Literal["basic"]
    user: str | Secret
    password: str | Secret = "x"


class TokenAuth(Strict):
    """A token in the Authorization header; the scheme is the vendor's (`Bearer`, `token`, `Token`, ...)."""

    kind: Literal["bearer"]
    token: Secret
    scheme: str = "Bearer"


class HeaderAuth(Strict):
    """Secrets in headers of the vendor's own naming; may stand beside HTTP Basic."""

    kind: Literal["headers"]
    headers: dict[str, Secret]
    user: str | Secret | None = None
    password: str | Secret = "x"


class ParameterAuth(Strict):
    """A token as a form field, or (only where the vendor takes nothing else) in the query."""

    kind: Literal["parameter"]
    parameter: str
    token: Secret
    place: Literal["form", "query"] = "form"


class OAuth2(Strict):
    """OAuth 2 client credentials, or a refresh token. `token_url` may be on another host: only the client's own
    credentials go there, and only they. A refresh token in a file is replaced by the one that the server gives for it.
    """

    kind: Literal["oauth2"]
    token_url: str
    client_id: str | Secret
    client_secret: Secret
    refresh_token: Secret | None = None
    scope: str | None = None
    client_auth: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"

    @field_validator("token_url")
    @classmethod
    def _https(cls, value: str) -> str:
        return check_address(value)


Auth = Annotated[
    NoAuth | BasicAuth | TokenAuth | HeaderAuth | ParameterAuth | OAuth2,
    Field(discriminator="kind"),
]

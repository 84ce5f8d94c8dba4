"""Secrets: where they come from, and how they are kept out of everything that is written or said."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from urllib.parse import quote, quote_plus

from pipelines.connectors.rest.auth import Secret

HIDDEN = "[hidden]"


class SecretMissing(Exception):
    """A secret is not where the configuration says it is; the message names the place."""


class Keyring:
    """The secrets of one source, read when first asked for, and known so that they can be hidden."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._forms: set[str] = set()

    def value(self, place: Secret | str) -> str:
        """Return a secret, or the plain text that stands in its place.

        Raises:
            SecretMissing: the variable is not set, or the file can't be read.
        """
        if isinstance(place, str):
            return place
        if place.env is not None:
            found = os.environ.get(place.env, "")
            if not found:
                raise SecretMissing(f"the environment variable {place.env} is not set")
        else:
            try:
                found = (self._folder / str(place.file)).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SecretMissing(f"the secret's file {place.file} can't be read ({error.strerror})") from None
            if not found:
                raise SecretMissing(f"the secret's file {place.file} is empty")
        self.hide(found)
        return found

    def hide(self, secret: str) -> None:
        """Take note of a secret that came by another way (a token that was fetched, credentials joined)."""
        if secret:
            self._forms |= {
                secret,
                quote(secret, safe=""),
                quote_plus(secret),
                base64.b64encode(secret.encode()).decode().rstrip("="),
            }

    def redact(self, text: str) -> str:
        """Return the text without any secret, as it is, URL-encoded or in base64."""
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, HIDDEN)
        return text

    def redact_bytes(self, content: bytes) -> bytes:
        """Return the bytes without any secret: some servers repeat the request in their answer."""
        for form in sorted(self._forms, key=len, reverse=True):
            if form.encode() in content:
                content = content.replace(form.encode(), HIDDEN.encode())
        return content

"""Secrets: where they come from, and how they are kept out of everything that is written or said."""

from __future__ import annotations

import base64
import html
import json
import os
import re
from pathlib import Path
from threading import Lock
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, ConfigDict, model_validator

HIDDEN = "[hidden]"


class Strict(BaseModel):
    """Refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Strict):
    """Where a secret is: an environment variable or a file (its text without outer blanks). Never the secret itself."""

    env: str | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Secret:
        if (self.env is None) == (self.file is None):
            raise ValueError("name one place: {env: VARIABLE} or {file: path}")
        return self


class SecretMissing(Exception):
    """A secret is not where the configuration says it is; the message names the place."""


_SHORT = 8  # characters


class Keyring:
    """The secrets of one source, read when first asked for, and known so that they can be hidden."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()
        self._forms: list[str] = []
        self._in_data: list[bytes] = []
        self._lock = Lock()

    def value(self, place: Secret | str, *, is_secret: bool = True) -> str:
        """Return a secret, or the plain text that stands in its place.

        Args:
            place: where it is.
            is_secret: false for a user name that happens to come from the environment: it may stand in the data.

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
                found = self.file(place).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SecretMissing(f"the secret's file {place.file} can't be read ({error.strerror})") from None
            if not found:
                raise SecretMissing(f"the secret's file {place.file} is empty")
        if is_secret:
            self.hide(found)
        return found

    def file(self, place: Secret) -> Path:
        """Return the path of a secret that is in a file."""
        return self._folder / str(place.file)

    def hide(self, secret: str) -> None:
        """Take note of a secret that came by another way (a token that was fetched, credentials joined)."""
        with self._lock:  # nobody may take it for hidden before it is
            if secret and secret not in self._known:
                self._hide(secret)
                self._known.add(secret)

    def _hide(self, secret: str) -> None:
        forms = _forms(secret)
        self._forms = sorted({*self._forms, *forms}, key=len, reverse=True)
        # A short one is hidden in data only where it is a whole text: else it would be found in what is not the secret.
        in_data = forms if len(secret) >= _SHORT else {f'"{form}"' for form in forms}
        found = {*self._in_data, *(form.encode() for form in in_data)}
        self._in_data = sorted(found, key=len, reverse=True)

    @property
    def longest(self) -> int:
        """Length in bytes of the longest form of a secret."""
        return len(self._in_data[0]) if self._in_data else 1

    def is_in(self, content: bytes) -> bool:
        """Tell whether a secret is in the bytes, as it is or encoded."""
        return any(form in content for form in self._in_data)

    def redact(self, text: str) -> str:
        """Return the text without any secret, as it is or encoded."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def redact_bytes(self, content: bytes) -> bytes:
        """Return the bytes without any secret: some servers repeat the request in their answer."""
        for form in self._in_data:
            content = content.replace(form, f'"{HIDDEN}"'.encode() if form[:1] == b'"' else HIDDEN.encode())
        return content


def _forms(secret: str) -> set[str]:
    """Return how a secret may be written: plain, in JSON, in HTML, in an address, in base64."""
    content = secret.encode()
    forms = {secret, html.escape(secret)}
    forms |= {base64.b64encode(content).decode().rstrip("="), base64.urlsafe_b64encode(content).decode().rstrip("=")}
    for escaped in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        forms |= {escaped, re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), escaped)}
    in_json = [json.dumps(form, ensure_ascii=is_ascii)[1:-1] for form in forms for is_ascii in (True, False)]
    return forms | {*in_json, *(form.replace("/", "\\/") for form in in_json)}  # the last as PHP writes JSON

"""How a server is known again: its public key, or that key's SHA-256 fingerprint, as the configuration pins it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pin:
    """One pinned key: its fingerprint (`SHA256:` and base64 without padding)."""

    fingerprint: str

    @classmethod
    def read(cls, text: str) -> Pin:
        """Return the pin for a fingerprint, a public key (`ssh-ed25519 AAAA...`) or a line of known_hosts.

        Raises:
            ValueError: it is none of these.
        """
        if text.lstrip().startswith("@"):
            raise ValueError(f"{text[:40]!r}: write the server's own key, no authority's and none revoked")
        fingerprint = re.search(r"SHA256:[A-Za-z0-9+/=_-]+", text)
        if fingerprint is not None:
            return cls(fingerprint.group().rstrip("="))
        key = re.search(r"(?:^|\s)((?:ssh|ecdsa|sk)-\S+)\s+(AAAA[A-Za-z0-9+/=]+)", text)
        if key is None:
            raise ValueError(
                f"{text[:40]!r}: write the SHA256 fingerprint (SHA256:...) or the public key of the server, as"
                " ssh-keyscan and `ssh-keygen -lf` show them and whoever runs it confirms"
            )
        try:
            blob = base64.b64decode(key.group(2), validate=True)
        except binascii.Error:
            raise ValueError(f"{text[:40]!r}: the key is not whole") from None
        return cls("SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("="))

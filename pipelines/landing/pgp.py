"""PGP: decrypts a received file with GnuPG, as a stream, into the folder where a batch is made."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.connectors.secrets import Keyring, Secret, SecretMissing
from pipelines.landing.faults import unreadable

if TYPE_CHECKING:
    from pipelines.landing.options import Limits

_BLOCK = 1 << 16
_BAD_PASSPHRASE = 11  # libgpg-error
_CURE = "Mend it in the source's `pgp`; the next sync tries again"


@dataclass(frozen=True, slots=True)
class PgpKeys:
    """Where the private key (ASCII-armoured) and its passphrase are; files are relative to `folder`."""

    private_key: Secret
    passphrase: Secret | None
    folder: Path

    def read(self) -> tuple[str, str | None]:
        """The key and its passphrase. Raises SecretMissing."""
        keyring = Keyring(self.folder)
        return keyring.value(self.private_key), keyring.value(self.passphrase) if self.passphrase else None

    def fingerprint(self) -> str:
        """What stands for the key at hand: with another one, a refused file is worth another try."""
        try:
            return hashlib.sha256(repr(self.read()).encode()).hexdigest()
        except SecretMissing:
            return ""


def decrypted(raw: Path, target: Path, name: str, keys: PgpKeys | None, limits: Limits) -> Path:
    """Decrypt `raw` into `target`; return `target`.

    Raises Refused when there is no key, when it is not the one, or when the file is damaged, cut short, changed on
    its way or unpacks to too much. What has been written then is no file of the delivery.
    """
    if keys is None:
        raise unreadable(
            name, "it is encrypted with PGP, and the source has no key", "Add `pgp: {private_key: ...}` to the source"
        )
    try:
        key, passphrase = keys.read()
    except SecretMissing as error:
        raise unreadable(name, f"it can't be decrypted: {error}", _CURE) from None
    most = min(limits.unpacked_bytes, max(limits.unpacked_grace_bytes, limits.unpacked_ratio * raw.stat().st_size))
    with _gnupg(int(most), name) as gpg:
        if not gpg.import_keys(key).fingerprints:
            raise unreadable(name, "it can't be decrypted: the private key can't be read", _CURE)
        target.touch(mode=0o600)
        result = gpg.decrypt_file(str(raw), passphrase=passphrase, output=str(target), extra_args=["--yes"])
    said = str(result.stderr)
    if "[GNUPG:] BADSIG" in said:
        raise unreadable(name, "its signature is bad: it was changed after it was signed", "Have it sent again")
    is_whole = "[GNUPG:] DECRYPTION_OKAY" in said and "[GNUPG:] GOODMDC" in said
    if (result.ok and result.returncode == 0) or (is_whole and "[GNUPG:] NO_PUBKEY" in said):
        if is_whole:  # it may be signed; without the signer's public key GnuPG ends with an error all the same
            return target
        raise unreadable(name, "it is signed and not encrypted", "Have it encrypted for your key, or sent as it is")
    if target.stat().st_size > most - _BLOCK:  # it stops before the block that would be too much
        raise unreadable(
            name,
            f"it unpacks to more than {most:,.0f} bytes",
            "Deliver it in smaller files, or raise the limits unpacked_bytes and unpacked_ratio",
        )
    codes = [int(code) & 0xFFFF for code in re.findall(r"\[GNUPG:\] ERROR pkdecrypt_failed (\d+)", said)]
    if _BAD_PASSPHRASE in codes or "[GNUPG:] MISSING_PASSPHRASE" in said:
        raise unreadable(name, "it can't be decrypted: the passphrase does not open the private key", _CURE)
    if "[GNUPG:] NO_SECKEY" in said and "[GNUPG:] DECRYPTION_KEY" not in said:
        raise unreadable(name, "it is encrypted for another key", f"Have it encrypted for yours. {_CURE}")
    if "[GNUPG:] NEED_PASSPHRASE_SYM" in said:
        raise unreadable(name, "it is encrypted with a passphrase alone (symmetric)", "Have it encrypted for your key")
    if "[GNUPG:] NO_PUBKEY" in said and "[GNUPG:] BEGIN_DECRYPTION" not in said:
        raise unreadable(name, "it is signed and not encrypted", "Have it encrypted for your key, or sent as it is")
    raise unreadable(name, "it is no whole PGP message: damaged, cut short or changed on its way", "Deliver it again")


@contextmanager
def _gnupg(most_bytes: int, name: str) -> Generator[Any]:
    """GnuPG with a home of its own, outside the data folder since its sockets need a short path.

    It holds nothing but the private key, protected as the source's own file is, while the body runs.
    """
    import gnupg

    if not shutil.which("gpg"):
        cure = "Install it (on Debian: apt-get install gnupg), then accept the file"
        raise unreadable(name, "it can't be decrypted: GnuPG is not installed", cure)
    logging.getLogger("gnupg").setLevel(logging.ERROR)
    home = tempfile.mkdtemp(prefix="rxladder-")
    try:
        # The agent would spend seconds on making its copy of the key, which is gone in a moment, hard to guess.
        Path(home, "gpg-agent.conf").write_text("s2k-count 65536\n", encoding="utf-8")
        options = ["--max-output", str(most_bytes), "--no-auto-key-retrieve", "--disable-dirmngr"]
        yield gnupg.GPG(gnupghome=home, options=options)
    finally:
        agent = {**os.environ, "GNUPGHOME": home}
        if shutil.which("gpgconf"):  # without it the agent ends by itself once its home is gone
            subprocess.run(["gpgconf", "--kill", "all"], env=agent, check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)

"""Key pairs and encrypted messages, made by GnuPG as a vendor makes them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSPHRASE = "planted passphrase of the tests"


class Pgp:
    """Two key pairs in a home of GnuPG's own; `armoured` is the private key of the first."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "gpg-agent.conf").write_text("s2k-count 65536\n", encoding="utf-8")
        for user in ("ours", "theirs"):
            self.gpg("--passphrase", PASSPHRASE, "--quick-gen-key", user, "future-default", "default", "never")
        self.armoured = self.gpg("--armor", "--passphrase", PASSPHRASE, "--export-secret-keys", "ours")

    def gpg(self, *arguments: str, given: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", self.home, "--batch", "--trust-model", "always", "--pinentry-mode", "loopback"]
        return subprocess.run([*command, *arguments], input=given, capture_output=True, check=True).stdout

    def encrypted(self, content: bytes | str, user: str = "ours", *arguments: str) -> bytes:
        given = content if isinstance(content, bytes) else content.encode()
        return self.gpg("--encrypt", "-r", user, *arguments, given=given)


@contextmanager
def pgp_keys() -> Iterator[Pgp]:
    home = Path(tempfile.mkdtemp(prefix="rxl-tests-"))  # a short path: the agent's socket is in it
    yield Pgp(home)
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)
    shutil.rmtree(home)

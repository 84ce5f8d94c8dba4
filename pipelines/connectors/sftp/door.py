"""The way in to an SFTP server: known by its pinned key first, then shown our credentials."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import asyncssh

from pipelines.connectors.secrets import Keyring, SecretMissing
from pipelines.connectors.sftp.failures import Unreachable, judged
from pipelines.connectors.sftp.host_keys import Pin
from pipelines.connectors.sftp.spec import SftpSpec

_KEY_TYPES: tuple[tuple[str, ...], ...] = (  # a server shows one key of those it has: one of the kind that is asked for
    ("ssh-ed25519",),
    ("rsa-sha2-512", "rsa-sha2-256"),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
)


class Door:
    """Opens connections to one server. `shown` are the keys that it has shown, each with its kind."""

    def __init__(self, spec: SftpSpec, keyring: Keyring) -> None:
        self._spec = spec
        self._keyring = keyring
        self._pinned = {Pin.read(text).fingerprint for text in spec.host_keys}
        self._key_types = list(_KEY_TYPES)
        self._is_known = False
        self.shown: list[str] = []
        logging.getLogger("asyncssh").setLevel(logging.WARNING)

    async def open(self) -> asyncssh.SSHClientConnection:
        """Return a connection to the pinned server. Raises Unreachable, or Unstable."""
        self.shown = []
        self._is_known = False
        options = self._credentials()
        failed: Exception | None = None
        for key_types in self._key_types:
            try:
                connection = await self._connect(key_types, options)
            except asyncssh.HostKeyNotVerifiable:
                continue
            except asyncssh.PermissionDenied:
                raise Unreachable(self._refused()) from None
            except (asyncssh.Error, ConnectionResetError, BrokenPipeError) as error:
                if self._is_known:  # the right server, and then the line was cut
                    raise judged(error, "connection") from None
                failed = error  # mostly since it has no key of this kind
                continue
            except OSError as error:
                raise judged(error, "connection") from None
            self._key_types = [key_types]
            return connection
        if failed is not None and not self.shown:
            raise judged(failed, "connection") from None
        raise Unreachable(
            f"the server is not the one that is pinned: it shows {' and '.join(dict.fromkeys(self.shown))}, and none of"
            " these is in host_keys; nothing was sent. If whoever runs the server confirms one of them, by another way"
            " than this connection, put it there"
        )

    def knows(self, key: asyncssh.SSHKey) -> bool:
        """Take note of a key that the server shows; return whether it is pinned."""
        fingerprint = key.get_fingerprint("sha256").rstrip("=")
        self.shown.append(f"{key.get_algorithm()} {fingerprint}")
        self._is_known = fingerprint in self._pinned
        return self._is_known

    async def _connect(self, key_types: tuple[str, ...], options: dict[str, Any]) -> asyncssh.SSHClientConnection:
        spec = self._spec
        async with asyncio.timeout(spec.connect_seconds + spec.timeout_seconds):
            return await asyncssh.connect(
                spec.host,
                spec.port,
                username=spec.user,
                server_host_key_algs=list(key_types),
                known_hosts=b"# none but those pinned\n",
                client_factory=lambda: _Known(self),
                config=None,
                agent_path=None,
                gss_host=None,
                compression_algs=None,
                connect_timeout=spec.connect_seconds,
                login_timeout=0,  # ours is around it
                keepalive_interval=15,
                keepalive_count_max=3,
                **options,
            )

    def _credentials(self) -> dict[str, Any]:
        """Return what is shown to the server, and only that. Raises Unreachable when it is not there or is no key."""
        spec = self._spec
        try:
            if spec.password is not None:
                password = self._keyring.value(spec.password)
                return {"password": password, "client_keys": [], "preferred_auth": "password,keyboard-interactive"}
            assert spec.private_key is not None
            text = self._keyring.value(spec.private_key)
            passphrase = self._keyring.value(spec.passphrase) if spec.passphrase is not None else None
        except SecretMissing as error:
            raise Unreachable(str(error)) from None
        try:
            key = asyncssh.import_private_key(text + "\n", passphrase)
        except asyncssh.KeyEncryptionError:
            raise Unreachable("the passphrase does not open the private key") from None
        except (asyncssh.KeyImportError, ValueError):
            cure = "" if passphrase else ", or it needs a passphrase"
            raise Unreachable(f"the private key can't be read: it is none, is not whole{cure}") from None
        return {"client_keys": [key], "preferred_auth": "publickey"}

    def _refused(self) -> str:
        how = "password" if self._spec.password is not None else "key"
        return (
            f"the server refuses user {self._spec.user} with this {how}: see that the"
            f" {'password is right' if how == 'password' else 'public key is installed there, and is of this one'}"
        )


class _Known(asyncssh.SSHClient):
    """Takes a pinned key of the server and no other."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        return self._door.knows(key)

"""Asks one SFTP server: known by its pinned key, within time limits, again where that helps, and streamed to disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import asyncssh
from asyncssh.constants import (
    FILEXFER_TYPE_DIRECTORY,
    FILEXFER_TYPE_REGULAR,
    FILEXFER_TYPE_SYMLINK,
    FILEXFER_TYPE_UNKNOWN,
)
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pipelines.connectors.secrets import Keyring, SecretMissing
from pipelines.connectors.sftp.failures import Changing, DropError, Unreachable, Unstable, judged, no_room
from pipelines.connectors.sftp.host_keys import Pin
from pipelines.connectors.sftp.spec import SftpSpec

_CHUNK = 1 << 20
_KEY_TYPES: tuple[tuple[str, ...], ...] = (  # a server shows one key of those it has: one of the kind that is asked for
    ("ssh-ed25519",),
    ("rsa-sha2-512", "rsa-sha2-256"),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
)
Kind = Literal["file", "folder", "link", "other"]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a remote folder. `path` is its folders below the source's and its name; `size` is in bytes,
    `modified` in unix seconds by the server's clock."""

    path: tuple[str, ...]
    size: int
    modified: int
    kind: Kind

    @property
    def name(self) -> str:
        """The path as text."""
        return "/".join(self.path)


class Session:
    """A session with one server, opened when it is first needed and again when it has broken."""

    def __init__(self, spec: SftpSpec, folder: Path) -> None:
        self.spec = spec
        self.keyring = Keyring(folder)
        self.shown: list[str] = []
        """The keys that the server has shown, each with its kind."""
        self._pinned = {Pin.read(text).fingerprint for text in spec.host_keys}
        self._key_types = list(_KEY_TYPES)
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None
        logging.getLogger("asyncssh").setLevel(logging.WARNING)

    @staticmethod
    def run(work: Coroutine[Any, Any, _Result]) -> _Result:
        """Do the work of a session from beginning to end."""

        async def quietly() -> _Result:
            # Of parallel reads that a cut line ends, asyncssh tells one; asyncio would print the others.
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(
                lambda loop, said: (
                    None if isinstance(said.get("exception"), asyncssh.Error) else loop.default_exception_handler(said)
                )
            )
            return await work

        return asyncio.run(quietly())

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.abort()
            await connection.wait_closed()

    async def entries(self, path: tuple[str, ...] = ()) -> list[Entry]:
        """Return what is in a folder. Raises DropError, of which Unreachable when nothing else can be had either."""

        async def ask(client: asyncssh.SFTPClient) -> list[Entry]:
            found: list[Entry] = []
            async with asyncio.timeout(self.spec.timeout_seconds):
                async for one in client.scandir(self._remote(path)):
                    name = str(one.filename)
                    if name not in (".", ".."):
                        found.append(_entry((*path, name), one.attrs))
                    if len(found) > self.spec.max_files:
                        raise DropError(f"the folder holds over {self.spec.max_files:,} files (max_files): clear it up")
            return found

        found = await self._tried(ask, f"folder {self._remote(path)}")
        if any("/" in one.path[-1] or "\0" in one.path[-1] for one in found):
            raise DropError("the server lists a name with a / in it: see who runs it")
        return sorted(found, key=lambda one: one.path)

    async def fetch(self, entry: Entry, target: Path) -> None:
        """Write a file to `target`, going on after what is there already.

        Raises:
            Changing: it is no longer as it was listed.
            DropError: it can't be had now; what has been fetched stays.
        """

        async def ask(client: asyncssh.SFTPClient) -> None:
            path = self._remote(entry.path)
            async with asyncio.timeout(self.spec.timeout_seconds):
                remote = await client.open(path, "rb")
            try:
                await self._receive(remote, entry, target)
                async with asyncio.timeout(self.spec.timeout_seconds):
                    now = _entry(entry.path, await client.stat(path))
            finally:
                await _closed(remote)
            if (now.size, now.modified) != (entry.size, entry.modified):
                raise Changing

        await self._tried(ask, f"file {entry.name}")

    async def _receive(self, remote: asyncssh.SFTPClientFile, entry: Entry, target: Path) -> None:
        done = target.stat().st_size if target.exists() else 0
        while done < entry.size:
            async with asyncio.timeout(self.spec.timeout_seconds):
                chunk = await remote.read(min(_CHUNK, entry.size - done), done)
            if not chunk:
                raise Changing
            try:
                with target.open("ab") as writer:
                    writer.write(chunk)
            except OSError as error:
                raise no_room(error) from None
            done += len(chunk)

    async def _tried(self, ask: Callable[[asyncssh.SFTPClient], Awaitable[_Result]], what: str) -> _Result:
        """Ask, and again after a while as long as it is worth it; each time on a connection that works."""
        tries = AsyncRetrying(
            stop=stop_after_attempt(self.spec.retries + 1),
            wait=wait_random_exponential(multiplier=0.5, max=60),
            retry=retry_if_exception_type(Unstable),
            reraise=True,
        )
        try:
            async for one in tries:
                with one:
                    client = await self._opened()
                    try:
                        return await ask(client)
                    except (asyncssh.Error, OSError) as error:
                        await self.close()
                        raise judged(error, what) from None
        except Unstable as error:
            tried = self.spec.retries + 1
            raise Unreachable(f"{error} ({tried} {'try' if tried == 1 else 'tries'})") from None
        raise AssertionError("a retry ends with a result or an error")

    async def _opened(self) -> asyncssh.SFTPClient:
        """Return a client whose server is the pinned one. Raises Unreachable, or Unstable."""
        if self._client is not None:
            return self._client
        self.shown = []
        options = self._credentials()
        failed: Exception | None = None
        for key_types in self._key_types:
            try:
                await self._connect(key_types, options)
            except asyncssh.HostKeyNotVerifiable:
                continue
            except asyncssh.PermissionDenied:
                raise Unreachable(self._refused()) from None
            except (asyncssh.Error, ConnectionResetError, BrokenPipeError) as error:  # it has no key of this kind
                failed = error
                await self.close()
                continue
            except OSError as error:
                await self.close()
                raise judged(error, "connection") from None
            self._key_types = [key_types]
            assert self._client is not None
            return self._client
        if failed is not None and not self.shown:
            raise judged(failed, "connection") from None
        raise Unreachable(
            f"the server is not the one that is pinned: it shows {' and '.join(dict.fromkeys(self.shown))}, and none of"
            " these is in host_keys; nothing was sent. If whoever runs the server confirms one of them, by another way"
            " than this connection, put it there"
        )

    async def _connect(self, key_types: tuple[str, ...], options: dict[str, Any]) -> None:
        spec = self.spec
        async with asyncio.timeout(spec.connect_seconds + spec.timeout_seconds):
            self._connection = await asyncssh.connect(
                spec.host,
                spec.port,
                username=spec.user,
                server_host_key_algs=list(key_types),
                known_hosts=b"# none but those pinned\n",
                client_factory=lambda: _Known(self._pinned, self.shown),
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
            self._client = await self._connection.start_sftp_client(path_errors="surrogateescape")

    def _credentials(self) -> dict[str, Any]:
        """Return what is shown to the server, and only that. Raises Unreachable when it is not there or is no key."""
        spec = self.spec
        try:
            if spec.password is not None:
                password = self.keyring.value(spec.password)
                return {"password": password, "client_keys": [], "preferred_auth": "password,keyboard-interactive"}
            assert spec.private_key is not None
            text = self.keyring.value(spec.private_key)
            passphrase = self.keyring.value(spec.passphrase) if spec.passphrase is not None else None
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
        how = "password" if self.spec.password is not None else "key"
        return (
            f"the server refuses user {self.spec.user} with this {how}: see that the"
            f" {'password is right' if how == 'password' else 'public key is installed there, and is of this one'}"
        )

    def _remote(self, path: tuple[str, ...]) -> str:
        return "/".join([self.spec.folder.rstrip("/") or "/", *path]).replace("//", "/")


class _Known(asyncssh.SSHClient):
    """Takes a pinned key of the server and no other; notes what it shows."""

    def __init__(self, pinned: set[str], shown: list[str]) -> None:
        self._pinned = pinned
        self._shown = shown

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        fingerprint = key.get_fingerprint("sha256").rstrip("=")
        self._shown.append(f"{key.get_algorithm()} {fingerprint}")
        return fingerprint in self._pinned


def _entry(path: tuple[str, ...], attributes: asyncssh.SFTPAttrs) -> Entry:
    kinds: dict[int, Kind] = {FILEXFER_TYPE_DIRECTORY: "folder", FILEXFER_TYPE_REGULAR: "file"}
    kinds |= {FILEXFER_TYPE_UNKNOWN: "file", FILEXFER_TYPE_SYMLINK: "link"}
    return Entry(path, attributes.size or 0, int(attributes.mtime or 0), kinds.get(attributes.type, "other"))


async def _closed(remote: asyncssh.SFTPClientFile) -> None:
    try:
        async with asyncio.timeout(5):
            await remote.close()
    except (asyncssh.Error, OSError):  # the connection is gone, and the handle with it
        return

"""Asks one SFTP server: within time limits, again where that helps, and streamed to disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
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

from pipelines.connectors.secrets import Keyring
from pipelines.connectors.sftp.door import Door
from pipelines.connectors.sftp.failures import Changing, DropError, Unreachable, Unstable, judged, no_room
from pipelines.connectors.sftp.spec import SftpSpec

_CHUNK = 1 << 20
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
        self._door = Door(spec, self.keyring)
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    @property
    def shown(self) -> Sequence[str]:
        """The keys that the server has shown, each with its kind."""
        return self._door.shown

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
        if self._client is None:
            self._connection = await self._door.open()
            try:
                async with asyncio.timeout(self.spec.timeout_seconds):
                    self._client = await self._connection.start_sftp_client(path_errors="surrogateescape")
            except (asyncssh.Error, OSError) as error:
                await self.close()
                raise judged(error, "connection") from None
        return self._client

    def _remote(self, path: tuple[str, ...]) -> str:
        return "/".join([self.spec.folder.rstrip("/") or "/", *path]).replace("//", "/")


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

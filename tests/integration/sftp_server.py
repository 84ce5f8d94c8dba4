"""A real OpenSSH server on this machine, with keys of its own, and a way to disturb what it sends."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SSHD = "/usr/sbin/sshd"


@dataclass
class Server:
    """`folder` is what it serves, `keys` where its keys and the user's are; `port` is its own."""

    folder: Path
    keys: Path
    port: int
    user: str

    def fingerprint(self, name: str = "host_ed25519") -> str:
        shown = subprocess.run(["ssh-keygen", "-lf", self.keys / f"{name}.pub"], capture_output=True, check=True)
        return shown.stdout.decode().split()[1]

    def public_key(self, name: str = "host_ed25519") -> str:
        return (self.keys / f"{name}.pub").read_text(encoding="utf-8")

    def put(self, name: str, content: bytes | str, modified: int | None = None) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if modified is not None:
            os.utime(path, (modified, modified))
        return path

    def log(self) -> str:
        return (self.keys / "log").read_text(encoding="utf-8")


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", path], check=True)


@contextmanager
def sftp_serving(root: Path) -> Iterator[Server]:
    keys, folder = root / "keys", root / "served"
    keys.mkdir(mode=0o700, parents=True)
    folder.mkdir()
    for kind in ("ed25519", "rsa"):
        make_key(keys / f"host_{kind}", kind)
    make_key(keys / "user")
    (keys / "authorized").write_text((keys / "user.pub").read_text(encoding="utf-8"), encoding="utf-8")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "Port": port, "ListenAddress": "127.0.0.1", "PidFile": "none", "StrictModes": "no", "UsePAM": "no",
        "PasswordAuthentication": "no", "PermitRootLogin": "yes", "AuthorizedKeysFile": keys / "authorized",
        "Subsystem": "sftp internal-sftp", "MaxStartups": "100:100:100", "LogLevel": "VERBOSE",
    }  # fmt: skip
    lines = [f"{name} {value}" for name, value in settings.items()]
    lines += [f"HostKey {keys / f'host_{kind}'}" for kind in ("ed25519", "rsa")]
    (keys / "config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (keys / "log").open("wb") as log:
        running = subprocess.Popen([SSHD, "-D", "-e", "-f", keys / "config"], stderr=log)
    try:
        _await(port, running)
        yield Server(folder, keys, port, getpass.getuser())
    finally:
        running.terminate()
        running.wait(10)


def _await(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert running.poll() is None, "sshd ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("sshd does not answer")


class Line:
    """A line to the server. Once so many bytes of a connection have come from it, `disturb` is called, once; when that
    returns True the connection is cut there. `silent` lets nothing through."""

    def __init__(self, port: int, after: int, disturb: Callable[[], bool], *, silent: bool = False) -> None:
        self._target = port
        self._after = after
        self._disturb: Callable[[], bool] | None = disturb
        self._silent = silent
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.came: list[int] = []
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for one in [self._listener, *self._open]:
            one.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open += [client, server]
                if not self._silent:
                    self.came.append(0)
                    threading.Thread(target=self._there, args=(client, server), daemon=True).start()
                    threading.Thread(target=self._back, args=(server, client, len(self.came) - 1), daemon=True).start()

    def _there(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)

    def _back(self, server: socket.socket, client: socket.socket, number: int) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                self.came[number] += len(data)
                if self.came[number] > self._after and self._disturb is not None:
                    disturb, self._disturb = self._disturb, None
                    if disturb():
                        break
                client.sendall(data)
        for one in (client, server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def disturbed(
    server: Server, after: int, disturb: Callable[[], bool] = lambda: True, *, silent: bool = False
) -> Iterator[Line]:
    line = Line(server.port, after, disturb, silent=silent)
    try:
        yield line
    finally:
        line.close()

"""A source whose files are dropped on a real SFTP server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.sources import SftpSource
from tests.integration.sftp_server import Server

QUICK = {"retries": 1, "connect_seconds": 5, "timeout_seconds": 5}


def drop(server: Server, **settings: Any) -> SftpSource:
    given: dict[str, Any] = {
        "name": "transcripts",
        "kind": "sftp",
        "host": "127.0.0.1",
        "port": server.port,
        "user": server.user,
        "private_key": {"file": str(server.keys / "user")},
        "host_keys": [server.fingerprint()],
        "folder": str(server.folder),
        "feeds": ["completions"],
        **QUICK,
        **settings,
    }
    return SftpSource.model_validate({name: value for name, value in given.items() if value is not None})


def fetches(server: Server) -> int:
    """How many connections the server has let in so far."""
    return server.log().count("Accepted publickey")


def left_in(folder: Path) -> list[str]:
    """What is left of fetched files in a pull folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "remembered.json")

"""How fetching from an SFTP server fails. The messages are for people and hold no secret."""

from __future__ import annotations

import errno
import socket

import asyncssh


class DropError(Exception):
    """It can't be done now, and trying again at once does not help."""


class Unreachable(DropError):
    """Nothing can be had from this server now."""


class Unstable(Exception):
    """It broke in a way that is worth another try."""


class Changing(Exception):
    """A file is not what it was when it was listed: somebody is writing it."""


def judged(error: Exception, what: str) -> DropError | Unstable:
    """Say what an error of the connection or the server means for `what` was asked of it."""
    if isinstance(error, asyncssh.SFTPPermissionDenied):
        return DropError(f"the server gives no right to {what}")
    if isinstance(error, (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)):
        return DropError(f"there is no {what} on the server")
    if isinstance(error, asyncssh.SFTPConnectionLost) or not isinstance(error, asyncssh.SFTPError):
        return Unstable(_broken(error))
    return Unstable(f"the server could not give {what} (code {error.code})")


def no_room(error: OSError) -> DropError:
    """Say why a file could not be written here."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DropError("the disk of the data folder is full: make room, the next pull goes on from here")
    return DropError(f"the file can't be written in the data folder ({error.strerror})")


def _broken(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    if isinstance(error, socket.gaierror):
        return "the name of the host can't be resolved"
    if isinstance(error, ConnectionRefusedError):
        return "the server refuses connections"
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return "the server and this program have no way of encryption in common"
    return "the connection failed or was cut off"

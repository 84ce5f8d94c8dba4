"""What is wrapped around a file: PGP, and a zip whose members are the files of the delivery.

Members get names of ours on disk, so no path in an archive leads anywhere; sizes are counted as bytes come out,
never believed.
"""

import lzma
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from pipelines.connectors.delivery import SourceFile
from pipelines.connectors.file_names import KNOWN_ENDINGS, natural, printable, written_as
from pipelines.landing.faults import Refused, unreadable
from pipelines.landing.options import Limits, SourceOptions
from pipelines.landing.pgp import decrypted

_CHUNK = 1 << 20
_MOST_MEMBERS = 1000
_IGNORED = ("__MACOSX/", ".DS_Store")


def unwrapped(file: SourceFile, raw: Path, work: Path, source: SourceOptions) -> list[tuple[SourceFile, Path]]:
    """The files in a received file (mostly itself), each with the path of its bytes; new ones are put into `work`.

    Raises Refused when it can't be opened, or what is in it is not to be trusted.
    """
    if file.is_encrypted:
        raw = decrypted(raw, work / "decrypted", file.name, source.pgp, source.limits)
    if file.format != "zip":
        return [(file, raw)]
    try:
        with zipfile.ZipFile(raw) as archive:
            return _members(archive, file, raw.stat().st_size, work, source)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise unreadable(file.name, f"its zip is damaged or cut short ({error})", "Deliver it again") from error


def _members(
    archive: zipfile.ZipFile, file: SourceFile, size: int, work: Path, source: SourceOptions
) -> list[tuple[SourceFile, Path]]:
    listed = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith(_IGNORED)]
    if not 0 < len(listed) <= _MOST_MEMBERS:
        raise unreadable(
            file.name, f"its zip holds {len(listed):,} files", f"Deliver 1 to {_MOST_MEMBERS:,} in one archive"
        )
    found: list[tuple[SourceFile, Path]] = []
    left = _allowed(size, source.limits)
    for number, member in enumerate(sorted(listed, key=lambda one: natural(one.filename))):
        name = f"{file.name}/{printable(member.filename)}"
        written = written_as(PurePosixPath(member.filename).name)
        _refuse_tricks(member, name)
        if written is None or written.format == "zip" or written.is_encrypted:
            endings = KNOWN_ENDINGS.replace(", zip (each also .pgp or .gpg)", "")
            raise unreadable(name, f"in a zip, its ending is none of {endings}", "Take it out of the archive")
        target = work / f"member{number}"
        left -= _extract(archive, member, target, left, name, source.limits)
        one = SourceFile(name, target, written.format, written.is_gzipped, dated=file.dated)
        found.append((one, target))
    return found


def _refuse_tricks(member: zipfile.ZipInfo, name: str) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise unreadable(
            name, "the path of this member leads out of the archive", "See to who made it and deliver it again"
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise unreadable(name, "this member of the archive is a link", "Put the file itself in the archive")
    if member.flag_bits & 1:
        raise unreadable(name, "this member needs a password", "Deliver it without; PGP keeps it secret better")


def _allowed(size: int, limits: Limits) -> int:
    """How many bytes a zip of this size may unpack to."""
    return int(min(limits.unpacked_bytes, max(limits.unpacked_grace_bytes, limits.unpacked_ratio * size)))


def _extract(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, most: int, name: str, limits: Limits
) -> int:
    done = 0
    with archive.open(member) as reader, target.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            done += len(chunk)
            if done > most:
                raise _bomb(name, limits)
            writer.write(chunk)
    return done


def _bomb(name: str, limits: Limits) -> Refused:
    return unreadable(
        name,
        f"its archive unpacks to over {limits.unpacked_ratio:g} times its size, or {limits.unpacked_bytes:,} bytes",
        "Deliver it in smaller files, or raise the limits unpacked_ratio and unpacked_bytes",
    )

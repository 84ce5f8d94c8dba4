"""A release: metrics.duckdb, summary.duckdb and restricted/people.duckdb in one folder, made current together.

Two steps: `prepare` copies and describes the built files while they are being checked, `publish` signs them.

Crash safety: everything is written to `releases/.incoming-*`, synced to disk, renamed, and only then does one
`rename(2)` move the link `current`. A reader that follows the link finds the old release or the new one, whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.publishing.comments import LABELS, describe, describe_own

METRICS = "metrics.duckdb"
SUMMARY = "summary.duckdb"
PEOPLE = Path("restricted") / "people.duckdb"
_INCOMING = ".incoming-next"


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """What decides a release's content: with the same key there is nothing new to publish.

    `known_at_seq` is the newest batch taken into account when the caller asked for a past state, else null.
    `attention` changes when a file is refused, accepted or acknowledged, which readers are told about.
    """

    as_of_on: date
    known_at_seq: int | None
    last_batch_seq: int
    code_version: str
    config_hash: str
    attention: str


@dataclass(frozen=True, slots=True)
class Release:
    """A published release and where it is."""

    release_id: str
    published_at: datetime
    previous_release_id: str | None
    key: ReleaseKey
    folder: Path

    @property
    def metrics(self) -> Path:
        """The analysts' file."""
        return self.folder / METRICS

    @property
    def summary(self) -> Path:
        """The file that may circulate."""
        return self.folder / SUMMARY


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One row of quality.checks. `failures` counts offending rows; null where a check does not count them."""

    check_name: str
    tool: str
    table_name: str
    severity: str
    status: str
    failures: int | None
    checked_at_seq: int


CHECK_ROWS = """
    select unnest(from_json($rows::json, '[{
        "check_name": "varchar", "tool": "varchar", "table_name": "varchar", "severity": "varchar", "status": "varchar",
        "failures": "bigint", "checked_at_seq": "bigint"
    }]'), recursive := true)
"""
"""SQL for the rows that `as_json` wrote, columns as in CheckRow: a thousand rows in one statement."""


def as_json(rows: Sequence[CheckRow]) -> str:
    """Write rows for CHECK_ROWS."""
    return json.dumps([asdict(row) for row in rows])


def current_release(data_dir: Path) -> Release | None:
    """Return the release that readers see now, or None when nothing has been published.

    Raises:
        duckdb.Error: the published file cannot be opened (it is never half-written; the disk is at fault).
    """
    link = data_dir / "current"
    if not link.exists():
        return None
    folder = link.resolve()
    with duckdb.connect() as connection:
        connection.execute("attach $1 as published (read_only)", [str(folder / METRICS)])
        columns = ", ".join(field.name for field in fields(ReleaseKey))
        row = connection.execute(
            f"select release_id, published_at, previous_release_id, {columns} from published.quality.release"
        ).fetchone()
    if row is None:
        return None
    return Release(row[0], row[1], row[2], ReleaseKey(*row[3:]), folder)


def prepare(data_dir: Path, build_dir: Path, manifest: Mapping[str, Any]) -> Path:
    """Copy the built files to where they can become a release, and describe them; return the folder.

    Args:
        data_dir: the data folder; its lock is held by the caller.
        build_dir: the folder of the closed build files, which may be read meanwhile.
        manifest: dbt's manifest, for the descriptions that become comments.

    Raises:
        OSError: the disk is full or not writable.
    """
    clear_leftovers(data_dir)
    incoming = data_dir / "releases" / _INCOMING
    (incoming / PEOPLE).parent.mkdir(parents=True, mode=0o700)
    (incoming / PEOPLE).parent.chmod(0o700)
    for name, mode in ((METRICS, 0o640), (SUMMARY, 0o640), (str(PEOPLE), 0o600)):
        shutil.copyfile(build_dir / Path(name).name, incoming / name)
        (incoming / name).chmod(mode)
        with duckdb.connect(str(incoming / name)) as connection:
            if name == SUMMARY:
                _copy_labels(connection, incoming / METRICS)
            describe(connection, manifest, Path(name).stem)
        _sync_to_disk(incoming / name)
    return incoming


def publish(data_dir: Path, incoming: Path, key: ReleaseKey, checks: Sequence[CheckRow], keep: int) -> Release:
    """Sign what was prepared, now that it is audited, and make it current; return the release.

    Args:
        data_dir: the data folder; its lock is held by the caller.
        incoming: what `prepare` returned.
        key: what the release was made from.
        checks: the result of every check that stands for this build.
        keep: how many releases stay on disk.

    Raises:
        OSError: the disk is full or not writable; what is published stays as it was.
    """
    previous = current_release(data_dir)
    published_at = datetime.now(UTC).replace(tzinfo=None)
    release_id = f"{published_at:%Y%m%dT%H%M%S}.{published_at.microsecond // 1000:03d}Z-{key.last_batch_seq:06d}"
    release = Release(
        release_id,
        published_at,
        previous.release_id if previous else None,
        key,
        data_dir / "releases" / release_id,
    )
    for name in (METRICS, SUMMARY, str(PEOPLE)):
        with duckdb.connect(str(incoming / name)) as connection:
            _sign(connection, release, checks if name == METRICS else None)
    for path in (incoming / METRICS, incoming / SUMMARY, incoming / PEOPLE, (incoming / PEOPLE).parent, incoming):
        _sync_to_disk(path)
    incoming.rename(release.folder)
    _sync_to_disk(release.folder.parent)
    _swap_link(data_dir, release.folder)
    _prune(data_dir, keep)
    return release


def clear_leftovers(data_dir: Path) -> None:
    """Remove what a killed publish left behind."""
    for leftover in (data_dir / "releases").glob(".incoming-*"):
        shutil.rmtree(leftover)


def _sign(connection: duckdb.DuckDBPyConnection, release: Release, checks: Sequence[CheckRow] | None) -> None:
    """Write which release the file belongs to and, in the analysts' file, how every check went."""
    schema = "main" if checks is None else "quality"
    connection.execute(
        f"""create or replace table {schema}.release (
            release_id varchar not null, published_at timestamp not null, previous_release_id varchar,
            as_of_on date not null, known_at_seq bigint, last_batch_seq bigint not null,
            code_version varchar not null, config_hash varchar not null, attention varchar not null)"""
    )
    values = (release.release_id, release.published_at, release.previous_release_id, *astuple(release.key))
    connection.execute(f"insert into {schema}.release values ({', '.join('?' * len(values))})", values)
    describe_own(connection, schema, "release")
    if checks is None:
        return
    connection.execute(
        """create or replace table quality.checks (
            check_name varchar not null, tool varchar not null, table_name varchar not null,
            severity varchar not null, status varchar not null, failures bigint, checked_at_seq bigint not null)"""
    )
    connection.execute(f"insert into quality.checks {CHECK_ROWS}", {"rows": as_json(checks)})
    describe_own(connection, schema, "checks")


def _copy_labels(connection: duckdb.DuckDBPyConnection, metrics: Path) -> None:
    """Copy into the summary what its readers need of the analysts' file."""
    file = str(metrics).replace("'", "''")
    connection.execute(f"attach '{file}' as analysts (read_only)")
    for schema, table in LABELS:
        connection.execute(f'create or replace table "{table}" as from analysts."{schema}"."{table}"')
    connection.execute("detach analysts")


def _swap_link(data_dir: Path, folder: Path) -> None:
    part = data_dir / ".current.part"
    part.unlink(missing_ok=True)
    part.symlink_to(folder.relative_to(data_dir))
    part.replace(data_dir / "current")
    _sync_to_disk(data_dir)


def _prune(data_dir: Path, keep: int) -> None:
    """Remove all but the newest `keep` releases, never the current one; each vanishes from view at once."""
    current = (data_dir / "current").resolve()
    releases = sorted((path for path in (data_dir / "releases").iterdir() if path.is_dir()), reverse=True)
    for folder in releases[keep:]:
        if folder != current:
            doomed = folder.with_name(f".incoming-old-{folder.name}")
            folder.rename(doomed)
            shutil.rmtree(doomed)


def _sync_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

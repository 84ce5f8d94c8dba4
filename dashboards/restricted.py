"""The only opener of the restricted file: names and exit interviews, for those entitled, each view noted in a log.

The log is `access/views.jsonl` in the data folder, one line a view: when, who, in which role, on which page, within which
scope, of which release, how many rows and people. It holds no name but the viewer's own. What cannot be noted isn't shown.
"""

import datetime as dt
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from dashboards.access import Viewer
from dashboards.frame import Frame

LOG = Path("access") / "views.jsonl"


class NotEntitledError(Exception):
    """A question that the viewer's role may not ask."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, on which page, at which release of which data folder."""

    viewer: Viewer
    page: str
    folder: Path
    release_id: str


def note(look: Look, what: str, rows: int, people: int) -> None:
    """Add a line to the log before anything is shown. Raises OSError when that fails."""
    line = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "viewer": look.viewer.name,
        "role": look.viewer.role.title,
        "page": look.page,
        "what": what,
        "scope": str(look.viewer.scope),
        "release": look.release_id,
        "rows": rows,
        "people": people,
    }
    file = look.folder / LOG
    file.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, (json.dumps(line, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(descriptor)


def _cursor(look: Look) -> duckdb.DuckDBPyConnection:
    cursor = _opened(look.folder / "releases" / look.release_id / "restricted" / "people.duckdb").cursor()
    cursor.execute("use people")
    return cursor


@lru_cache(maxsize=2)
def _opened(file: Path) -> duckdb.DuckDBPyConnection:
    """Opened when the first name of a release is shown; to open it anew for each would take longer than to ask."""
    connection = duckdb.connect(":memory:")
    connection.execute("set threads = 1")
    connection.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as people (read_only)")
    return connection


def names(look: Look, employee_keys: Sequence[str], rows: int) -> dict[str, str]:
    """The names of these people by employee_key, as far as they are known; noted with the number of rows that show them.

    Raises:
        NotEntitledError: the role sees no names.
    """
    if not look.viewer.role.sees_names:
        raise NotEntitledError("names are not shown to this role")
    note(look, "names", rows, len(employee_keys))
    sql = "select employee_key, full_name from directory where employee_key in (select unnest($keys))"
    found = _cursor(look).execute(sql, {"keys": list(employee_keys)}).fetchall()
    return {key: name for key, name in found if name is not None}


def exit_interviews(look: Look) -> Frame:
    """Every exit interview with the person's name, latest first; empty without the feed.

    Raises:
        NotEntitledError: the role sees none.
    """
    if not look.viewer.role.sees_exits:
        raise NotEntitledError("exit interviews are not shown to this role")
    found = (
        _cursor(look)
        .execute(
            """
        select employee_key, coalesce(full_name, employee_key) as person, interviewed_on::timestamp as interviewed_on,
            primary_reason, growth_visibility, would_return, comments
        from exit_interviews left join directory using (employee_key) order by interviewed_on desc, employee_key
        """
        )
        .df()
    )
    note(look, "exit interviews", len(found), int(found["employee_key"].nunique()))
    return found


def manager_key(look: Look, manager: str) -> str | None:
    """The pseudonym of the one person with this work e-mail or employee id; None when nobody or several have it."""
    note(look, "own record", 1, 1)
    sql = "select distinct employee_key from directory where employee_id = $manager or lower(work_email) = lower($manager)"
    found = _cursor(look).execute(sql, {"manager": manager}).fetchall()
    return None if len(found) != 1 else str(found[0][0])

"""The published files, as the pages ask them: rows of a query, the release, what a table means.

A release never changes, so answers are kept by its id, and the next release is seen without a restart.
"""

import datetime as dt
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import streamlit as st

from dashboards.frame import Frame

Params = dict[str, Any]

LOG = logging.getLogger("rxladder.access")


class NoReleaseError(Exception):
    """Nothing has been published in the data folder yet."""


def _folder() -> Path:
    return Path(os.environ.get("RXLADDER_DATA", "data"))


@dataclass(frozen=True, slots=True)
class Release:
    """The release on show and what a reader has to know about it."""

    release_id: str
    as_of_on: dt.date
    previous_release_id: str | None
    stale_feeds: tuple[str, ...]
    absent_feeds: tuple[str, ...]
    preliminary_from: dt.date | None


def _date(stamp: Any) -> Any:
    return None if stamp is None else pd.Timestamp(stamp).date()


def current_release_id() -> str:
    """The id of what `current` names now. Raises NoReleaseError when there is none."""
    link = _folder() / "current"
    if not link.exists():
        raise NoReleaseError(f"Nothing has been published in {_folder().name}/ yet: run `rxladder sync` first.")
    return link.resolve().name


@st.cache_resource(max_entries=2, show_spinner=False)
def _open(folder: str, release_id: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    file = Path(folder) / "releases" / release_id / "metrics.duckdb"
    connection.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as rx (read_only)")
    connection.execute("use rx")
    return connection


@st.cache_data(max_entries=2000, show_spinner=False)
def _answer(folder: str, release_id: str, sql: str, params: Params) -> Frame:
    cursor = _open(folder, release_id).cursor()
    cursor.execute("use rx")
    return cursor.execute(sql, params).df()


def rows(sql: str, params: Params | None = None) -> Frame:
    """The rows of a query on the current release; parameters that the query does not name are left out."""
    named = {name: value for name, value in (params or {}).items() if re.search(rf"\${name}\b", sql)}
    return _answer(str(_folder().resolve()), current_release_id(), sql, named)


def row(sql: str, params: Params | None = None) -> dict[str, Any]:
    """The first row as column -> value (null is None), or nothing at all when there is none."""
    frame = rows(sql, params)
    if frame.empty:
        return {}
    first = frame.astype(object).where(frame.notna(), None)
    return {str(name): value for name, value in first.iloc[0].items()}


def release() -> Release:
    """The release on show."""
    found = row("select * from quality.release")
    stale = rows("select distinct feed from quality.freshness where is_stale order by feed")
    preliminary = row("select min(month) as month from marts.turnover_by_month where is_preliminary")
    return Release(
        release_id=found["release_id"],
        as_of_on=_date(found["as_of_on"]),
        previous_release_id=found["previous_release_id"],
        stale_feeds=tuple(stale["feed"]),
        absent_feeds=(),
        preliminary_from=_date(preliminary["month"]),
    )


def definition(table: str) -> tuple[str, Frame]:
    """What a table means and what each column means, from the file's own comments."""
    schema, name = table.split(".")
    params = {"schema": schema, "name": name}
    found = row(
        "select comment from duckdb_tables() where database_name = 'rx' and schema_name = $schema and table_name = $name",
        params,
    )
    columns = rows(
        """select column_name as column, comment as meaning from duckdb_columns()
        where database_name = 'rx' and schema_name = $schema and table_name = $name order by column_index""",
        params,
    )
    return str(found.get("comment") or ""), columns


@st.cache_data(max_entries=4, show_spinner=False)
def _names(folder: str, release_id: str) -> Frame:
    file = Path(folder) / "releases" / release_id / "restricted" / "people.duckdb"
    if not file.exists():
        return pd.DataFrame({"employee_key": [], "full_name": []})
    connection = duckdb.connect(":memory:")
    connection.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as people (read_only)")
    return connection.execute("select employee_key, full_name from people.directory").df()


def may_see_names() -> bool:
    """Nobody can sign in yet, so names are shown only where the server answers nobody but its own computer."""
    return st.get_option("server.address") in {"localhost", "127.0.0.1", "::1"}


def with_names(people: Frame) -> Frame:
    """The rows with a column `person`: the name where the viewer may see it, else the pseudonym."""
    if not may_see_names() or people.empty:
        return people.assign(person=people["employee_key"])
    names = _names(str(_folder().resolve()), current_release_id())
    LOG.info("names shown: viewer=local release=%s people=%d", current_release_id(), people["employee_key"].nunique())
    joined = people.merge(names, on="employee_key", how="left")
    return joined.assign(person=joined["full_name"].fillna(joined["employee_key"])).drop(columns="full_name")

"""The published files, as the pages ask them: rows of a query, the release, what a table means.

A release never changes, so answers are kept by its id, and the next release is seen without a restart. Every answer is the
viewer's own: a role that sees no rows gets none, and a scope is a catalog of its own (`scope`).
"""

import datetime as dt
import os
import re
import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pandas as pd
import streamlit as st

from dashboards import restricted, scope, signin
from dashboards.access import Scope
from dashboards.frame import Frame
from dashboards.restricted import Look, NotEntitledError

Params = dict[str, Any]
Made = TypeVar("Made", bytes, str)
_downloading: ContextVar[Look | None] = ContextVar("downloading", default=None)
PAGE = "page"  # in the session's state: the address of the page that is being drawn


class NoReleaseError(Exception):
    """Nothing has been published in the data folder yet."""


class NoSummaryError(Exception):
    """The release has no suppressed aggregates."""


def _folder() -> Path:
    return _resolved(os.environ.get("RXLADDER_DATA", "data"))


@lru_cache
def _resolved(folder: str) -> Path:
    return Path(folder).resolve()


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
    try:
        return (_folder() / "current").readlink().name
    except OSError:
        raise NoReleaseError(
            f"Nothing has been published in {_folder().name}/ yet: run `rxladder sync` first."
        ) from None


class _Opened:
    """One published file, opened once; a catalog for each scope that has asked of it."""

    def __init__(self, file: Path, narrow: Callable[[duckdb.DuckDBPyConnection, str, Look], None]) -> None:
        self._narrow = narrow
        self._connection = duckdb.connect(":memory:")
        self._connection.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as rx (read_only)")
        self._catalogs: dict[Scope, str] = {Scope(): "rx"}
        self._making = threading.Lock()

    def cursor(self, look: Look) -> duckdb.DuckDBPyConnection:
        """A cursor whose tables hold what the viewer may see."""
        wanted = look.viewer.scope
        with self._making:
            if wanted not in self._catalogs:
                name = f"scope_{len(self._catalogs)}"
                try:
                    self._narrow(self._connection, name, look)
                except Exception:
                    self._connection.execute(f"detach database if exists {name}")
                    raise
                self._catalogs[wanted] = name
        cursor = self._connection.cursor()
        cursor.execute(f"use {self._catalogs[wanted]}")
        return cursor


@st.cache_resource(max_entries=2, show_spinner=False)
def _open(folder: str, release_id: str) -> _Opened:
    def narrow(connection: duckdb.DuckDBPyConnection, name: str, look: Look) -> None:
        manager = look.viewer.scope.manager
        key = restricted.manager_key(look, manager) if manager else None
        scope.make_catalog(connection, name, look.viewer.scope, key)

    return _Opened(Path(folder) / "releases" / release_id / "metrics.duckdb", narrow)


@st.cache_resource(max_entries=2, show_spinner=False)
def _open_summary(folder: str, release_id: str) -> _Opened:
    file = Path(folder) / "releases" / release_id / "summary.duckdb"
    if not file.exists():
        raise NoSummaryError
    return _Opened(file, lambda connection, name, _: scope.make_summary_catalog(connection, name))


@st.cache_data(max_entries=4000, show_spinner=False)
def _answer(folder: str, release_id: str, scope_key: str, sql: str, params: Params, _look: Look) -> Frame:
    return _open(folder, release_id).cursor(_look).execute(sql, params).df()


@st.cache_data(max_entries=1000, show_spinner=False)
def _summary_answer(folder: str, release_id: str, scope_key: str, sql: str, params: Params, _look: Look) -> Frame:
    return _open_summary(folder, release_id).cursor(_look).execute(sql, params).df()


def _look() -> Look:
    return _downloading.get() or Look(signin.viewer(), st.session_state.get(PAGE, ""), _folder(), current_release_id())


def own_scope() -> Scope:
    """Whose rows the viewer sees."""
    return signin.viewer().scope


def rows(sql: str, params: Params | None = None) -> Frame:
    """The rows of a query on the current release that the viewer may see; parameters it does not name are left out.

    Raises:
        NotEntitledError: the viewer's role sees no rows.
    """
    look = _look()
    if not look.viewer.role.sees_rows:
        raise NotEntitledError("this role sees the summary only")
    if _downloading.get() is not None:  # whole tables, once: not worth keeping
        return _open(str(look.folder), look.release_id).cursor(look).execute(sql, _named(sql, params)).df()
    return _answer(str(look.folder), look.release_id, repr(look.viewer.scope), sql, _named(sql, params), look)


def summary_rows(sql: str, params: Params | None = None) -> Frame:
    """The rows of a query on the suppressed aggregates; those who see rows of their own sites get the whole only.

    Raises:
        NoSummaryError: the release has none.
    """
    look = _look()
    return _summary_answer(str(look.folder), look.release_id, repr(look.viewer.scope), sql, _named(sql, params), look)


def _named(sql: str, params: Params | None) -> Params:
    return {name: value for name, value in (params or {}).items() if re.search(rf"\${name}\b", sql)}


def row(sql: str, params: Params | None = None) -> dict[str, Any]:
    """The first row as column -> value (null is None), or nothing at all when there is none."""
    return first_row(rows(sql, params))


def first_row(frame: Frame) -> dict[str, Any]:
    """The first row as column -> value (null is None), or nothing at all when there is none."""
    if frame.empty:
        return {}
    first = frame.astype(object).where(frame.notna(), None)
    return {str(name): value for name, value in first.iloc[0].items()}


def release() -> Release:
    """The release on show, from the file that the viewer may open."""
    look = _look()
    return _release(str(look.folder), look.release_id, repr(look.viewer.scope), look.viewer.role.sees_rows)


@st.cache_data(max_entries=400, show_spinner=False)
def _release(folder: str, release_id: str, scope_key: str, sees_rows: bool) -> Release:
    stale_feeds = "select distinct feed from {}freshness where is_stale order by feed"
    if sees_rows:
        found, stale = row("select * from quality.release"), rows(stale_feeds.format("quality."))
        preliminary = row("select min(month) as month from marts.turnover_by_month where is_preliminary")["month"]
    else:
        found, stale = first_row(summary_rows("select * from release")), summary_rows(stale_feeds.format(""))
        preliminary = None  # the summary does not say; its months are drawn hollow until they are complete
    return Release(
        release_id=found["release_id"],
        as_of_on=_date(found["as_of_on"]),
        previous_release_id=found["previous_release_id"],
        stale_feeds=tuple(stale["feed"]),
        absent_feeds=(),
        preliminary_from=_date(preliminary),
    )


Meaning = tuple[str, list[tuple[str, str]]]  # of a table, and of each of its columns


def definition(table: str) -> Meaning:
    """What a table and each of its columns means, from the file's own comments; schema main is the summary's."""
    look = _look()
    schema, name = table.split(".")
    if schema != "main" and not look.viewer.role.sees_rows:
        raise NotEntitledError("this role sees the summary only")
    return _definition(str(look.folder), look.release_id, schema, name, look)


@st.cache_data(max_entries=400, show_spinner=False)
def _definition(folder: str, release_id: str, schema: str, name: str, _look: Look) -> Meaning:
    opened = _open_summary(folder, release_id) if schema == "main" else _open(folder, release_id)
    cursor = opened.cursor(_look)
    here = "where database_name = 'rx' and schema_name = $schema and table_name = $name"
    params = {"schema": schema, "name": name}
    comment = cursor.execute(f"select comment from duckdb_tables() {here}", params).fetchone()
    columns = cursor.execute(
        f"select column_name, coalesce(comment, '') from duckdb_columns() {here} order by column_index", params
    ).fetchall()
    return str((comment or ("",))[0] or ""), [(str(column), str(meaning)) for column, meaning in columns]


def with_names(people: Frame) -> Frame:
    """The rows with a column `person`: the name where the viewer may see it, else the pseudonym."""
    look = _look()
    if not look.viewer.role.sees_names or people.empty:
        return people.assign(person=people["employee_key"])
    names = restricted.names(look, people["employee_key"].drop_duplicates().tolist(), len(people))
    joined = people.merge(names, on="employee_key", how="left")
    return joined.assign(person=joined["full_name"].fillna(joined["employee_key"])).drop(columns="full_name")


def exit_interviews() -> Frame:
    """Every exit interview, latest first, for those entitled."""
    return restricted.exit_interviews(_look())


def download(what: str, rows: int, names: int, make: Callable[[], Made]) -> Callable[[], Made]:
    """What makes a file for a download, as the viewer who was offered it.

    One with names (so many rows of them) is noted in the log before it is made.
    """
    look = _look()

    def make_as_viewer() -> Made:
        token = _downloading.set(look)  # the file is made after the page, where nobody's session is at hand
        try:
            if look.viewer.role.sees_names and names:
                restricted.note(look, f"download {what}", rows, names)
            return make()
        finally:
            _downloading.reset(token)

    return make_as_viewer

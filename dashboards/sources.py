"""The published files, as the pages ask them: rows of a query, the release, what a table means.

A release never changes, so answers are kept by its id, and the next release is seen without a restart. Every answer is the
viewer's own: a role that sees no rows gets none, and a scope is a catalog of its own (`published`).
"""

import datetime as dt
import os
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from dashboards import restricted, signin
from dashboards.access import Scope
from dashboards.frame import Frame
from dashboards.published import Meaning, opened, opened_summary
from dashboards.restricted import Look, NotEntitledError

Params = dict[str, Any]
Made = TypeVar("Made", bytes, str)
_downloading: ContextVar[Look | None] = ContextVar("downloading", default=None)
PAGE = "page"  # in the session's state: the address of the page that is being drawn


class NoReleaseError(Exception):
    """Nothing has been published in the data folder yet."""


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, which has one answer for all who have the same scope; `look` is one of them."""

    folder: Path
    release_id: str
    scope: Scope
    sql: str
    params: tuple[tuple[str, Any], ...]
    is_of_summary: bool
    look: Look = field(compare=False)


def _found(asked: _Asked) -> Frame:
    file = (opened_summary if asked.is_of_summary else opened)(asked.folder, asked.release_id)
    return file.cursor(asked.look).execute(asked.sql, dict(asked.params)).df()


# Streamlit's own cache takes a millisecond to find an answer, and a page asks for thirty.
_kept = lru_cache(maxsize=3000)(_found)


def forget() -> None:
    """Drop all that is kept of the published files."""
    for kept in (_kept, _release, _definition, opened, opened_summary):
        kept.cache_clear()


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
    return _answer(look, sql, params, is_of_summary=False)


def summary_rows(sql: str, params: Params | None = None) -> Frame:
    """The rows of a query on the suppressed aggregates; those who see rows of their own sites get the whole only.

    Raises:
        NoSummaryError: the release has none.
    """
    return _answer(_look(), sql, params, is_of_summary=True)


def _answer(look: Look, sql: str, params: Params | None, *, is_of_summary: bool) -> Frame:
    named = tuple(_named(sql, params).items())
    asked = _Asked(look.folder, look.release_id, look.viewer.scope, sql, named, is_of_summary, look)
    if _downloading.get() is not None:  # whole tables, once: not worth keeping
        return _found(asked)
    return _kept(asked).copy()


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
    return _release(look.folder, look.release_id, look.viewer.scope, look.viewer.role.sees_rows)


@lru_cache(maxsize=400)
def _release(folder: Path, release_id: str, scope: Scope, sees_rows: bool) -> Release:
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
        preliminary_from=_date(preliminary),
    )


def definition(table: str) -> Meaning:
    """What a table and each of its columns means, from the file's own comments; schema main is the summary's."""
    look = _look()
    schema, name = table.split(".")
    if schema != "main" and not look.viewer.role.sees_rows:
        raise NotEntitledError("this role sees the summary only")
    return _definition(look.folder, look.release_id, schema, name)


@lru_cache(maxsize=400)
def _definition(folder: Path, release_id: str, schema: str, name: str) -> Meaning:
    file = (opened_summary if schema == "main" else opened)(folder, release_id)
    return file.meaning(schema, name)


def with_names(people: Frame) -> Frame:
    """The rows with a column `person`: the name where the viewer may see it, else the pseudonym."""
    look = _look()
    if not look.viewer.role.sees_names or people.empty:
        return people.assign(person=people["employee_key"])
    names = restricted.names(look, people["employee_key"].drop_duplicates().tolist(), len(people))
    return people.assign(person=people["employee_key"].map(names).fillna(people["employee_key"]))


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

"""A table on a page: named columns, consistent formats, and a download of exactly what is shown as CSV and xlsx."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import sources
from dashboards.frame import Frame

MOST_ROWS_SHOWN = 500
PERSON = "person"  # the column that holds names, where the viewer may see them


def _column(label: str, kind: str) -> Any:
    config = st.column_config
    if kind == "share":
        return config.NumberColumn(label, format="%.1f %%")
    if kind == "dollars":
        return config.NumberColumn(label, format="dollar", step=1)
    if kind == "count":
        return config.NumberColumn(label, format="localized", step=1)
    if kind == "plain":
        return config.NumberColumn(label)
    if kind == "number":
        return config.NumberColumn(label, format="%.1f")
    if kind == "date":
        return config.DateColumn(label, format="D MMM YYYY")
    if kind == "month":
        return config.DateColumn(label, format="MMM YYYY")
    if kind == "yes":
        return config.CheckboxColumn(label)
    return config.TextColumn(label)


@dataclass(frozen=True, slots=True)
class Rest:
    """The whole of a table of which a page shows the first rows: how many it has, and what asks for all of them."""

    rows: int
    ask: Callable[[], Frame]


def rest_of(first: Frame, ask: Callable[[], Frame]) -> Rest | None:
    """What stands behind the first rows of a query that says in `of_all` how many there are; None where they are all."""
    rows = 0 if first.empty else int(first["of_all"].iloc[0])
    return None if rows <= len(first) else Rest(rows, ask)


def table(frame: Frame, columns: Mapping[str, tuple[str, str]], name: str, alt: str, rest: Rest | None = None) -> None:
    """Show columns (column -> (label, kind)) of a frame with its downloads; kind share is a fraction, shown in percent.

    The browser gets at most 500 rows; the downloads hold all of them, also those of `rest`. `name` names the files and the
    widgets.
    """
    shown = frame[list(columns)].head(MOST_ROWS_SHOWN).copy()
    size = len(frame) if rest is None else rest.rows
    for column, (_, kind) in columns.items():
        if kind == "share":
            shown[column] = shown[column].astype(float) * 100
    st.dataframe(
        shown,
        column_config={column: _column(label, kind) for column, (label, kind) in columns.items()},
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * max(1, len(shown)), 420),
        placeholder="–",
        alt=alt,
    )
    if size > len(shown):
        st.caption(f"The first {len(shown)} of {size:,} rows; the downloads hold all of them.")
    labels = {column: label for column, (label, _) in columns.items()}

    def made(file: str, write: Callable[[Frame], bytes]) -> Callable[[], bytes]:
        def make() -> bytes:
            whole = frame if rest is None else rest.ask()
            return write(whole[list(columns)].rename(columns=labels))

        return sources.download(file, size, size if PERSON in columns else 0, make)

    with st.container(horizontal=True):
        st.download_button(
            "CSV", made(f"{name}.csv", as_csv), f"{name}.csv", "text/csv", key=f"csv:{name}", icon=":material/download:",
            on_click="ignore", help="Download this table as CSV; shares are fractions",
        )  # fmt: skip
        st.download_button(
            "Excel", made(f"{name}.xlsx", as_xlsx), f"{name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", key=f"xlsx:{name}",
            icon=":material/download:", on_click="ignore", help="Download this table for Excel; shares are fractions",
        )  # fmt: skip


def _inert(frame: Frame) -> Frame:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    safe = frame.copy()
    for column in safe.columns[safe.dtypes.map(pd.api.types.is_string_dtype)]:
        safe[column] = safe[column].str.replace(r"^([=+\-@\t\r])", r"'\1", regex=True)
    return safe


def as_csv(frame: Frame) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads it too."""
    return _inert(frame).to_csv(index=False).encode("utf-8-sig")


def as_xlsx(frame: Frame) -> bytes:
    """One sheet, with a frozen header row."""
    out: Any = io.BytesIO()
    with pd.ExcelWriter(out, engine="xlsxwriter", date_format="yyyy-mm-dd", datetime_format="yyyy-mm-dd") as book:
        _inert(frame).to_excel(book, index=False, sheet_name="Data", freeze_panes=(1, 0))
    return out.getvalue()

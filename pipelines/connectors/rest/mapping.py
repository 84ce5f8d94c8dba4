"""Pages of JSON into the rows of a feed, in sets: DuckDB reads all pages of a pull at once.

Everything stays text, written as the contract wants it; whether a value is right is for landing to judge, so that what
can't be read is listed there and not lost here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import orjson

from pipelines.connectors.rest.compared import add_landed, leave_out_known, take_back_others
from pipelines.connectors.rest.cursor_sql import greatest_sql, least_sql
from pipelines.connectors.rest.failures import PullError
from pipelines.connectors.rest.landed import Start
from pipelines.connectors.rest.pages import Page, Pulled, mark
from pipelines.connectors.rest.records_sql import literal, quoted, records_sql, written
from pipelines.connectors.rest.request import Child
from pipelines.connectors.rest.stream import Column, Stream

CURSOR = "@cursor"
RESTRICTED = "@restricted"
_KEY, _PAGE = "@id", "@page"
_MARK = "hash(r)::varchar"
_MOST_MARKS = 1000


class Tables:
    """The pulled streams of a source as tables of text, and the feeds made of them."""

    def __init__(self, zone: str, spill: Path, memory_limit: str = "1GB") -> None:
        self._zone = zone
        self._without_doubles: set[str] = set()
        self._connection = duckdb.connect(
            config={
                "memory_limit": memory_limit,
                "threads": "2",
                "temp_directory": str(spill),
                "autoinstall_known_extensions": "false",
            }
        )
        self._connection.execute("set timezone = 'UTC'")
        self._connection.execute(f"set variable today = timezone({literal(zone)}, now())::date")

    def close(self) -> None:
        """Close DuckDB."""
        self._connection.close()

    def add_landed(self, feed: str, unit: Sequence[str], files: Sequence[Path]) -> None:
        """Make the table `landed_<feed>` (see `compared`)."""
        add_landed(self._connection, feed, unit, files)

    def derive(self, stream: Stream) -> None:
        """Make the table of a stream that SQL makes of others. Raises PullError when the SQL can't be carried out."""
        self._by_sql(f"create or replace table {quoted(stream.name)} as {stream.sql}", "its SQL")

    def add(self, pulled: Pulled, began: Start, most_seen: int | None = None) -> int:
        """Make the table of a stream; return what stands for the records that are on two pages, 0 where there are none.

        `began` is from where it was asked for; SQL sees no more than `most_seen` records.

        Raises:
            PullError: a required field is in no record.
        """
        stream = pulled.stream
        pages = [page for page in pulled.pages if page.rows is not None]
        columns = dict(stream.columns)
        if stream.cursor is not None and stream.cursor.taken_from == "records":
            columns[CURSOR] = Column(path=stream.cursor.path)
        if stream.restricted:
            columns[RESTRICTED] = Column(path=stream.restricted)
        if not pages:
            listed = ", ".join(f"null::varchar as {quoted(name)}" for name in columns) or "null as nothing"
            self._show(stream, f"select {listed} where false", began, most_seen)
            return 0
        is_counted = stream.paging.kind in ("page", "offset") and not stream.paging.overlap and len(pages) > 1
        watched = stream.watched_key if is_counted else None
        if watched is not None:
            columns[_KEY] = Column(path=watched)
        selected = ", ".join(f"{written(one, stream, self._zone)} as {quoted(name)}" for name, one in columns.items())
        selected = (selected or "null as nothing") + (f", filename as {quoted(_PAGE)}" if watched is not None else "")
        try:
            self._show(stream, f"select {selected} from ({records_sql(stream, pages)})", began, most_seen)
        except duckdb.Error as error:  # its own text quotes the records
            raise PullError(f"its records are not as configured ({type(error).__name__})") from None
        self._require(stream)
        return self._on_two_pages(stream) if watched is not None else 0

    def _show(self, stream: Stream, query: str, began: Start, most_seen: int | None) -> None:
        """Make a table of all that is read of a stream, and of its own columns what SQL sees under its name."""
        self._connection.execute(f"create or replace table {_whole(stream)} as {query}")
        seen = ", ".join(map(quoted, stream.columns)) or "null as nothing"
        known = ", ".join(map(literal, sorted(began.marks)))
        news = f" where {_MARK} not in ({known})" if known else ""
        news += f" limit {most_seen}" if most_seen is not None else ""
        self._connection.execute(
            f"create or replace view {quoted(stream.name)} as select {seen} from {_whole(stream)} as r{news}"
        )

    def marks_at(self, stream: Stream, value: str) -> frozenset[str]:
        """Return what stands for the records of a moment, where only news is taken of a stream. Of very many nothing:
        they are then taken once more."""
        if stream.cursor is None or not stream.cursor.only_news:
            return frozenset()
        there = f"from {_whole(stream)} as r where {quoted(CURSOR)} = {literal(value)}"
        found = self._connection.execute(f"select distinct {_MARK} {there} limit {_MOST_MARKS + 1}").fetchall()
        return frozenset(str(mark) for (mark,) in found) if len(found) <= _MOST_MARKS else frozenset()

    def _on_two_pages(self, stream: Stream) -> int:
        """Return a sum over the ids that are on two pages of one list."""
        names = [_KEY, *(n for n, one in stream.columns.items() if (one.path or "").startswith("@child"))]
        ids = ", ".join(map(quoted, names))
        there = f"from {_whole(stream)}"
        # mostly there are none, which counting hashes tells in a fifth of the time
        if self._one(f"select count(*) = count(distinct hash({ids})) {there}"):
            self._without_doubles.add(stream.name)
            return 0
        twice = self._one(
            f"select coalesce(sum(hash({ids})), 0) from (select {ids} {there} where {quoted(_KEY)} is not null"
            f" group by all having min({quoted(_PAGE)}) <> max({quoted(_PAGE)}))"
        )
        return int(twice)

    def next_cursor(self, pulled: Pulled) -> str | None:
        """Return the greatest cursor among a stream's records, as the server wrote it, or its limit if that is less.

        What is later than the pull began is left out: a record that changed meanwhile may be on a page that had been
        fetched before, and one that is dated years ahead must not hide all that come until then.
        """
        cursor = pulled.stream.cursor
        assert cursor is not None
        rows = f"(select {quoted(CURSOR)} as c from {_whole(pulled.stream)})"
        greatest = self._one(greatest_sql(cursor, rows, self._zone, pulled.begun_at))
        if pulled.limit is None or greatest is None:
            return greatest
        return self._one(least_sql(cursor, [greatest, pulled.limit], self._zone))

    def restricted_fields(self, stream: Stream) -> list[str]:
        """Return the fields that the credentials may not read, as the server names them."""
        if not stream.restricted:
            return []
        found = self._connection.execute(
            f"select distinct unnest(from_json({quoted(RESTRICTED)}, '[\"VARCHAR\"]')) as f from {_whole(stream)}"
            f" where json_valid({quoted(RESTRICTED)}) order by f"
        )
        return [str(name) for (name,) in found.fetchall()]

    def children_of(self, stream: Stream, pages: Sequence[Page], places: Mapping[str, str]) -> list[Child]:
        """Return the distinct values found at `places` in a stream's records, in the order in which they come."""
        names = [f"c{place}" for place in range(len(places))]
        if stream.sql is not None:
            listed = ", ".join(
                f"{quoted(place)}::varchar as {n}" for n, place in zip(names, places.values(), strict=True)
            )
            source = f"select {listed} from {quoted(stream.name)}"
        elif not any(page.rows is not None for page in pages):
            return []
        else:
            wanted = {n: Column(path=place) for n, place in zip(names, places.values(), strict=True)}
            only = stream.model_copy(
                update={"columns": {**stream.columns, **wanted}, "cursor": None, "restricted": None}
            )
            listed = ", ".join(f"{written(column, only, self._zone)} as {n}" for n, column in wanted.items())
            source = f"select {listed} from ({records_sql(only, [page for page in pages if page.rows is not None])})"
        keys = ", ".join(names)
        found = self._connection.execute(
            f"select {keys} from (select *, row_number() over () as n from ({source}))"
            f" where {' and '.join(f'{n} is not null' for n in names)} group by {keys} order by min(n)"
        )
        return [dict(zip(places, map(str, row), strict=True)) for row in found.fetchall()]

    def make(self, feed: str, stream: Stream | None, sql: str | None, *, in_order: bool = False) -> None:
        """Make the rows of a feed, from one stream's table or by SQL, without rows that are the same throughout.

        With `in_order` they are sorted: the same list in another order is then no news.

        Raises:
            PullError: the SQL can't be carried out.
        """
        names = ", ".join(quoted(name) for name in stream.columns) if stream is not None else "*"
        query = sql or f"select {names} from {quoted(stream.name if stream is not None else feed)}"
        self._by_sql(f"create or replace table made as {query}", f"the SQL for {feed}")
        # Paging gives a record twice when others move; hashing tells in a tenth of the time whether it did.
        is_known = stream is not None and stream.name in self._without_doubles
        doubled = not is_known and self._one("select count(*) <> count(distinct hash(made)) from made")
        if doubled:
            self._connection.execute(
                "create or replace table made as select made.* from made join (select min(rowid) as kept from made"
                " group by hash(made)) on made.rowid = kept order by made.rowid"
            )
        if in_order:
            self._connection.execute("create or replace table made as from made order by all")

    def leave_out_known(self, feed: str, unit: Sequence[str], earlier: Sequence[Path]) -> None:
        """Leave out the records that are as they were delivered last (see `compared`)."""
        leave_out_known(self._connection, feed, unit, earlier)

    def show_asked(self, stream: Stream, children: Sequence[Child], skipped: Collection[str]) -> None:
        """Make the table `asked_<stream>` of the children that were asked about: a column for each part, and whether a
        rule passed over them (`skipped` has the marks of those)."""
        names = [part or "child" for part in (stream.parent.places if stream.parent is not None else ())]
        listed = ", ".join(
            f"json_extract_string(one, '$[{place}]') as {quoted(n)}" for place, n in enumerate([*names, "was_skipped"])
        )
        self._connection.execute(
            f"create or replace table {quoted(f'asked_{stream.name}')} as select {listed}"
            """ from (select unnest(from_json($1, '["JSON"]')) as one)""",
            [orjson.dumps([[*one.values(), mark(one) in skipped] for one in children]).decode()],
        )

    def said(self, sql: str) -> list[str]:
        """Return the sentences that a check's SQL finds. Raises PullError when the SQL can't be carried out."""
        self._by_sql(f"create or replace temp table said as {sql}", "a check")
        found = self._connection.execute("from said").fetchall()
        return sorted(str(row[0]) for row in found if row[0] is not None)

    def take_back_others(self, unit: Sequence[str], in_force: Sequence[Path], feed: str) -> None:
        """Have the delivery take back what landed of a feed (`in_force`, oldest first) and is not in it."""
        take_back_others(self._connection, feed, unit, in_force)

    def write(self, target: Path) -> int:
        """Write the rows that were made to a Parquet file; return how many there are."""
        self._connection.execute(f"copy made to {literal(str(target))} (format parquet)")
        return int(self._one("select count(*) from made"))

    def preview(self, rows: int) -> tuple[list[str], list[tuple[Any, ...]], Mapping[str, int]]:
        """Return the columns, the first rows, and how many rows have a value, by column."""
        found = self._connection.execute(f"from made limit {rows}")
        names = [str(column[0]) for column in found.description or []]
        first = found.fetchall()
        counts = self._connection.execute(
            "select count(*), " + ", ".join(f"count({quoted(name)})" for name in names) + " from made"
        ).fetchone()
        assert counts is not None
        return names, first, dict(zip(["", *names], counts, strict=True))

    def _require(self, stream: Stream) -> None:
        for name, column in stream.columns.items():
            if column.required and self._one(
                f"select count(*) > 0 and count({quoted(name)}) = 0 from {quoted(stream.name)}"
            ):
                raise PullError(
                    f"{column.path} is in no record of {stream.name}: a field that was renamed, or that the credentials"
                    " may not read"
                )

    def _one(self, sql: str) -> Any:
        row = self._connection.execute(sql).fetchone()
        return None if row is None else row[0]

    def _by_sql(self, statement: str, what: str) -> None:
        try:
            self._connection.execute(statement)
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
            raise PullError(f"{what} fails: {str(error).splitlines()[0]}") from None
        except duckdb.Error as error:  # its own text quotes the records
            raise PullError(f"{what} fails ({type(error).__name__})") from None


def _whole(stream: Stream) -> str:
    return quoted(f"{stream.name}@all")

"""The list of what could not be read: quarantined rows and repaired values, with file, line, column, value, reason."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.connectors.delivery import SourceFile
from pipelines.feeds import FEEDS
from pipelines.landing.batches import Problem
from pipelines.landing.csv_scan import CsvScan
from pipelines.landing.engine import Engine, file_literal, literal, target_literal
from pipelines.landing.faults import Fault, Refused
from pipelines.landing.kinds_sql import OTHER_HEADER, SECOND_HEADER, TOTAL
from pipelines.landing.mapping import Mapping
from pipelines.landing.scan import Scan
from pipelines.landing.typing_sql import TypingSql


@dataclass(frozen=True, slots=True)
class TypedFile:
    """One file after its typing pass: `typed` is the Parquet, of whose `rows` `dirty` ones have a problem."""

    file: SourceFile
    scan: Scan
    mapping: Mapping
    typing: TypingSql
    typed: Path
    rows: int
    dirty: int


@dataclass(frozen=True, slots=True)
class Example:
    """The first quarantined row, for messages."""

    file: str
    line: int | None
    column: str | None
    value: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ProblemFigures:
    """How much is on the list; `quarantined_rows` leaves out records that gave no row at all."""

    quarantined_rows: int
    repaired_values: int
    by_reason: tuple[Problem, ...]
    first_quarantined: Example | None
    total_rows: int
    kept_out_rows: int
    """Rows that are no records: totals and second headers (`total_rows`), and rows without any required value."""


class ProblemList:
    """The problems of one delivery, gathered file by file in a table of the engine."""

    def __init__(self, engine: Engine, feed: str, id_prefix: str) -> None:
        self._engine = engine
        self._feed = feed
        self._id_prefix = id_prefix
        self._table = engine.unused_name("problems")
        engine.connection.execute(
            f'CREATE TEMP TABLE {self._table} (file VARCHAR, n BIGINT, line BIGINT, "column" VARCHAR, value VARCHAR, '
            'reason VARCHAR, raw VARCHAR, employee_id VARCHAR, "date" DATE, is_quarantining BOOLEAN)'
        )

    def note(self, done: TypedFile) -> None:
        """List what was wrong in a file."""
        name = literal(done.file.name)
        if done.dirty:
            self._note_rows(done, name)
        if done.scan.broken is not None:
            self._engine.connection.execute(
                f"INSERT INTO {self._table} SELECT {name}, NULL, line, NULL, NULL, reason, raw, "
                f"{self._employee_of_broken(done)}, NULL, true FROM {done.scan.broken.table}"
            )

    def refuse_other_headers(self) -> None:
        """Raise Refused where a file goes on with its columns in another order: what follows is not what it seems."""
        found = self._engine.rows(
            f'SELECT file, line, "column", value FROM {self._table} WHERE reason = {literal(OTHER_HEADER)} '
            "ORDER BY file, line LIMIT 1"
        )
        for file, line, column, value in found:
            cure = "Deliver what follows that line as a file of its own"
            raise Refused(Fault("columns", file, OTHER_HEADER, cure, line=line, column=column, value=value))

    def write(self, batch: Path) -> None:
        """Write quarantine.parquet and repaired.parquet, each only when there is something in it.

        A row that is quarantined is not listed as repaired too.
        """
        connection = self._engine.connection
        connection.execute(
            f"DELETE FROM {self._table} p WHERE NOT is_quarantining AND EXISTS "
            f"(SELECT 1 FROM {self._table} q WHERE q.file = p.file AND q.n = p.n AND q.is_quarantining)"
        )
        for is_quarantining, file, more in (
            ("true", "quarantine.parquet", ', raw, employee_id, "date"'),
            ("false", "repaired.parquet", ""),
        ):
            condition = f"FROM {self._table} WHERE is_quarantining = {is_quarantining}"
            if self._engine.row(f"SELECT count(*) {condition}")[0]:
                connection.execute(
                    f'COPY (SELECT {literal(self._feed)} AS feed, file, line, "column", value, reason{more} '
                    f"{condition} ORDER BY file, line) TO {target_literal(batch / file)} (FORMAT parquet)"
                )

    def figures(self) -> ProblemFigures:
        """Count what is listed."""
        quarantined, repaired = self._engine.row(
            "SELECT count(DISTINCT (file, n)) FILTER (is_quarantining AND n IS NOT NULL), "
            f"count(*) FILTER (NOT is_quarantining) FROM {self._table}"
        )
        by_reason = self._engine.rows(
            "SELECT CASE WHEN is_quarantining THEN 'quarantined' ELSE 'repaired' END AS kind, \"column\", reason, "
            f"count(*) FROM {self._table} GROUP BY ALL ORDER BY 1, 4 DESC, 2, 3"
        )
        first = self._engine.rows(
            f'SELECT file, line, "column", value, reason FROM {self._table} WHERE is_quarantining '
            "ORDER BY file, line LIMIT 1"
        )
        required = sum(column.required for column in FEEDS[self._feed].columns)
        totals, kept_out = self._engine.row(
            "SELECT count(*) FILTER (is_total), count(*) FROM (SELECT "
            f"bool_or(reason IN ({literal(TOTAL)}, {literal(SECOND_HEADER)})) AS is_total, "
            f"count(*) FILTER (reason = 'a required value is missing') AS missing FROM {self._table} "
            "WHERE is_quarantining AND n IS NOT NULL GROUP BY file, n) "
            f"WHERE is_total OR missing >= {max(required - (self._feed == 'roster'), 1)}"
        )
        self._engine.connection.execute(f"DROP TABLE {self._table}")
        return ProblemFigures(
            quarantined,
            repaired,
            tuple(Problem(*row) for row in by_reason),
            Example(*first[0]) if first else None,
            totals,
            kept_out,
        )

    def _note_rows(self, done: TypedFile, name: str) -> None:
        """Read the file once more, for the values and lines of the rows concerned alone."""
        connection = self._engine.connection
        dirty = (
            f"SELECT file_row_number AS n FROM read_parquet({file_literal(done.typed)}, file_row_number = true) "
            "WHERE batch_seq < 0 ORDER BY n"
        )
        ordinals = np.asarray(connection.execute(dirty).fetchnumpy()["n"], dtype=np.int64)
        connection.register("places", pa.table({"n": ordinals, "line": done.scan.lines_of(ordinals)}))
        bad = self._engine.unused_name("bad")
        connection.execute(
            f"CREATE TEMP TABLE {bad} AS SELECT * FROM ({done.scan.fields(is_numbered=True)}) JOIN places USING (n)"
        )
        connection.unregister("places")
        sound = f"SELECT * FROM {bad} WHERE broken IS NULL"
        connection.execute(
            f"INSERT INTO {self._table} SELECT {name}, n, line, NULL, NULL, broken, raw, NULL, NULL, true "
            f"FROM {bad} WHERE broken IS NOT NULL"
        )
        connection.execute(
            f'INSERT INTO {self._table} SELECT {name}, p.n, line, p."column", p.value, p.reason, raw, i.employee_id, '
            f'i."date", p.is_quarantining FROM ({done.typing.problems(sound)}) p JOIN {bad} USING (n) '
            f"JOIN ({done.typing.identity(sound)}) i USING (n)"
        )
        connection.execute(f"DROP TABLE {bad}")

    def _employee_of_broken(self, done: TypedFile) -> str:
        """SQL for whom a broken CSV record is about, as far as its text before the damage tells."""
        position = done.mapping.positions.get("employee_id")
        if position is None or not isinstance(done.scan, CsvScan):
            return "NULL"
        field = f"split_part(raw, {literal(done.scan.delimiter)}, {position + 1})"
        return f"{literal(self._id_prefix)} || nullif(trim({field}, ' \"' || chr(13) || chr(10)), '')"

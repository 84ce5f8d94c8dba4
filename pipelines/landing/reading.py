"""Reads one delivery into typed Parquet: good rows, quarantined rows, repaired values, and the figures of both."""

import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from pipelines.connectors.delivery import SourceFile
from pipelines.feeds import Feed
from pipelines.landing.batches import Problem
from pipelines.landing.csv_scan import CsvScan
from pipelines.landing.engine import AS_PARQUET, Engine, file_literal, target_literal
from pipelines.landing.envelope import Stated, opened
from pipelines.landing.faults import Refused, shortened, unreadable
from pipelines.landing.finishing import finished_rows
from pipelines.landing.json_scan import JsonScan
from pipelines.landing.mapping import Mapping, columns_by_header, map_columns
from pipelines.landing.options import SourceOptions
from pipelines.landing.parquet_scan import ParquetScan
from pipelines.landing.problems import Example, ProblemList, TypedFile
from pipelines.landing.receive import Progress, readable_text, without_mark
from pipelines.landing.scan import Scan
from pipelines.landing.sheet_choice import Wanted
from pipelines.landing.typing_sql import TypingSql
from pipelines.landing.unwrap import unwrapped
from pipelines.landing.xlsx_scan import XlsxScan

_JSON_OBJECT_BYTES = 16 << 20
_FEW_ROWS = 3
_WATCHED_BYTES = 32 << 20
_OURS = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.OutOfMemoryException,
    duckdb.InterruptException,
)
"""Errors that are no file's fault."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a delivery gave.

    `filled` counts, by column, the live rows with a value; `absent_columns` are those no file has. `lost_lines` of
    `all_lines` are quarantined, rows and broken records alike.
    """

    row_count: int
    quarantined_count: int
    repaired_count: int
    conflict_count: int
    lost_lines: int
    all_lines: int
    file_rows: tuple[int, ...]
    columns: dict[str, str]
    unknown_columns: tuple[str, ...]
    absent_columns: frozenset[str]
    filled: dict[str, int]
    live_row_count: int
    problems: tuple[Problem, ...]
    first_quarantined: Example | None
    preamble: tuple[str, ...]
    window_from: date | None
    window_to: date | None

    def described(self) -> dict[str, Any]:
        """The part of a manifest that reading has found."""
        return {
            "row_count": self.row_count,
            "live_row_count": self.live_row_count,
            "quarantined_count": self.quarantined_count,
            "repaired_count": self.repaired_count,
            "conflict_count": self.conflict_count,
            "columns": self.columns,
            "unknown_columns": self.unknown_columns,
            "filled": self.filled,
            "preamble": self.preamble,
            "problems": [asdict(problem) for problem in self.problems],
            "window_from": self.window_from.isoformat() if self.window_from else None,
            "window_to": self.window_to.isoformat() if self.window_to else None,
        }


class DeliveryReader:
    """Reads deliveries of one feed and source into a batch directory."""

    def __init__(self, engine: Engine, feed: Feed, source: SourceOptions, progress: Progress) -> None:
        self._engine = engine
        self._feed = feed
        self._source = source
        self._progress = progress

    def read(self, files: Sequence[tuple[SourceFile, Path]], work: Path, batch: Path, batch_seq: int) -> Reading:
        """Write rows.parquet and, when there are any, quarantine.parquet and repaired.parquet into `batch`.

        `files` are the files of the delivery with the paths of their received bytes; `work` is for what is
        needed on the way. Raises Refused when a file can't be read or lacks a required column.
        """
        passes: list[TypedFile] = []
        file_rows: list[int] = []
        for number, (file, raw) in enumerate(files):
            wrapped = work / str(number)
            wrapped.mkdir()
            inner = unwrapped(file, raw, wrapped, self._source)
            for part, (one, path) in enumerate(inner):
                place = wrapped / f"part{part}"
                place.mkdir()
                with self._reported(one):
                    passes.append(self._typed(one, path, place, batch_seq))
            file_rows.append(sum(_records(done) for done in passes[-len(inner) :]))
        problems = ProblemList(self._engine, self._feed.name, self._source.id_prefix)
        for done in passes:
            problems.note(done)
        problems.refuse_other_headers()
        finished_rows(
            self._engine, self._feed, self._source, [p.typed for p in passes], batch / "rows.parquet",
            batch_seq, passes[0].typing.quarantining_mask, is_clean=not any(p.dirty for p in passes),
        )  # fmt: skip
        problems.write(batch)
        return self._figures(problems, passes, file_rows, batch)

    def _typed(self, file: SourceFile, raw: Path, place: Path, batch_seq: int) -> TypedFile:
        scan, stated = self._scan(file, raw, place)
        if scan.headers:
            mapping = map_columns(
                self._feed,
                self._source,
                scan.headers,
                file.name,
                scan.header_line,
                keys_vary=isinstance(scan, JsonScan),
                dated=file.dated,
            )
        else:
            mapping = Mapping({}, ())
        typing = TypingSql(self._feed, self._source, mapping, scan.traits)
        typed = place / "typed.parquet"
        with self._watched(file, raw):
            rows, dirty = self._typed_rows(scan, typing, typed, batch_seq)
        if rows and not scan.headers:
            raise unreadable(file.name, "no record in it is a JSON object", "Write one object a record", line=1)
        ambiguous = self._with_decimal_commas(scan, typing) if dirty else frozenset[str]()
        if ambiguous:  # what has a point there can't be read either
            typing = TypingSql(self._feed, self._source, mapping, scan.traits, ambiguous)
            rows, dirty = self._typed_rows(scan, typing, typed, batch_seq)
        done = TypedFile(file, scan, mapping, typing, typed, rows, dirty)
        for one in stated:
            one.check(_records(done), file.name)
        return done

    def _typed_rows(self, scan: Scan, typing: TypingSql, typed: Path, batch_seq: int) -> tuple[int, int]:
        """Write the typed rows; return how many there are, and how many of them have a problem."""
        while True:
            copy = f"COPY ({typing.rows(scan.fields(), batch_seq)}) TO {target_literal(typed)} {AS_PARQUET}"
            rows = int(self._engine.row(copy)[0])
            if scan.settle(rows):
                break
        return rows, int(self._engine.row(f"SELECT count(*) FROM {_parquet([typed])} WHERE batch_seq < 0")[0])

    def _with_decimal_commas(self, scan: Scan, typing: TypingSql) -> frozenset[str]:
        """Columns of numbers in which one has a decimal comma that the source's settings don't explain."""
        query = typing.decimal_commas(scan.fields(is_numbered=True))
        if query is None:
            return frozenset()
        found = self._engine.connection.execute(query)
        names = [column[0] for column in found.description or ()]
        return frozenset(name for name, has_commas in zip(names, found.fetchall()[0], strict=True) if has_commas)

    def _scan(self, file: SourceFile, raw: Path, place: Path) -> tuple[Scan, Sequence[Stated]]:
        """Open a file that nothing is wrapped around; what the lines around its rows say of their number."""
        limits = self._source.limits
        envelope = self._source.envelopes.get(self._feed.name)
        if envelope is not None and file.format != "csv":
            cure = "Deliver it as CSV, or take the feed out of the source's `envelopes`"
            raise unreadable(file.name, f"it is {file.format}, which has no header and trailer lines", cure)
        if raw.stat().st_size == 0:
            raise unreadable(file.name, "it is empty", "Deliver it again; a file without rows still has its header")
        match file.format:
            case "parquet":
                return ParquetScan(self._engine, raw), ()
            case "xlsx":
                wanted = Wanted.of(self._feed, self._source)
                return XlsxScan(self._engine, raw, file.name, limits, self._feed, wanted), ()
            case "csv":
                text = readable_text(raw, file, place, limits)
                stated: Sequence[Stated] = ()
                if envelope is not None:
                    text, stated = opened(text, envelope, file.name, place)
                wanted = Wanted.of(self._feed, self._source)
                return CsvScan(self._engine, text, file.name, wanted, limits.line_bytes, place), stated
            case "ndjson" | "json":
                text = without_mark(readable_text(raw, file, place, limits), place)
                ids = frozenset(
                    header
                    for header, name in columns_by_header(self._feed, self._source).items()
                    if any(column.is_id for column in self._feed.columns if column.name == name)
                )
                scan = JsonScan(
                    self._engine, text, file.name,
                    is_array=file.format == "json", object_bytes=_JSON_OBJECT_BYTES, ids=ids,
                )  # fmt: skip
                return scan, ()
            case "zip":
                raise AssertionError("a zip is unwrapped before")

    @contextmanager
    def _reported(self, file: SourceFile) -> Generator[None]:
        """Turn DuckDB's refusal of a file into ours."""
        try:
            yield
        except (duckdb.InternalException, duckdb.FatalException) as error:
            self._engine.close()  # it can't be trusted any more; the next file gets a new one
            raise unreadable(file.name, "it is damaged", "Deliver it again") from error
        except _OURS:
            raise
        except duckdb.Error as error:
            if "No space left" in str(error):
                raise
            said = str(error).splitlines()[0].split(": ", 1)[-1]
            said = " ".join(w for w in said.split() if "/" not in w).rstrip(" .:")
            raise unreadable(
                file.name, f"it can't be read as {file.format} ({said})", "Write it again and deliver it once more"
            ) from error
        except (Refused, OSError, MemoryError, AssertionError):
            raise
        except Exception as error:  # whatever one file holds, the others land
            said = f"{type(error).__name__}: {shortened(str(error))}"
            raise unreadable(
                file.name, f"it can't be read as {file.format} ({said})", "Write it again and deliver it once more"
            ) from error

    @contextmanager
    def _watched(self, file: SourceFile, raw: Path) -> Generator[None]:
        """Report how far DuckDB is with a large file, twice a second."""
        if raw.stat().st_size < _WATCHED_BYTES:
            yield
            return
        finished = threading.Event()
        connection = self._engine.connection

        def watch() -> None:
            while not finished.wait(0.5):
                done = connection.query_progress()
                if done >= 0:
                    self._progress(f"typing {file.name}", int(done), 100)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            finished.set()
            watcher.join()

    def _figures(
        self, problems: ProblemList, passes: Sequence[TypedFile], file_rows: Sequence[int], batch: Path
    ) -> Reading:
        rows = _parquet([batch / "rows.parquet"])
        day = f'"{self._feed.date_column}"' if self._feed.date_column else "NULL::DATE"
        counts = ", ".join(f'count("{c.landed_as}") FILTER (NOT is_deleted)' for c in self._feed.columns)
        total, first, last, live, *filled = self._engine.row(
            f"SELECT count(*), min({day}), max({day}), count(*) FILTER (NOT is_deleted), {counts} FROM {rows}"
        )
        found = problems.figures()
        kept_out = min(found.kept_out_rows, found.total_rows + max(_FEW_ROWS, sum(p.rows for p in passes) // 20))
        broken = [p.scan.broken for p in passes if p.scan.broken is not None]
        return Reading(
            row_count=total,
            quarantined_count=found.quarantined_rows + sum(b.count for b in broken),
            repaired_count=found.repaired_values,
            conflict_count=total - self._distinct_keys(rows),
            lost_lines=found.quarantined_rows - kept_out + sum(b.lines for b in broken),
            all_lines=sum(p.rows for p in passes) - kept_out + sum(b.lines for b in broken),
            file_rows=tuple(file_rows),
            columns={c: p.scan.headers[i] for p in passes for c, i in p.mapping.positions.items()},
            unknown_columns=tuple(dict.fromkeys(u for p in passes for u in p.mapping.unknown)),
            absent_columns=self._absent(passes),
            filled={c.name: n for c, n in zip(self._feed.columns, filled, strict=True)},
            live_row_count=live,
            problems=found.by_reason,
            first_quarantined=found.first_quarantined,
            preamble=tuple(line for p in passes for line in p.scan.preamble),
            window_from=first,
            window_to=last,
        )

    def _distinct_keys(self, rows: str) -> int:
        """How many records the rows are of.

        Sorting 64-bit hashes of their keys takes a third of count(DISTINCT), and a tenth of np.unique. Two keys may
        share a hash (once in a million deliveries of 5 million rows): then a conflict more is counted than there is.
        """
        key = ", ".join(f'"{self._feed.column(name).landed_as}"' for name in self._feed.key)
        found = self._engine.connection.execute(f"SELECT hash({key}) AS key_hash FROM {rows}").fetchnumpy()
        hashes = np.sort(np.asarray(found["key_hash"], dtype=np.uint64))
        return int(np.count_nonzero(np.diff(hashes))) + min(len(hashes), 1)

    def _absent(self, passes: Sequence[TypedFile]) -> frozenset[str]:
        """Columns that no file has; JSON may leave out a key that is null in all records, so there it tells nothing."""
        if any(p.file.format in ("json", "ndjson") for p in passes):
            return frozenset()
        return frozenset(c.name for c in self._feed.columns if not any(c.name in p.mapping.positions for p in passes))


def _records(done: TypedFile) -> int:
    """How many records a file has, broken ones among them."""
    return done.rows + (done.scan.broken.count if done.scan.broken else 0)


def _parquet(paths: Sequence[Path]) -> str:
    files = ", ".join(file_literal(path) for path in paths)
    return f"read_parquet([{files}], hive_partitioning = false)"

"""CSV: reads with DuckDB, and accounts for every record that DuckDB did not give back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.landing.csv_header import read_header
from pipelines.landing.csv_surplus import MARK, marked
from pipelines.landing.engine import Engine, file_literal, literal
from pipelines.landing.faults import unreadable
from pipelines.landing.receive import Text
from pipelines.landing.records import Positions, RecordStarts, csv_records
from pipelines.landing.scan import Broken, raw_as_json
from pipelines.landing.sheet_choice import Wanted
from pipelines.landing.typing_sql import FieldTraits

_RAW_BYTES = 65536
_OFFSET = "line_byte_position + strlen(csv_line) - strlen(ltrim(csv_line, chr(10) || chr(13)))"


class CsvScan:
    """One CSV file. `wanted` is what its header has to name; `work` is for what is needed on the way."""

    def __init__(self, engine: Engine, text: Text, file_name: str, wanted: Wanted, line_bytes: int, work: Path) -> None:
        header = read_header(text.path, file_name, wanted)
        self.headers = header.names
        self.header_line: int | None = header.lines_before + 1
        self.preamble = header.preamble
        self.traits = FieldTraits(
            {}, trimming=text.trimming, may_hold_nuls=text.has_nuls, may_hold_exponents=text.has_exponents
        )
        self.broken: Broken | None = None
        self.delimiter = header.delimiter
        self._engine = engine
        self._text = replace(
            text, path=marked(text.path, text.lines, header.delimiter, len(header.names), header.lines_before, work)
        )
        self._file_name = file_name
        self._line_bytes = line_bytes
        self._is_parallel = True
        self._rejects = engine.unused_name("rejects")
        self._records: RecordStarts | None = None
        self._first = 1  # the first record after the header
        self._broken_ordinals: Positions = np.empty(0, dtype=np.int64)

    def fields(self, *, is_numbered: bool = False) -> str:
        """See Scan."""
        columns = ", ".join(f"c{i}: 'VARCHAR'" for i in range(len(self.headers)))
        left_out = "ignore_errors = true"
        if not is_numbered:  # the first pass keeps what it leaves out
            left_out = (
                f"store_rejects = true, rejects_table = '{self._rejects}', "
                f"rejects_scan = '{self._rejects}_scan', rejects_line_size_limit = {_RAW_BYTES}"
            )
        relation = (
            f"read_csv({file_literal(self._text.path)}, columns = {{{columns}}}, auto_detect = false, "
            f"header = true, skip = {(self.header_line or 1) - 1}, delim = {literal(self.delimiter)}, "
            f"quote = '\"', escape = '\"', max_line_size = {self._line_bytes}, compression = 'none', "
            f"hive_partitioning = false, parallel = {str(self._is_parallel).lower()}, {left_out})"
        )
        names = ", ".join(f"c{i} AS f{i}" for i in range(len(self.headers)))
        if not is_numbered:
            return f"SELECT {names} FROM {relation}"
        return (
            f"SELECT {names}, row_number() OVER () - 1 AS n, {raw_as_json(self.headers, 'c')} AS raw, "
            f"NULL::VARCHAR AS broken FROM {relation}"
        )

    def settle(self, accepted: int) -> bool:
        """Account for every record of the file.

        The parallel reader starts in the middle of a file and can lose what an open quote swallows; and neither
        way of reading reports a quote left open at the end, or every overlong line. So rows given and records
        left out must together be all the records that are there.
        """
        rejected = self._rejected_offsets()
        if not len(rejected) and self._text.lines == (self.header_line or 1) + accepted:
            return True
        records = self._all_records()
        data = records.offsets[self._first :]
        is_broken = records.spans()[self._first :] > self._line_bytes + 2
        if len(data):
            is_broken[np.maximum(np.searchsorted(data, rejected, side="right") - 1, 0)] = True
            is_broken[-1] |= records.is_open
        if len(data) - int(is_broken.sum()) == accepted:
            self._keep_broken(records, is_broken)
            return True
        if self._is_parallel:
            self._is_parallel = False
            self._rejects = self._engine.unused_name("rejects")
            return False
        raise unreadable(
            self._file_name,
            f"its quotes don't pair: {len(data)} records can be told apart, {accepted} could be read",
            "Put every field that holds a quote, a delimiter or a line end in quotes, and double the quotes in it",
            line=int(records.lines[self._first :][is_broken][0]) if is_broken.any() else None,
        )

    def lines_of(self, ordinals: Positions) -> Positions:
        """See Scan."""
        return np.delete(self._all_records().lines[self._first :], self._broken_ordinals)[ordinals]

    def _all_records(self) -> RecordStarts:
        if self._records is None:
            self._records = csv_records(self._text.path, self.delimiter)
            self._first = int(np.searchsorted(self._records.lines, self.header_line or 1, side="right"))
        return self._records

    def _rejected_offsets(self) -> Positions:
        query = f"SELECT DISTINCT {_OFFSET} AS o FROM {self._rejects} ORDER BY o"
        return np.asarray(self._engine.connection.execute(query).fetchnumpy()["o"], dtype=np.int64)

    def _keep_broken(self, records: RecordStarts, is_broken: npt.NDArray[np.bool_]) -> None:
        """Put the records left out, with line, reason and text, in a table."""
        self._broken_ordinals = np.flatnonzero(is_broken)
        if not len(self._broken_ordinals):
            return
        spans = records.line_spans()[self._first :][is_broken]
        is_long = records.spans()[self._first :][is_broken] > self._line_bytes
        places = pa.table(
            {
                "starts_at": records.offsets[self._first :][is_broken],
                "line": records.lines[self._first :][is_broken],
                "is_long": is_long,
                "is_open": records.is_open & (self._broken_ordinals == len(is_broken) - 1),
            }
        )
        table = self._engine.unused_name("broken")
        connection = self._engine.connection
        connection.register("places", places)
        connection.execute(
            f"""CREATE TEMP TABLE {table} AS
            SELECT line, replace(raw, {literal(MARK)}, '') AS raw, CASE
                WHEN is_long OR error = 'LINE SIZE OVER MAXIMUM' THEN 'it is longer than {self._line_bytes:,} bytes'
                WHEN is_open THEN 'a quote is opened and never closed'
                WHEN error = 'MISSING COLUMNS' THEN 'it has fewer fields than the header'
                WHEN error = 'TOO MANY COLUMNS' THEN 'it has more fields than the header'
                ELSE 'a quote is not closed, or goes on after its end'
            END AS reason
            FROM places LEFT JOIN (
                SELECT
                    starts_at,
                    arg_min(error_type::VARCHAR, coalesce(column_idx, 0)) AS error,
                    any_value(csv_line) AS raw
                FROM (SELECT {_OFFSET} AS o, * FROM {self._rejects}) r
                ASOF JOIN places p ON r.o >= p.starts_at
                GROUP BY starts_at
            ) USING (starts_at)"""
        )
        connection.unregister("places")
        self.broken = Broken(table, len(spans), int(spans.sum()))

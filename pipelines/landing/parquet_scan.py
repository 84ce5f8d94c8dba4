"""Parquet: typed columns are taken as they are where they fit the contract, else by way of text."""

from pathlib import Path

from pipelines.landing.engine import Engine, file_literal
from pipelines.landing.records import Positions
from pipelines.landing.scan import Broken, raw_as_json
from pipelines.landing.typing_sql import FieldTraits


class ParquetScan:
    """One Parquet file. Its records have no lines: their number, from 1, stands for it."""

    def __init__(self, engine: Engine, path: Path) -> None:
        relation = f"read_parquet({file_literal(path)}, hive_partitioning = false)"
        described = engine.rows(f"DESCRIBE SELECT * FROM {relation}")
        self.headers = tuple(str(row[0]) for row in described)
        self.header_line: int | None = None
        self.broken: Broken | None = None
        self.preamble: tuple[str, ...] = ()
        self.traits = FieldTraits(
            {position: str(row[1]).split("(")[0] for position, row in enumerate(described)},
            may_hold_nuls=True,
            has_typed_dates=True,
        )
        aliases = ", ".join(f"f{i}" for i in range(len(self.headers)))
        self._relation = f"{relation} AS file({aliases})"

    def fields(self, *, is_numbered: bool = False) -> str:
        """See Scan."""
        if not is_numbered:
            return f"SELECT * FROM {self._relation}"
        return (
            f"SELECT *, row_number() OVER () - 1 AS n, {raw_as_json(self.headers)} AS raw, "
            f"NULL::VARCHAR AS broken FROM {self._relation}"
        )

    def settle(self, accepted: int) -> bool:
        """DuckDB gives every row of a Parquet file, or fails."""
        return True

    def lines_of(self, ordinals: Positions) -> Positions:
        """See Scan."""
        return ordinals + 1

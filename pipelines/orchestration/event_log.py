"""Dagster's event log in SQLite, with its connections kept.

Dagster's own storage makes an engine for every event, opens the file twice and waits for the disk each time: a fifth
of a small sync. Here an engine is made once a file, and what the schema once was found to have is not looked up again
with each event. Place, schema and content are Dagster's: either class reads them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
import sqlalchemy.event
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._serdes import ConfigurableClassData

_BUSY_SECONDS = 60  # the webserver may be reading


class KeptEventLogStorage(SqliteEventLogStorage):
    """SqliteEventLogStorage that keeps one engine a file."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._columns: set[str] = set()  # of the table of assets, as far as they were asked for and are there
        self._indexes: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> KeptEventLogStorage:
        """The storage that `dagster.yaml` describes."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def run_connection(self, run_id: str | None = None) -> Generator[sa.Connection]:
        """A transaction on the log of a run."""
        assert run_id is not None
        with self._engine(run_id).begin() as connection:
            yield connection

    def index_connection(self) -> Any:
        """A transaction on the log of assets across runs."""
        return self.run_connection(INDEX_SHARD_NAME)

    def _engine(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            with super().run_connection(shard):
                """Dagster makes the file and its tables."""
            engine = sa.create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": _BUSY_SECONDS})
            sqlalchemy.event.listen(engine, "connect", _without_waiting_for_the_disk)
            self._engines[shard] = engine
        return self._engines[shard]

    def has_secondary_index(self, name: str) -> bool:
        """Whether a migration has been carried out, which is never undone."""
        if name not in self._indexes and super().has_secondary_index(name):
            self._indexes.add(name)
        return name in self._indexes

    def _has_asset_key_col_on_connection(self, conn: sa.Connection, column_name: str) -> bool:
        if column_name not in self._columns and super()._has_asset_key_col_on_connection(conn, column_name):
            self._columns.add(column_name)
        return column_name in self._columns

    def delete_events(self, run_id: str) -> None:
        """Forget a run; its file goes."""
        super().delete_events(run_id)
        if run_id in self._engines:
            self._engines.pop(run_id).dispose()

    def dispose(self) -> None:
        """Close every file."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _without_waiting_for_the_disk(connection: sqlite3.Connection, _: object) -> None:
    """In SQLite's write-ahead mode this cannot damage a file; a power cut may lose the last events of a run."""
    connection.execute("pragma synchronous = normal")

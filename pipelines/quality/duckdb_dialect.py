"""The little of a DuckDB dialect that Great Expectations needs of SQLAlchemy.

duckdb-engine, the published dialect, predates DuckDB 2: its column reflection goes through pg_catalog, which
costs 15 ms a table and does not find tables outside `main`. Counting in views takes far less than a full dialect.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import Any, cast

import duckdb
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedPrimaryKeyConstraint

NAME = "duckdb"


class DuckDBDialect(DefaultDialect):
    """Runs statements on DuckDB's own DB-API connection, each in its own transaction."""

    name = NAME
    driver = NAME
    supports_statement_cache = True
    supports_native_boolean = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the module that serves as DB-API."""
        return cast(ModuleType, duckdb)

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        """Open the named in-memory database that the rest of the process prepared."""
        return duckdb.connect(cparams["database"])

    def initialize(self, connection: sa.Connection) -> None:
        """Set what is otherwise asked of the server."""
        self.default_schema_name = "main"

    def do_begin(self, dbapi_connection: Any) -> None:
        """Do nothing: DuckDB commits each statement by itself."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Do nothing: there is no open transaction, and DuckDB would object."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Do nothing, for the same reason."""

    def get_columns(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedColumn]:
        """Return the columns of a table or view by name; their types are of no interest here."""
        names: Sequence[Any] = connection.exec_driver_sql(
            "select column_name from duckdb_columns() where table_name = ? and schema_name = ?",
            (table_name, schema or "main"),
        ).fetchall()
        return [ReflectedColumn(name=name, type=sa.types.NullType(), nullable=True, default=None) for (name,) in names]

    def get_pk_constraint(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> ReflectedPrimaryKeyConstraint:
        """Return no key: views have none."""
        return {"constrained_columns": [], "name": None}


def register() -> None:
    """Make `duckdb://` known to SQLAlchemy."""
    registry.register(NAME, __name__, DuckDBDialect.__name__)

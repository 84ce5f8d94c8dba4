"""One default organisation for all tests of its feeds."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.demo import Scenario, Simulation, demo_tables, simulate


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    return simulate(Scenario())


@pytest.fixture(scope="session")
def feeds(simulation: Simulation) -> Iterator[duckdb.DuckDBPyConnection]:
    """The clean feeds as tables of an in-memory database."""
    connection = duckdb.connect(":memory:")
    for name, table in demo_tables(simulation).items():
        connection.register("arrow", table)
        connection.execute(f"create table {name} as select * from arrow")
        connection.unregister("arrow")
    yield connection
    connection.close()

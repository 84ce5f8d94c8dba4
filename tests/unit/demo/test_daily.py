"""Daily files: replayed day by day or all at once they end where the clean exports stand, but for what is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.demo import Scenario, write_demo
from pipelines.feeds import FEEDS

DAYS = 45


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    root = tmp_path_factory.mktemp("daily")
    scenario = Scenario(sites=60, years=2)
    write_demo(root / "clean", scenario)
    write_demo(root / "daily", scenario, daily=DAYS)
    yield root / "clean" / "exports", root / "daily" / "exports"


def _read(pattern: Path) -> str:
    return f"read_csv('{pattern}', all_varchar = true, union_by_name = true, filename = true, header = true)"


@pytest.mark.parametrize(
    "name", [name for name in FEEDS if name not in ("roster", "person_links", "time_off", "interventions")]
)
def test_last_state_equals_the_clean_exports(name: str, folders: tuple[Path, Path]) -> None:
    clean, daily = folders
    keys = ", ".join(FEEDS[name].key)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"create table arrived as from {_read(daily / f'{name}_2*.csv')}")
        connection.execute("alter table arrived add column if not exists is_deleted varchar")
        connection.execute(f"create table clean as select * exclude (filename) from {_read(clean / f'{name}.csv')}")
        columns = ", ".join(f'"{column.name}"' for column in FEEDS[name].columns)
        connection.execute(f"""
            create table folded as select {columns} from (
                select * from arrived
                qualify row_number() over (partition by {keys} order by filename desc, rowid desc) = 1
            ) where coalesce(is_deleted, 'false') = 'false'
        """)
        added = connection.sql("from folded except from clean").fetchall()
        missing = len(connection.sql(f"select {keys} from clean except select {keys} from folded").fetchall())
    if name == "job_history":  # a correction that has not arrived yet
        assert len(added) < 15
        assert 0 < missing < 25
    elif name == "employees":
        assert added == []
        assert missing < 10
    else:
        assert (added, missing) == ([], 0)


def test_first_day_holds_each_record_once(folders: tuple[Path, Path]) -> None:
    _, daily = folders
    first = min(path.stem.rsplit("_", 1)[1] for path in daily.glob("job_history_*.csv"))
    assert first == date(2026, 9, 17).isoformat()
    for name in ("job_history", "mentorships", "openings", "credentials"):
        keys = ", ".join(FEEDS[name].key)
        counts = duckdb.sql(f"select count(*), count(distinct ({keys})) from {_read(daily / f'{name}_{first}.csv')}")
        assert len(set(counts.fetchall()[0])) == 1


def test_corrections_come_about_eighteen_days_late(tmp_path: Path) -> None:
    write_demo(tmp_path, Scenario(sites=600, years=2), daily=120)
    rows = _read(tmp_path / "exports" / "job_history_2*.csv")
    late, share = duckdb.sql(f"""
        with arrived as (
            select *, regexp_extract(filename, '(\\d{{4}}-\\d\\d-\\d\\d)', 1)::date as arrived_on from {rows}
        ),
        lateness as (
            select arrived_on - max(effective_on::date) as days from arrived
            where arrived_on > (select min(arrived_on) from arrived) and is_deleted = 'false'
                and effective_on::date between date '2026-07-15' and date '2026-09-01'
            group by employee_id, effective_on, sequence, arrived_on
        )
        select median(days) filter (days > 0), count(*) filter (days > 0) / count(*) from lateness
    """).fetchall()[0]
    assert 15 <= late <= 21
    assert 0.03 <= share <= 0.05


def test_days_out_of_range_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="daily must be between"):
        write_demo(tmp_path, Scenario(years=1), daily=400)

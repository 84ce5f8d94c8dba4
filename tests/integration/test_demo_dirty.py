"""The dirty demo through the real command line: every planted fault ends as its ledger says, and nothing else changes.

The clean organisation of the same seed is synced beside it, under the same key, so that people can be compared.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.demo import DEFAULT_END_ON, Scenario, write_demo
from pipelines.demo.dirt import CONFIG_FILE, KINDS, LEDGER_FILE
from pipelines.landing import Batch, Catalog
from tests.integration.cli import published, rxladder

Fault = dict[str, str]


@dataclass
class Synced:
    """Both organisations after their syncs, and the ledger."""

    dirty: duckdb.DuckDBPyConnection
    clean: duckdb.DuckDBPyConnection
    catalog: Catalog
    ledger: list[Fault]
    code: int

    def faults(self, action: str, kind: str | None = None) -> list[Fault]:
        return [f for f in self.ledger if f["action"] == action and kind in (None, f["kind"])]

    @cached_property
    def batches(self) -> dict[str, Batch]:
        return {f"{batch.source}/{batch.file_name}": batch for batch in self.catalog.batches()}

    @cached_property
    def keys(self) -> dict[str, str]:
        """Keys by whatever somebody is called: employee id, an id or address that is linked, a work e-mail."""
        found = self.dirty.execute("select employee_id, work_email, employee_key from people.main.directory").fetchall()
        keys = {name: key for employee_id, email, key in found for name in (employee_id, email)}
        links = self._rows("program/person_links.csv")
        return keys | {link["person"]: keys[link["employee_id"]] for link in links}

    def problem_lines(self, file: str, table: str) -> set[tuple[int, str]]:
        path = self.batches[file].folder / f"{table}.parquet"
        if not path.exists():
            return set()
        return set(duckdb.sql(f"""select line, "column" from read_parquet('{path}')""").fetchall())

    def landed(self, fault: Fault) -> dict[str, Any]:
        """The landed row of a line: rows keep the file's order, without the quarantined ones."""
        quarantined = {line for line, _ in self.problem_lines(fault["file"], "quarantine")}
        line = int(fault["line"])
        place = line - 2 - sum(other < line for other in quarantined)
        rows = self._rows(fault["file"])
        return rows[place]

    def _rows(self, file: str) -> list[dict[str, Any]]:
        if file not in self._read:
            path = self.batches[file].folder / "rows.parquet"
            self._read[file] = duckdb.sql(f"from read_parquet('{path}')").to_arrow_table().to_pylist()
        return self._read[file]

    @cached_property
    def _read(self) -> dict[str, list[dict[str, Any]]]:
        return {}


@pytest.fixture(scope="module")
def synced(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Synced]:
    root = tmp_path_factory.mktemp("dirt")
    write_demo(root / "dirty", Scenario(), dirty=True)
    ended = rxladder("sync", "--config", root / "dirty", "--data", root / "dirty_data", "--as-of", str(DEFAULT_END_ON))
    assert (root / "dirty" / CONFIG_FILE).exists()
    with (root / "dirty" / LEDGER_FILE).open(encoding="utf-8", newline="") as file:
        ledger = list(csv.DictReader(file))
    with published(root / "dirty_data") as dirty, published(demo_data) as clean:
        yield Synced(dirty, clean, Catalog(root / "dirty_data"), ledger, ended.returncode)


def test_all_kinds_of_dirt_are_planted(synced: Synced) -> None:
    assert len(KINDS) == 25
    assert {fault["kind"] for fault in synced.ledger} == set(KINDS)


def test_nothing_is_quarantined_or_repaired_but_what_was_planted(synced: Synced) -> None:
    quarantined = {(f["file"], int(f["line"])) for f in synced.faults("quarantined")}
    repaired = {(f["file"], int(f["line"]), f["column"]) for f in synced.faults("repaired")}
    assert quarantined
    assert repaired
    found = {(file, line) for file in synced.batches for line, _ in synced.problem_lines(file, "quarantine")}
    assert found == quarantined
    found_values = {
        (file, line, column) for file in synced.batches for line, column in synced.problem_lines(file, "repaired")
    }
    assert found_values == repaired


def test_the_truncated_list_is_refused_and_the_sync_says_so(synced: Synced) -> None:
    refused = [f"{refusal.source}/{refusal.file_name}" for refusal in synced.catalog.refused()]
    assert refused == [fault["file"] for fault in synced.faults("refused")]
    assert synced.code == 3


def test_every_mapped_value_means_what_it_should(synced: Synced) -> None:
    wrong = [
        (fault, landed)
        for fault in synced.faults("mapped")
        if (landed := synced.landed(fault)[fault["column"]]) is not None
        and str(landed) != fault["meant"]
        and not (fault["column"] == "hours" and float(fault["meant"]) == landed)
    ]
    assert wrong == []
    nulls = [f for f in synced.faults("mapped") if synced.landed(f)[f["column"]] is None]
    assert {fault["kind"] for fault in nulls} == {"sentinel_date"}
    assert len(nulls) == len(synced.faults("mapped", "sentinel_date"))


def test_whoever_is_called_otherwise_is_found(synced: Synced) -> None:
    """By the address they have, or by a link of the one they had or of their new id; nobody is left to be reviewed."""
    linked = synced.faults("linked")
    assert {fault["kind"] for fault in linked} == {"rehire_with_new_id", "lms_keyed_by_email"}
    for fault in linked:
        landed = synced.landed(fault)
        assert landed["employee_id"] == fault["value"] != fault["meant"]
        assert synced.keys[fault["value"]] == synced.keys[fault["meant"]]
        if fault["kind"] == "lms_keyed_by_email":
            query = "from metrics.core.fct_completions where employee_key = $1 and course_id = $2 and completed_on = $3"
            values = (synced.keys[fault["meant"]], landed["course_id"], landed["completed_on"])
            assert _exists(synced.dirty, query, *values)
    unmatched = "select * from metrics.quality.person_review where kind = 'unmatched'"
    assert synced.dirty.execute(unmatched).fetchall() == []


def _exists(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> bool:
    return bool(connection.execute(f"select exists ({query})", values).fetchall()[0][0])


def test_every_correction_holds(synced: Synced) -> None:
    checked: Counter[str] = Counter()
    for fault in synced.faults("corrected"):
        kind = fault["kind"]
        checked[kind] += 1
        if kind == "truncated_resent_or_trailer":  # a file that came twice: see the next test for what it changes
            assert fault["file"] in synced.batches
            continue
        row = synced.landed(fault)
        key = synced.keys[row["employee_id"]]
        match kind:
            case "several_rows_a_day":
                assert row["sequence"] == int(fault["meant"])
            case "name_variant":
                query = "from people.main.directory where employee_key = $1 and full_name = $2"
                assert _exists(synced.dirty, query, key, fault["meant"])
            case "rescinded_termination":
                query = "from metrics.core.fct_separations where employee_key = $1 and last_day_on = $2"
                assert not _exists(synced.dirty, query, key, row["effective_on"])
            case "retroactive_promotion":
                query = "from metrics.core.fct_promotions where employee_key = $1 and promoted_on = $2"
                assert _exists(synced.dirty, query, key, fault["meant"])
            case _:
                query = """
                    select count(*) from metrics.core.fct_completions
                    where employee_key = $1 and course_id = $2 and completed_on = $3
                """
                day = fault["meant"] if kind == "utc_shift" else row["completed_on"]
                values = [key, row["course_id"], day]
                counts = [db.execute(query, values).fetchall() for db in (synced.dirty, synced.clean)]
                assert counts[0] == counts[1]
    assert len(checked) == 7


def test_every_flag_is_raised(synced: Synced) -> None:
    orphans = dict(synced.dirty.execute("select missing_id, record_count from metrics.quality.orphans").fetchall())
    flagged: Counter[str] = Counter()
    moved = 0
    for fault in synced.faults("flagged"):
        row = synced.landed(fault)
        flagged[row[fault["column"]]] += fault["kind"] in ("retired_course", "credential_typo")
        moved += fault["kind"] == "due_date_reset"
        assert _is_flagged(synced, fault, row, synced.keys[row["employee_id"]]), fault
    assert orphans == {name: count for name, count in flagged.items() if count}
    resets = "select count(*) from metrics.core.fct_training_assignments where first_due_on is distinct from due_on"
    assert synced.dirty.execute(resets).fetchall() == [(moved,)]
    assert synced.clean.execute(resets).fetchall() == [(0,)]


def _is_flagged(synced: Synced, fault: Fault, row: dict[str, Any], key: str) -> bool:
    contradiction = "from metrics.quality.contradictions where employee_key = $1 and effective_on = $2 and kind = $3"
    separation = "from metrics.core.fct_separations where employee_key = $1 and last_day_on = $2"
    match fault["kind"]:
        case "overlapping_assignment":
            return _exists(synced.dirty, contradiction, key, row["effective_on"], "hire_while_employed")
        case "gap":
            return _exists(synced.dirty, contradiction, key, row["effective_on"], "after_leaving")
        case "future_dated_row":
            spell = "from metrics.core.fct_job_spells where employee_key = $1 and started_on = $2"
            return str(row["effective_on"]) > str(DEFAULT_END_ON) and not _exists(
                synced.dirty, spell, key, row["effective_on"]
            )
        case "reason_blank_or_other" if fault["column"] == "reason":
            query = f"{separation} and separation_type = 'voluntary' and separation_reason = 'other'"
            return _exists(synced.dirty, query, key, row["effective_on"])
        case "reason_blank_or_other":
            query = f"{separation} and separation_type = 'unknown'"
            return _exists(synced.dirty, query, key, row["effective_on"])
        case "reason_against_type":
            query = f"{separation} and separation_type = 'voluntary' and separation_reason = 'attendance'"
            return _exists(synced.dirty, query, key, row["effective_on"])
        case "completion_before_hire":
            query = """
                from metrics.core.fct_completions as c join metrics.core.dim_employees as e using (employee_key)
                where employee_key = $1 and completed_on = $2 and completed_on < first_hired_on
            """
            return _exists(synced.dirty, query, key, row["completed_on"])
        case kind:
            return kind in ("retired_course", "credential_typo", "due_date_reset")  # counted by the caller


SAME = (
    *("core.dim_employees", "core.dim_sites", "core.fct_job_spells", "core.fct_promotions", "core.fct_evaluations"),
    *("core.fct_mentorships", "core.fct_openings", "core.fct_pathway_enrollments", "core.fct_program_costs"),
    *("core.fct_exam_attempts", "marts.promotions_by_month", "marts.tier_tenure", "marts.tier_tenure_by_site"),
    *("marts.certification_by_cohort", "marts.training_matrix", "marts.leadership_pipeline"),
)


def _differences(synced: Synced, table: str, leave_out: tuple[str, ...] = ()) -> tuple[Counter[Any], Counter[Any]]:
    """Rows only the clean, and only the dirty organisation has; sums in another order differ in the last digits."""
    described = synced.clean.execute(f"describe metrics.{table}").fetchall()
    columns = ", ".join(
        f'round("{name}", 9)' if kind == "DOUBLE" else f'"{name}"'
        for name, kind, *_ in described
        if name not in leave_out and "batch_seq" not in name
    )
    clean, dirty = (
        Counter(db.execute(f"select {columns} from metrics.{table}").fetchall()) for db in (synced.clean, synced.dirty)
    )
    return clean - dirty, dirty - clean


@pytest.mark.parametrize("table", SAME)
def test_what_no_fault_concerns_is_the_same(synced: Synced, table: str) -> None:
    assert _differences(synced, table) == (Counter(), Counter())


def test_other_tables_differ_only_where_they_must(synced: Synced) -> None:
    def planted(action: str, *kinds: str, feed: str = "") -> int:
        return sum(len([f for f in synced.faults(action, kind) if feed in f["file"]]) for kind in kinds)

    def counts(table: str, *leave_out: str) -> tuple[int, int]:
        lost, added = _differences(synced, table, leave_out)
        return lost.total(), added.total()

    reasons = planted("flagged", "reason_blank_or_other", "reason_against_type")
    unreadable = planted("quarantined", "date_format")
    assert counts("core.fct_separations") == (reasons, reasons)
    assert counts("core.fct_separations", "separation_type", "separation_reason", "was_ready") == (0, 0)
    assert counts("core.fct_employments", "separation_type", "separation_reason") == (0, 0)
    assert counts("core.fct_tier_spells", "end_reason") == (0, 0)
    strays = planted("flagged", "completion_before_hire", "retired_course")
    assert counts("core.fct_completions") == (unreadable, strays)
    units = planted("quarantined", "ce_units_mixed")
    assert counts("core.fct_ce_credits") == (units, 0)
    credentials = planted("flagged", "credential_typo") + planted("repaired", "date_format")
    assert counts("core.fct_credentials") == (credentials, credentials)
    resets = planted("flagged", "due_date_reset")
    lost, added = counts("core.fct_training_assignments")
    assert resets <= lost == added <= resets + unreadable
    types = tuple(f"separations_{kind}" for kind in ("voluntary", "unknown"))
    assert counts("marts.headcount_walk_by_month", *types) == (0, 0)

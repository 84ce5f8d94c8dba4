"""What a sync from the command line leaves in Dagster, and the same sync started by Dagster."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines import warehouse, wiring
from pipelines.feeds import FEEDS
from pipelines.orchestration.assets import PUBLISHED, STEP, SUITE, build_definitions
from tests.integration.cli import GOLDEN, GOLDEN_AS_OF, ROOT, copied, environment, published, release_id, said


@pytest.fixture(scope="module")
def data(golden_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: to look at an instance may change its files."""
    data = copied(golden_data, tmp_path_factory.mktemp("dagster") / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", "")  # which use_instance sets
        wiring.use_instance(data)
    return data


@pytest.fixture(scope="module")
def instance(data: Path) -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(data / "dagster")) as opened:
        yield opened


@pytest.fixture(scope="module")
def run(instance: dg.DagsterInstance) -> dg.DagsterRun:
    (found,) = instance.get_runs()
    return found


def test_the_run_is_there_and_ended_well(run: dg.DagsterRun) -> None:
    assert run.job_name == "sync"
    assert run.status is dg.DagsterRunStatus.SUCCESS


def test_dagsters_own_storage_reads_the_event_log(run: dg.DagsterRun, instance: dg.DagsterInstance, data: Path) -> None:
    own = SqliteEventLogStorage(str(data / "dagster" / "history" / "runs"))
    events = [entry.dagster_event for entry in own.get_logs_for_run(run.run_id)]
    assert len(events) > 500
    assert events == [entry.dagster_event for entry in instance.all_logs(run.run_id)]
    assert len(own.all_asset_keys()) == len(instance.all_asset_keys())


def test_every_table_and_feed_was_materialized_with_its_rows(instance: dg.DagsterInstance, data: Path) -> None:
    with published(data) as connection:
        counts = {
            dg.AssetKey([schema, table]): rows
            for schema, table, rows in connection.execute(
                "select schema_name, table_name, estimated_size from duckdb_tables()"
                " where database_name = 'metrics' and schema_name in ('core', 'marts')"
            ).fetchall()
        }
    counts[dg.AssetKey(["landing", "employees"])] = 118
    assert len(counts) > 50
    found = {key: instance.get_latest_materialization_event(key) for key in counts}
    rows = {
        key: event.asset_materialization.metadata["dagster/row_count"].value
        for key, event in found.items()
        if event is not None and event.asset_materialization is not None
    }
    assert rows == counts
    for name in ("metrics", "summary", "people"):
        event = instance.get_latest_materialization_event(dg.AssetKey(["published", name]))
        assert event is not None and event.asset_materialization is not None
        assert event.asset_materialization.metadata["release"].value == release_id(data)


def test_every_check_reported(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    entries = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    results = [entry.get_dagster_event().asset_check_evaluation_data for entry in entries]
    suites = {result.asset_key for result in results if result.check_name == SUITE}
    claims = {result.check_name for result in results if result.check_name != SUITE}
    assert {dg.AssetKey(["marts", "tier_tenure"]), dg.AssetKey(["landing", "job_history"])} <= suites
    assert len(suites) > 80
    of_control = {"assert_employee_keys_are_distinct"}  # its table is written before dbt runs: no asset
    assert {f.stem for f in (ROOT / "dbt_project" / "tests").glob("assert_*.sql")} - of_control == claims
    of_grain = next(result for result in results if result.asset_key == dg.AssetKey(["marts", "tier_tenure"]))
    assert of_grain.metadata["checks"].value > 1, "Great Expectations' and dbt's"
    assert all(result.passed for result in results)


def test_definitions_load_and_describe_the_rooms(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RXLADDER_DATA", str(data))
    from pipelines import definitions

    defs = definitions.defs
    dg.Definitions.validate_loadable(defs)
    schedule = defs.resolve_schedule_def("daily_sync")
    assert schedule.cron_schedule == "0 5 * * *"
    assert schedule.job_name == "sync"
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED

    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    assert {key.path[0] for key in specs} == {
        "landing",
        "staging",
        "core",
        "marts",
        "quality",
        "summary",
        "restricted",
        "published",
    }
    assert {spec.group_name for spec in specs.values()} == {key.path[0] for key in specs}
    models = [
        node
        for node in warehouse.load_manifest(data / "build" / "target")["nodes"].values()
        if node["resource_type"] == "model"
    ]
    assert len(specs) == len(models) + len(FEEDS) + len(PUBLISHED)
    schema = specs[dg.AssetKey(["marts", "tier_tenure"])].metadata["dagster/column_schema"]
    assert {"tier", "spells", "promoted_within_365"} <= {column.name for column in schema.columns}
    assert all(column.description and column.type for column in schema.columns)
    assert dg.AssetKey(["core", "fct_tier_spells"]) in {
        dep.asset_key for dep in specs[dg.AssetKey(["marts", "tier_tenure"])].deps
    }


def test_a_pulled_source_has_assets_a_check_and_its_own_schedule(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sources.yml").write_text(
        """\
sources:
  - {name: lms, base: "https://lms.example.org/", schedule: "30 */4 * * *", streams: [&s {name: a,
     path: a, feed: courses, columns: {course_id: id, title: name, category: kind}}]}
  - {name: other, base: "https://other.example.org/", streams: [*s]}
""",
        encoding="utf-8",
    )
    found = wiring.settings(tmp_path, None, data, require_exports=False)
    manifest = warehouse.load_manifest(data / "build" / "target")
    never = contextlib.nullcontext
    defs = build_definitions(manifest, never, found.schedule_hour, found.timezone, wiring.source_assets(found))
    dg.Definitions.validate_loadable(defs)
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    delivered = {dg.AssetKey(["sources", name, "courses"]) for name in ("lms", "other")}
    assert delivered <= {dep.asset_key for dep in specs[dg.AssetKey(["landing", "courses"])].deps}
    own, daily = defs.resolve_schedule_def("pull_lms"), defs.resolve_schedule_def("daily_sync")
    assert own.cron_schedule == "30 */4 * * *"
    context = dg.build_schedule_context()
    pulls = {
        one.name: request.run_config["ops"][STEP]["config"]["pull"]
        for one in (own, daily)
        for request in one.evaluate_tick(context).run_requests or []
    }
    assert pulls == {"pull_lms": ["lms"], "daily_sync": ["other"]}


def test_dagster_itself_runs_the_same_job(data: Path, tmp_path: Path) -> None:
    """With nothing new it ends well and publishes nothing; the run is in the same instance."""
    asked = {"exports": str(GOLDEN / "feeds"), "data": str(data), "as_of": GOLDEN_AS_OF}
    config = tmp_path / "run.json"
    config.write_text(json.dumps({"ops": {"land_build_audit_publish": {"config": asked}}}), encoding="utf-8")
    before = release_id(data)
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("dagster")), "job", "execute", "-m", "pipelines.definitions", "-j", "sync",
         "-c", str(config)],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=600,
        env=environment(DAGSTER_HOME=str(data / "dagster"), RXLADDER_DATA=str(data)),
    )  # fmt: skip
    assert ended.returncode == 0, said(ended)
    assert release_id(data) == before
    with dg.DagsterInstance.from_config(str(data / "dagster")) as instance:
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.SUCCESS] * 2

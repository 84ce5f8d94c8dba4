"""The sync as Dagster assets: one multi-asset, room by room, with a check for every data test and suite.

It is one step on purpose: a step that leaves an output out makes Dagster skip whatever is downstream of it, so
"only completions are new" could not be said with a step a room; and each step costs a second of its own.
"""

from collections.abc import Callable, Container, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import dagster as dg

from pipelines.feeds import FEEDS, Feed
from pipelines.landing import Batch, Outcome, Refusal
from pipelines.orchestration.checks import tested_table
from pipelines.orchestration.sources import (
    SourceAssets,
    schedules,
    source_checks,
    source_key,
    source_keys,
    source_results,
    source_specs,
)
from pipelines.orchestration.sync import Sync
from pipelines.publishing import CheckRow

JOB = "sync"
STEP = "land_build_audit_publish"
PUBLISHED = ("metrics", "summary", "people")


class SyncConfig(dg.Config):
    """What a run may be asked for; everything has a default in the configuration folder."""

    config: str | None = None
    exports: str | None = None
    data: str | None = None
    as_of: str | None = None
    known_at: str | None = None
    pull: list[str] | None = None


OpenSync = Callable[[SyncConfig], AbstractContextManager[Sync]]
_Events = Generator[dg.MaterializeResult[Any] | dg.AssetCheckResult]


def build_definitions(
    manifest: Mapping[str, Any], open_sync: OpenSync, hour: int, timezone: str, sources: Sequence[SourceAssets] = ()
) -> dg.Definitions:
    """Return the assets, their checks, the sync job and its schedules.

    Args:
        manifest: dbt's manifest; its models and data tests become assets and checks.
        open_sync: makes a `Sync` from a run's configuration.
        hour: hour of the day at which the schedule runs.
        timezone: in which the hour is meant.
        sources: those that are pulled.
    """
    everything = sync_asset(manifest, open_sync, sources)
    job = dg.define_asset_job(JOB, selection=dg.AssetSelection.assets(everything), executor_def=dg.in_process_executor)
    times = schedules(job, STEP, sources, hour, timezone)
    return dg.Definitions(assets=[everything], jobs=[job], schedules=times, executor=dg.in_process_executor)


def sync_asset(
    manifest: Mapping[str, Any], open_sync: OpenSync, sources: Sequence[SourceAssets] = ()
) -> dg.AssetsDefinition:
    """Return the multi-asset that lands, builds, audits and publishes."""
    models = {unique_id: node for unique_id, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    keys = {unique_id: asset_key(node) for unique_id, node in models.items()}
    table_keys = {f"{node['schema']}.{node['name']}": keys[unique_id] for unique_id, node in models.items()}
    table_keys |= {f"landing.{feed}": landing_key(feed) for feed in FEEDS}
    claims = {node["name"]: node for node in tests if node.get("attached_node") is None}
    tested = {tested_table(node, manifest) for node in tests if node["name"] not in claims}
    suites = {
        table: key
        for table, key in table_keys.items()
        if table in tested or not table.startswith(("staging.", "main."))
    }
    before_build = {*landing_keys(), *source_keys(sources)}
    specs = [
        *source_specs(sources),
        *_landing_specs(sources),
        *_model_specs(models, keys),
        *_published_specs(keys.values()),
    ]

    @dg.multi_asset(
        name=STEP,
        specs=specs,
        check_specs=[*source_checks(sources), *_check_specs(claims, manifest, suites)],
        can_subset=True,
    )
    def sync(context: dg.AssetExecutionContext, config: SyncConfig) -> _Events:
        with open_sync(config) as running:
            yield from source_results(running.pulled)
            yield from _landing_results(running.land())
            if context.selected_asset_keys <= before_build or not running.has_news:
                return
            for node in running.build():
                if node.row_count is not None:
                    yield dg.MaterializeResult(
                        asset_key=keys[node.unique_id], metadata={"dagster/row_count": node.row_count}
                    )
            running.begin_audit()
            yield from _check_results(running.finish_audit(), table_keys, claims)
            release = running.publish()
            for name in PUBLISHED:
                yield dg.MaterializeResult(
                    asset_key=dg.AssetKey(["published", name]),
                    metadata={"release": release.release_id, "as_of_on": release.key.as_of_on.isoformat()},
                )

    return sync


def asset_key(node: Mapping[str, Any]) -> dg.AssetKey:
    """Return a dbt model's key: its room, then its name."""
    return dg.AssetKey([node["fqn"][1], node["name"]])


def landing_key(feed: str) -> dg.AssetKey:
    """Return the key of a landed feed."""
    return dg.AssetKey(["landing", feed])


def landing_keys() -> list[dg.AssetKey]:
    """Return the keys of all landed feeds."""
    return [landing_key(feed) for feed in FEEDS]


def _landing_specs(sources: Sequence[SourceAssets]) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            landing_key(feed.name),
            deps=[source_key(source.name, feed.name) for source in sources if feed.name in source.feeds],
            group_name="landing",
            description=feed.description,
            kinds={"parquet"},
            skippable=True,
            metadata={"dagster/column_schema": _feed_schema(feed)},
        )
        for feed in FEEDS.values()
    ]


def _feed_schema(feed: Feed) -> dg.TableSchema:
    return dg.TableSchema(
        [dg.TableColumn(one.landed_as, one.kind.duckdb_type.lower(), one.description) for one in feed.columns]
    )


def _model_specs(models: Mapping[str, Mapping[str, Any]], keys: Mapping[str, dg.AssetKey]) -> list[dg.AssetSpec]:
    specs: list[dg.AssetSpec] = []
    for unique_id, node in models.items():
        parents = [keys[parent] for parent in node["depends_on"]["nodes"] if parent in keys]
        feeds = [parent.split(".")[-1] for parent in node["depends_on"]["nodes"] if parent.startswith("source.")]
        parents += [landing_key(feed) for feed in feeds if feed in FEEDS]
        columns = [
            dg.TableColumn(name, column.get("data_type") or "unknown", column["description"])
            for name, column in node["columns"].items()
        ]
        specs.append(
            dg.AssetSpec(
                keys[unique_id],
                deps=parents,
                group_name=node["fqn"][1],
                description=node["description"],
                kinds={"dbt", "duckdb"},
                skippable=True,
                metadata={"dagster/column_schema": dg.TableSchema(columns)} if columns else {},
            )
        )
    return specs


def _published_specs(keys: Iterable[dg.AssetKey]) -> list[dg.AssetSpec]:
    rooms = {"metrics": {"core", "marts", "quality"}, "summary": {"summary"}, "people": {"restricted"}}
    by_room = list(keys)
    return [
        dg.AssetSpec(
            dg.AssetKey(["published", name]),
            deps=[key for key in by_room if key.path[0] in rooms[name]],
            group_name="published",
            description=f"The published file {name}.duckdb of the current release.",
            kinds={"duckdb"},
            skippable=True,
        )
        for name in PUBLISHED
    ]


def _check_specs(
    claims: Mapping[str, Mapping[str, Any]], manifest: Mapping[str, Any], suites: Mapping[str, dg.AssetKey]
) -> list[dg.AssetCheckSpec]:
    specs = [
        dg.AssetCheckSpec(SUITE, asset=key, description="Its suite, judged by Great Expectations.")
        for key in suites.values()
    ]
    for name, node in claims.items():
        table = tested_table(node, manifest)
        if table is not None and table in suites:
            specs.append(dg.AssetCheckSpec(name, asset=suites[table], description=node["description"]))
    return specs


SUITE = "rows_and_values"


def _landing_results(outcomes: Sequence[Outcome]) -> _Events:
    """Say for each feed that had a delivery what came of it."""
    for feed in dict.fromkeys(outcome.feed for outcome in outcomes):
        batches = [item for item in outcomes if item.feed == feed and isinstance(item, Batch)]
        refused = [item for item in outcomes if item.feed == feed and isinstance(item, Refusal)]
        yield dg.MaterializeResult(
            asset_key=landing_key(feed),
            metadata={
                "dagster/row_count": sum(batch.row_count for batch in batches),
                "batches": ", ".join(str(batch.batch_seq) for batch in batches) or "none",
                "repaired values": sum(batch.repaired_count for batch in batches),
                "quarantined rows": sum(batch.quarantined_count for batch in batches),
                # Without the value at fault: it may be a name, and these records are not for the few.
                "refused": "; ".join(str(replace(item.fault, value=None)) for item in refused) or "none",
            },
        )


def _check_results(rows: Sequence[CheckRow], table_keys: Mapping[str, dg.AssetKey], claims: Container[str]) -> _Events:
    """Report the claims, dbt's singular tests, one by one, and all else of a table together (an event costs 20 ms)."""
    suites: dict[str, list[CheckRow]] = {}
    for row in rows:
        if row.table_name not in table_keys:
            continue
        if row.tool == "dbt" and row.check_name in claims:
            yield _check_result(table_keys[row.table_name], row.check_name, [row])
        else:
            suites.setdefault(row.table_name, []).append(row)
    for table, members in suites.items():
        yield _check_result(table_keys[table], SUITE, members)


def _check_result(key: dg.AssetKey, name: str, rows: Sequence[CheckRow]) -> dg.AssetCheckResult:
    broken = [row for row in rows if row.status != "passed"]
    severity = (
        dg.AssetCheckSeverity.ERROR if any(row.status == "failed" for row in rows) else dg.AssetCheckSeverity.WARN
    )
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not broken,
        severity=severity,
        metadata={
            "checks": len(rows),
            "broken": ", ".join(row.check_name for row in broken) or "none",
            "failing_rows": sum(row.failures or 0 for row in broken),
        },
    )

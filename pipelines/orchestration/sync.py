"""One sync, step by step: land, build, audit, publish. Knows nothing of Dagster or of the terminal.

The steps are methods so that whoever drives them (the Dagster asset) can report each as it ends. A sync holds the
data folder's lock; a second one is turned away. What a killed sync leaves behind is cleared by the next.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pipelines import landing, publishing, quality, warehouse
from pipelines.connectors.standing import forget_others
from pipelines.orchestration import checks, journal, meant, stops
from pipelines.orchestration.configuration import build_settings
from pipelines.orchestration.coverage import as_known
from pipelines.orchestration.data_folder import data_lock
from pipelines.orchestration.required_feeds import require_feeds, said_first
from pipelines.orchestration.sync_request import Progress, SyncError, SyncOutcome, SyncRequest
from pipelines.orchestration.version import code_version

if TYPE_CHECKING:  # a sync of files alone does without any HTTP library
    from pipelines.orchestration.pulls import PulledFeed, Pulls

_PAST_BUILD = "build-past"


class Sync:
    """A sync: enter it (takes the lock, looks for news, loads what will be needed), then call the steps in order."""

    def __init__(self, request: SyncRequest, on_progress: Progress) -> None:
        self.request = request
        self.outcome = SyncOutcome()
        self.built: list[warehouse.NodeResult] = []
        self._on_progress = on_progress
        self._held = ExitStack()
        self._build = warehouse.Build(request.data_dir / ("build" if request.known_at_seq is None else _PAST_BUILD))
        self._landing = landing.Landing(request.data_dir, memory_limit=request.memory_limit)
        self._deliveries: list[tuple[landing.SourceOptions, landing.Delivery]] = []
        self._pulls: Pulls | None = None
        self._dbt: warehouse.DbtProcess | None = None
        self._manifest: Future[Path] | None = None
        self._loaded: Mapping[str, Any] | None = None
        self._quality: quality.QualityWorker | None = None
        self._audits: list[Future[list[quality.CheckResult]]] = []
        self._checks: list[publishing.CheckRow] = []
        self._incoming: Future[Path] | None = None
        self._known_coverage: tuple[int, tuple[date, Sequence[warehouse.Covered]]] | None = None

    def __enter__(self) -> Sync:
        data_dir = self.request.data_dir
        self._held.enter_context(data_lock(data_dir))
        journal.begin(data_dir)
        try:
            self._prepare()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def _prepare(self) -> None:
        data_dir = self.request.data_dir
        stops.stop_at_dates(self.request)
        stops.stop_at_new_ids(self.request, self._landing.catalog, json.loads(self.request.configuration))
        stops.stop_at_other_key(self.request)
        meant.accept_leaver_days(data_dir, self.request.meant.leavers_on)
        publishing.clear_leftovers(data_dir)
        landing.clear_leftovers(data_dir)
        shutil.rmtree(data_dir / _PAST_BUILD, ignore_errors=True)
        self._build.folder.mkdir(exist_ok=True, mode=0o700)
        self._land_configuration()
        self._plan()
        if self.has_news:
            # Both take seconds to import, each on its own; they load while this process lands the files.
            self._dbt = warehouse.DbtProcess(self.request.memory_limit)
            self._manifest = self._dbt.manifest_file(self._build.target)
            self._quality = quality.QualityWorker().start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._dbt is not None:
            self._dbt.close()
        if self._quality is not None:
            self._quality.close()
        if self.request.known_at_seq is not None:
            shutil.rmtree(self._build.folder, ignore_errors=True)
        release = self.outcome.release
        journal.end(self.request.data_dir, release.release_id if release else None, error)
        self._held.close()

    @property
    def pulled(self) -> Sequence[PulledFeed]:
        """What came of each feed that was to be pulled."""
        return self._pulls.feeds if self._pulls is not None else ()

    @property
    def has_news(self) -> bool:
        """Whether there is something to land, or the current release is not what was asked for."""
        current = publishing.current_release(self.request.data_dir)
        return bool(self._deliveries) or current is None or current.key != self._release_key()

    def land(self) -> list[landing.Outcome]:
        """Land what is new, each delivery whole or not at all; return what came of each."""
        total = len(self._deliveries)
        with self.timed("land"):
            for done, (options, delivery) in enumerate(self._deliveries):
                self._on_progress(f"landing {delivery.name}", done, total)
                self.outcome.deliveries.append(self._landing.land(options, delivery))
            self._landing.close()
            if self._pulls is not None:
                self._pulls.clear()
        self._deliveries = []
        return self.outcome.deliveries

    def build(self) -> Generator[warehouse.NodeEnd]:
        """Bring the private build to what was asked for, and begin to check the new batches; yield nodes as they end.

        dbt goes on in its own process while whoever takes them reports them.
        """
        assert self._dbt is not None and self._quality is not None
        request = self.request
        batches = self._landing.catalog.batches(request.known_at_seq)
        require_feeds(batches, self._standing())
        as_of_on, covered = self._covered()
        previous = publishing.current_release(request.data_dir)
        settings = build_settings(self._configuration().content())
        with self.timed("build"):
            plan = self._build.prepare(
                warehouse.BuildRequest(
                    batches=batches,
                    refused=self._standing(),
                    as_of_on=as_of_on,
                    known_at_seq=request.known_at_seq,
                    expected_every_days=settings.expected_every_days,
                    persons=settings.persons,
                    previous=previous.metrics if previous else None,
                    covered=covered,
                ),
                warehouse.employee_secret(request.data_dir, request.employee_key),
            )
            self._audits.append(self._quality.check_feeds(plan.pending_files))
            for done, node in enumerate(self._build.run(plan, self._dbt), start=1):
                self._on_progress(f"building {node.unique_id.split('.')[2]}", done, None)
                yield node
            self.built = self._build.results
            self._dbt.release()
        for part, kind in (("models", "model"), ("tests", "test")):
            self.outcome.seconds[part] = sum(node.seconds for node in self.built if node.kind == kind)

    def begin_audit(self) -> None:
        """Begin to check the tables that were built, in the checking process.

        Raises:
            SyncError: too many people left on one day for it to be believed; nothing is published.
        """
        assert self._quality is not None
        stops.stop_at_leavers(self.request, self._build.metrics, self._landing.catalog)
        tables = [node.table for node in self.built if node.table is not None]
        self._audits.append(
            self._quality.check_tables(
                self._build.metrics, tables, required=tables, grains=checks.grains(self.manifest())
            )
        )
        self._docs = self._quality.build_data_docs(self.request.data_dir / "docs")
        # What is checked is only read, and most of it by one core: the files can be copied meanwhile.
        self._held.callback(publishing.clear_leftovers, self.request.data_dir)  # where it comes to no release
        beside = self._held.enter_context(ThreadPoolExecutor(1, thread_name_prefix="prepare"))
        self._incoming = beside.submit(publishing.prepare, self.request.data_dir, self._build.folder, self.manifest())

    def finish_audit(self) -> list[publishing.CheckRow]:
        """Wait for the checks; return the results of this sync's checks, dbt's and Great Expectations'.

        Raises:
            QualityError: the checks could not be carried out.
        """
        with self.timed("checks"):
            self._on_progress("checking", 0, None)
            batch_seq = self._release_key().last_batch_seq
            rows = checks.from_dbt(self.built, self.manifest(), batch_seq)
            for audit in self._audits:
                rows += checks.from_quality(audit.result(), batch_seq)
            self._docs.result()
            self._checks = checks.keep(self._build.folder / "build.duckdb", rows)
        return rows

    def publish(self) -> publishing.Release:
        """Make the audited build current.

        Raises:
            SyncError: a check at the error level failed; nothing is published.
        """
        assert self._incoming is not None, "begin_audit comes first"
        self.outcome.failed_checks = [row for row in self._checks if row.status == "failed"]
        if self.outcome.failed_checks:
            named = "\n".join(
                f"  {row.table_name}: {row.check_name} ({row.tool}, {row.failures or 'some'} rows)"
                for row in self.outcome.failed_checks
            )
            raise SyncError(f"{said_first(self._standing())}not published: these checks failed\n{named}")
        with self.timed("publish"):
            self._on_progress("publishing", 0, None)
            self.outcome.release = publishing.publish(
                self.request.data_dir,
                self._incoming.result(),
                self._release_key(),
                self._checks,
                self.request.keep_releases,
            )
        if self.request.as_of_on is None and self.request.known_at_seq is None:
            self._keep_default_as_of(self.outcome.release.key.as_of_on)
        return self.outcome.release

    def manifest(self) -> Mapping[str, Any]:
        """Return dbt's manifest, up to date (waits for the parse when the models changed)."""
        if self._loaded is None:
            if self._manifest is not None:
                self._manifest.result()
            self._loaded = warehouse.load_manifest(self._build.target)
        return self._loaded

    def _keep_default_as_of(self, as_of_on: date) -> None:
        """Keep through which day is told; it goes back where a source of HR comes that tells less far."""
        before = meant.default_as_of(self.request.data_dir)
        if before is not None and as_of_on < before:
            self.outcome.notes.append(
                f"figures are as of {as_of_on}, no longer of {before}: a source of HR tells no further"
                " (quality.coverage says which)"
            )
        meant.keep_default_as_of(self.request.data_dir, as_of_on)

    def _land_configuration(self) -> None:
        landed = self._landing.land_configuration(self.request.configuration)
        if landed is not None and landed.batch_seq:
            self.outcome.notes.append(f"the settings have changed: from batch {landed.batch_seq} on the new ones count")

    def _configuration(self) -> landing.LandedConfiguration:
        """Return the settings of the state that was asked for."""
        found = self._landing.catalog.configuration(self.request.known_at_seq)
        assert found is not None, "they land before anything else"
        return found

    def _plan(self) -> None:
        for drop in self.request.drops:
            plan = self._landing.plan(drop.options, drop.folder)
            self._deliveries += [(drop.options, delivery) for delivery in plan.deliveries]
            self.outcome.unmatched += [f"{item.name}: {item.reason}" for item in plan.unmatched]

        if self.request.configured_pulls is not None:
            forget_others(self.request.data_dir, self.request.configured_pulls)
        if self.request.pulled and self.request.known_at_seq is None:
            self._pull()

    def _pull(self) -> None:
        from pipelines.orchestration.pulls import pull_all

        with self.timed("pull"):
            self._on_progress("pulling", 0, None)
            self._pulls = pull_all(self.request.data_dir, self.request.pulled, self._landing)
        self._deliveries += [one for one in self._pulls.deliveries if not self._landing.is_known(*one)]
        self.outcome.notes += self._pulls.notes

    def _standing(self) -> list[landing.Refusal]:
        return [refusal for refusal in self._landing.catalog.refused() if refusal.acknowledged_at is None]

    def _covered(self) -> tuple[date, Sequence[warehouse.Covered]]:
        """Return the last day that counts and how far each feed tells, from what has landed by now."""
        newest = self._landing.catalog.newest_seq()
        if self._known_coverage is None or self._known_coverage[0] != newest:
            request = self.request
            found = as_known(request, self._landing.catalog, self._configuration())
            self._known_coverage = (newest, found)
        return self._known_coverage[1]

    def _silences(self) -> list[str]:
        noted = landing.acknowledged_silences(self.request.data_dir, self.request.known_at_seq)
        return [f"silence {len(noted)}"] if noted else []

    def _release_key(self) -> publishing.ReleaseKey:
        batches = self._landing.catalog.batches(self.request.known_at_seq)
        settings, known_at = self._configuration(), self.request.known_at_seq
        known = [batch.batch_seq for batch in batches]
        if known_at is None or settings.batch_seq <= known_at:
            known.append(settings.batch_seq)
        return publishing.ReleaseKey(
            as_of_on=self._covered()[0],
            known_at_seq=self.request.known_at_seq,
            last_batch_seq=max(known, default=0),
            code_version=code_version(),
            config_hash=settings.sha256[:12],
            attention=",".join([*(refusal.refused_id for refusal in self._standing()), *self._silences()]),
        )

    @contextmanager
    def timed(self, step: str) -> Generator[None]:
        """Add the time of the body to the step's."""
        began = time.perf_counter()
        yield
        self.outcome.seconds[step] = self.outcome.seconds.get(step, 0.0) + time.perf_counter() - began

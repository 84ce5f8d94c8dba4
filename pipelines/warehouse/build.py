"""One build of the warehouse: what has to be done, and doing it.

The build folder is a cache of what has landed: it can be deleted at any time. A state file says what the folder
holds; it is taken away while a build runs, so a killed build is noticed and made anew from the landed batches.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from pydantic import SecretStr

from pipelines.feeds import FEEDS
from pipelines.landing import Batch, Refusal
from pipelines.landing.engine import literal
from pipelines.warehouse import control, dbt, keys
from pipelines.warehouse.coverage import Covered

LEARNING_FEEDS = ("assignments", "completions")
_DATABASES = ("build", "metrics", "summary", "people")


class BuildError(Exception):
    """What has landed cannot be built from; the message says which file is damaged and what to do."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What the warehouse shall hold.

    `batches` are all landed batches to take into account, in order; `known_at_seq` is set only when
    a past state was asked for. `expected_every_days` maps (source, feed) to days, `persons` to what its person columns
    hold where that is not employee ids. `previous` is the last release's metrics file. `covered` says how far each feed
    tells.
    """

    batches: Sequence[Batch]
    refused: Sequence[Refusal]
    as_of_on: date
    known_at_seq: int | None
    expected_every_days: Mapping[tuple[str, str], int]
    persons: Mapping[tuple[str, str], str]
    previous: Path | None
    covered: Sequence[Covered] = ()


@dataclass(frozen=True, slots=True)
class _State:
    """What a finished build folder holds."""

    last_batch_seq: int
    as_of_on: str
    known_at_seq: int | None
    project: str
    key: str
    persons: str = ""  # what staging keeps beside the keys follows from it; folders of older versions lack it
    covered: str = ""  # through which days; what is newest and why is for quality alone, which is always built


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What a build has to do: dbt's selection (empty = everything) and the Parquet files to take in, by feed."""

    selection: Sequence[str]
    pending_files: Mapping[str, Sequence[Path]]
    state: _State


class Build:
    """A build folder, brought to what a request asks for at the cost of what changed: `prepare`, then `run`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results: list[dbt.NodeResult] = []

    @property
    def metrics(self) -> Path:
        """The file with core, marts and quality."""
        return self.folder / "metrics.duckdb"

    @property
    def target(self) -> Path:
        """The folder of dbt's parse of the project."""
        return self.folder / "target"

    def prepare(self, request: BuildRequest, secret: SecretStr) -> BuildPlan:
        """Write what dbt will see and return what has to be built.

        From here until `run` ends the folder counts as unfinished: whatever interrupts makes the next build a full one.

        Raises:
            BuildError: a landed file is damaged.
        """
        wanted = _State(
            max((batch.batch_seq for batch in request.batches), default=0),
            request.as_of_on.isoformat(),
            request.known_at_seq,
            dbt.project_hash(),
            keys.fingerprint(secret),
            _persons(request),
            _covered(request),
        )
        found = self._state()
        if found is not None and not _can_continue(found, wanted):
            found = None
        self._state_file.unlink(missing_ok=True)
        if found is None:
            self._clear()
        done = found.last_batch_seq if found else 0
        pending = [batch for batch in request.batches if batch.batch_seq > done]
        try:
            self._write_control(request, wanted, pending, secret, found.as_of_on if found else None)
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise BuildError(
                f"a landed file cannot be read: {error}. Bring its batch back from a backup, or remove the batch's"
                " folder and deliver its file again"
            ) from error
        files: dict[str, list[Path]] = {}
        for batch in pending:
            files.setdefault(batch.feed, []).append(batch.folder / "rows.parquet")
        return BuildPlan(_selection(found, wanted, list(files)) if found else [], files, wanted)

    def run(self, plan: BuildPlan, process: dbt.DbtProcess) -> Generator[dbt.NodeEnd]:
        """Build what was planned; yield nodes as they end. `results` then holds how each ended.

        Raises:
            DbtFailure: a model could not be built; the next build starts from nothing.
        """
        self.results = yield from process.run(self.folder, plan.selection)
        if all(result.status != "fail" for result in self.results):
            self._keep_state(plan.state)

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    def _state(self) -> _State | None:
        if not self._state_file.exists():
            return None
        content: dict[str, Any] = json.loads(self._state_file.read_text(encoding="utf-8"))
        return _State(**content)

    def _keep_state(self, state: _State) -> None:
        part = self._state_file.with_suffix(".part")
        part.write_text(json.dumps(asdict(state)), encoding="utf-8")
        part.replace(self._state_file)

    def _clear(self) -> None:
        for name in _DATABASES:
            for file in self.folder.glob(f"{name}.duckdb*"):
                file.unlink()

    def _write_control(
        self,
        request: BuildRequest,
        wanted: _State,
        pending: Sequence[Batch],
        secret: SecretStr,
        previous_as_of_on: str | None,
    ) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with duckdb.connect(str(self.folder / "build.duckdb")) as connection:
            connection.execute("create schema if not exists control")
            control.write_run(connection, request.as_of_on, wanted.last_batch_seq, previous_as_of_on)
            control.write_batches(
                connection,
                request.batches,
                request.refused,
                request.expected_every_days,
                {batch.batch_seq for batch in pending},
            )
            control.write_persons(connection, request.persons)
            control.write_coverage(connection, request.covered)
            control.add_findings(connection, pending)
            control.write_landing_views(connection, pending)
            control.copy_previous_figures(connection, request.previous)
            connection.execute(
                "create table if not exists control.employee_keys (employee_id varchar, employee_key varchar);"
                "create table if not exists control.person_keys (source varchar, person varchar, person_key varchar)"
            )
            named, called = _person_queries(pending, request.persons)
            keys.add_keys(connection, named, secret, called)


def _can_continue(found: _State, wanted: _State) -> bool:
    """Tell whether the folder can be brought forward instead of being made anew."""
    return (
        found.project == wanted.project
        and found.key == wanted.key
        and found.persons == wanted.persons
        and found.known_at_seq is None
        and wanted.known_at_seq is None
        and found.last_batch_seq <= wanted.last_batch_seq
        and not _lags(found)
        and not _lags(wanted)
    )


def _lags(state: _State) -> bool:
    """Tell whether learning systems had told of less than as_of_on.

    Assignments follow the changes of a build by as_of_on alone; while they are asked as of another day, all are made
    anew, which takes longer and cannot miss one.
    """
    rows: list[list[str | None]] = json.loads(state.covered or "[]")
    return any(feed in LEARNING_FEEDS and through and through < state.as_of_on for _, feed, _, through, *_ in rows)


def _selection(found: _State, wanted: _State, feeds: Sequence[str]) -> list[str]:
    """Return dbt selectors for what depends on the new batches, on the date when it moved, and on what is covered."""
    selection = [f"source:landing.{feed}+" for feed in sorted(feeds)]
    if found.as_of_on != wanted.as_of_on:
        selection.append("source:control.run+")
    if found.covered != wanted.covered:
        selection.append("source:control.coverage+")
    return [*selection, "path:models/quality"]


def _persons(request: BuildRequest) -> str:
    """Return what decides how staging finds out who is who: how sources name people, and whether there are links."""
    has_links = any(batch.feed == "person_links" and batch.row_count for batch in request.batches)
    return json.dumps([sorted((*names, way) for names, way in request.persons.items()), has_links])


def _covered(request: BuildRequest) -> str:
    """Return what of the coverage decides what is built."""
    days = [(one.source, one.feed, one.covers_from_on, one.covers_through_on, one.basis, one.is_unvouched)
            for one in request.covered]  # fmt: skip
    return json.dumps(days, default=str)


def _person_queries(pending: Sequence[Batch], persons: Mapping[tuple[str, str], str]) -> tuple[list[str], list[str]]:
    """Return queries over the person columns of the pending feeds: for employee_id, and for source and person.

    The latter are for sources that do not know people by employee id.
    """
    ids, names = ["select distinct employee_id from control.quarantined_jobs"], list[str]()
    for feed in (FEEDS[name] for name in sorted({batch.feed for batch in pending})):
        others = [literal(source) for source, name in persons if name == feed.name]
        for column in (column.landed_as for column in feed.columns if column.is_person):
            rows = f"from landing.{feed.name}"
            if others:
                names.append(f"select distinct source, {column} as person {rows} where source in ({', '.join(others)})")
                rows += f" where source not in ({', '.join(others)})"
            ids.append(f"select distinct {column} as employee_id {rows}")
    return ids, names

"""Exports through the real landing and dbt, without Dagster, the audit or a publish: for tests of many organisations
that look at a few tables.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from pipelines.landing import Landing, Outcome, SourceOptions
from pipelines.warehouse import Build, BuildRequest, dbt
from tests.integration.cli import SECRET, Content, content_of
from tests.integration.dbt_harness import opened

EXPORTS = SourceOptions("exports")
SPANS = ("+fct_promotions", "+fct_separations", "+headcount_walk_by_month", "+roster_events", "+roster_lists")
"""Selects the tables that job rows and lists come to, and one beside them that tests of theirs need."""


@dataclass(frozen=True)
class LandedBuild:
    """A data folder. `parsed` is another one that has been built: its parse of the dbt project is taken over. `persons`
    says what sources call people, by source and feed; with `known_at_seq` later batches are left out."""

    data: Path
    as_of_on: date
    parsed: LandedBuild | None = None
    persons: Mapping[tuple[str, str], str] = field(default_factory=dict)
    known_at_seq: int | None = None

    @property
    def folder(self) -> Path:
        return self.data / ("build" if self.known_at_seq is None else f"build_{self.known_at_seq}")

    def land(self, drop: Path, options: SourceOptions = EXPORTS) -> Sequence[Outcome]:
        """Land what is new in a drop folder; what became of it."""
        landing = Landing(self.data)
        try:
            return [landing.land(options, delivery) for delivery in landing.plan(options, drop).deliveries]
        finally:
            landing.close()

    def build(self, *selection: str) -> LandedBuild:
        """Take in all that has landed; run the selected models and their data tests."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.parsed and not (self.folder / "target").exists():
            shutil.copytree(self.parsed.folder / "target", self.folder / "target")
        landing = Landing(self.data)
        request = BuildRequest(
            batches=landing.catalog.batches(self.known_at_seq),
            refused=landing.catalog.refused(),
            as_of_on=self.as_of_on,
            known_at_seq=self.known_at_seq,
            expected_every_days={},
            persons=self.persons,
            previous=None,
        )
        Build(self.folder).prepare(request, SecretStr(SECRET))
        results = dbt.run(self.folder, selection)
        failed = [result.unique_id for result in results if result.status == "fail"]
        assert not failed, failed
        return self

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query over the built files, `build`, `metrics`, `summary` and `people`."""
        return self.rows(sql)[1]

    def content(self) -> Content:
        """What a release made of this build would hold, as `cli.content` has it."""
        with opened(self.folder) as connection:
            return content_of(connection)

    def rows(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The same as `query` with the names of its columns."""
        with opened(self.folder) as connection:
            found = connection.execute(sql)
            return [column[0] for column in found.description or ()], found.fetchall()

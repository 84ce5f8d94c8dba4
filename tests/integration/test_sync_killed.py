"""`kill -9` in the middle of syncs, one after the other, with a reader watching. `make proof` does many more."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from benchmarks.proof_kills import Reader, assert_undisturbed, kill_sync, wait_for_end
from pipelines.orchestration import journal
from tests.integration.cli import content, copied, release_id, said, sync


@pytest.mark.long
def test_three_killed_syncs_leave_a_whole_release_and_nothing_to_do(
    golden_data: Path, changed_data: Path, changed_exports: Path, tmp_path: Path
) -> None:
    data = copied(golden_data, tmp_path / "data")
    last = journal.last_sync(changed_data)
    assert last is not None and isinstance(last.ended_at, datetime)
    longest = (last.ended_at - last.started_at).total_seconds() + 1  # and the start of the process
    moments = [(random.uniform(third, third + 1) / 3 * longest, third != 1) for third in range(3)]
    print(f"killed after {moments} of {longest} s (and whether everything was killed)")

    with Reader(data) as reader:
        groups = [kill_sync(changed_exports, data, moment, is_whole=is_whole) for moment, is_whole in moments]
        ended = sync(changed_exports, data)
    assert ended.returncode == 0, said(ended)
    for group in groups:
        wait_for_end(group)
    assert_undisturbed(data, reader, content(changed_data))
    assert reader.seen[0] == release_id(golden_data)
    assert len(reader.seen) > 5

    with dg.DagsterInstance.from_config(str(data / "dagster")) as instance:
        ends = [run.status for run in instance.get_runs()]
    assert ends[0] is ends[-1] is dg.DagsterRunStatus.SUCCESS
    assert set(ends) <= {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}, "a dead run looks alive"

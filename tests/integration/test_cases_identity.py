"""A weekly list that lost the zeros of its ids, through the command line: nothing changes, and the cure is said."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli import published, rxladder, said
from tests.integration.test_landing_identity import roster

PROGRAM = {
    "sites.csv": "site_id,name,region,state\nS1,Main,North,TX\n",
    "tiers.csv": "tier,title,track,rank,is_entry\nT1,Tech I,core,1,true\nT2,Tech II,core,2,false\n",
    "tier_paths.csv": "from_tier,to_tier\nT1,T2\n",
    "job_tiers.csv": "job_code,effective_on,tier\nPT1,,T1\nPT2,,T2\n",
}


def test_a_list_that_lost_its_zeros_changes_nothing_and_says_the_cure(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    lists = {"roster_2026-03-01.csv": roster("{:05}"), "roster_2026-03-08.csv": roster("{}")}
    for name, text in (PROGRAM | lists).items():
        (exports / name).write_text(text, encoding="utf-8")
    ended = rxladder("sync", "--exports", exports, "--data", tmp_path / "data", "--as-of", "2026-03-10")
    assert ended.returncode == 3, said(ended)
    words = " ".join(ended.stdout.split())
    assert "roster_2026-03-08.csv, column employee_id: only 0 of its 40 people are known" in words
    assert "set `ids: {width: 5}` for the source" in words
    with published(tmp_path / "data") as connection:
        found = connection.execute(
            "select (select count(*) from metrics.core.dim_employees where is_active),"
            " (select count(*) from metrics.core.fct_separations)"
        ).fetchall()
    assert found == [(40, 0)]
    checked = rxladder("check", exports, "--data", tmp_path / "data")
    assert "ids: {width: 5}" in " ".join(checked.stdout.split()), said(checked)

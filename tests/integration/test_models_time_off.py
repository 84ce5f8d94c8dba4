"""Times away and interventions land, are kept as their source has them now, and counted; no figure reads them yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.integration.landed_build import LandedBuild

AS_OF = date(2026, 12, 31)


def test_times_away_and_interventions_land_and_are_kept(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "time_off.csv").write_text(
        "employee_id,from_on,to_on,kind,status\n00001,2026-07-01,2026-07-05,pto,\n00001,2026-12-24,2027-01-02,pto,Requested\n"
    )
    (drop / "interventions.csv").write_text(
        "intervention_id,started_on,ended_on,site_id,metric,what,owner\n"
        "I1,2026-03-01,,S1,training_on_time_share,Two hours a week for training,Pat\n"
    )
    (drop / "employees.csv").write_text("employee_id,full_name\n00002,Pat Doe\n")
    (drop / "sites.csv").write_text("site_id,name\nS2,Second Street\n")
    built = LandedBuild(tmp_path / "data", AS_OF)
    built.land(drop)
    built.build("+stg_program__time_off", "+stg_program__interventions", "+orphans")
    assert built.query(
        "select from_on, to_on, kind, status from build.staging.stg_program__time_off order by from_on"
    ) == [
        (date(2026, 7, 1), date(2026, 7, 5), "pto", "approved"),
        (date(2026, 12, 24), date(2027, 1, 2), "pto", "requested"),
    ]
    assert built.query(
        "select intervention_id, ended_on, site_id, what from build.staging.stg_program__interventions"
    ) == [("I1", None, "S1", "Two hours a week for training")]
    orphans = built.query("select kind, feed from metrics.quality.orphans where feed in ('time_off', 'interventions')")
    assert sorted(orphans) == [("employee", "time_off"), ("site", "interventions")]

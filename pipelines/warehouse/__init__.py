"""The private build: control tables, employee keys and the dbt run. Runs dbt, nothing else.

Belongs here: what dbt needs to see before it runs, and running it. Does not belong: any metric (dbt_project),
anything about files that arrive (landing) or that are read by others (publishing).
"""

from pipelines.warehouse.build import Build, BuildError, BuildPlan, BuildRequest
from pipelines.warehouse.coverage import CoverageSettings, Covered, coverage, default_as_of
from pipelines.warehouse.dbt import (
    DbtFailure,
    DbtProcess,
    NodeEnd,
    NodeResult,
    load_manifest,
    manifest_file,
    project_hash,
)
from pipelines.warehouse.keys import employee_secret, has_keys_of, known_secret
from pipelines.warehouse.record_days import record_days

__all__ = [
    "Build",
    "BuildError",
    "BuildPlan",
    "BuildRequest",
    "CoverageSettings",
    "Covered",
    "DbtFailure",
    "DbtProcess",
    "NodeEnd",
    "NodeResult",
    "coverage",
    "default_as_of",
    "employee_secret",
    "has_keys_of",
    "known_secret",
    "load_manifest",
    "manifest_file",
    "project_hash",
    "record_days",
]

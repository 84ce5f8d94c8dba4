"""The private build: control tables, employee keys and the dbt run. Runs dbt, nothing else.

Belongs here: what dbt needs to see before it runs, and running it. Does not belong: any metric (dbt_project),
anything about files that arrive (landing) or that are read by others (publishing).
"""

from pipelines.warehouse.build import Build, BuildError, BuildPlan, BuildRequest
from pipelines.warehouse.dbt import (
    DbtFailure,
    DbtProcess,
    NodeEnd,
    NodeResult,
    load_manifest,
    manifest_file,
    project_hash,
)
from pipelines.warehouse.keys import employee_secret

__all__ = [
    "Build",
    "BuildError",
    "BuildPlan",
    "BuildRequest",
    "DbtFailure",
    "DbtProcess",
    "NodeEnd",
    "NodeResult",
    "employee_secret",
    "load_manifest",
    "manifest_file",
    "project_hash",
]

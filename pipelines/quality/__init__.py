"""Quality checks: what must hold of the landed feeds and of the published tables.

Here belong the rules (plain SQL, generated from the contract or listed table by table), the Great Expectations
run that judges them inside DuckDB, the Data Docs, and the worker process that keeps the library's slow import
off the critical path. What a failed check leads to (the publish is stopped, a run is marked) is decided by the
callers, and no figure is computed here.

Importing this package is cheap: `pipelines.quality.checks`, which imports Great Expectations (3 seconds), is not
pulled in. Orchestration talks to it through `QualityWorker`.
"""

from pipelines.quality.client import QualityError, QualityWorker
from pipelines.quality.results import CheckResult, Severity
from pipelines.quality.table import Grain

__all__ = ["CheckResult", "Grain", "QualityError", "QualityWorker", "Severity"]

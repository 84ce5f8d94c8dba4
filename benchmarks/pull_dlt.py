"""The same pull by dlt's REST source into DuckDB. Run by benchmarks.pull, in an environment of its own."""

import argparse
import os
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--url")
parser.add_argument("--folder", type=Path)
parser.add_argument("--records", type=int)
asked = parser.parse_args()
os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}

import dlt  # noqa: E402 - reads the settings above when it is imported
import duckdb  # noqa: E402
from dlt.sources.rest_api import rest_api_source  # noqa: E402

source = rest_api_source(
    {
        "client": {"base_url": asked.url},
        "resources": [
            {
                "name": "completions",
                "primary_key": "id",
                "endpoint": {
                    "path": "completions",
                    "data_selector": "data",
                    "paginator": {"type": "page_number", "base_page": 1, "page_param": "page", "total_path": None},
                    "incremental": {"cursor_path": "changed", "start_param": "since", "initial_value": "2000-01-01"},
                },
            }
        ],
    }
)
file = asked.folder / "rows.duckdb"
pipeline = dlt.pipeline(
    "completions",
    pipelines_dir=str(asked.folder / "dlt"),
    destination=dlt.destinations.duckdb(str(file)),
    dataset_name="lms",
)
pipeline.run(source)
with duckdb.connect(str(file)) as connection:
    assert connection.execute("select count(*) from lms.completions").fetchone() == (asked.records,)

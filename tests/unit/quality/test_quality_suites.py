"""Which rules a feed or a table gets, and that the generated SQL runs."""

import re
from pathlib import Path

import duckdb
import pytest

from pipelines.feeds import FEEDS, Feed
from pipelines.quality.feed_rules import feed_suites
from pipelines.quality.results import Severity
from pipelines.quality.rules import TABLE, Suite
from pipelines.quality.table import Grain
from pipelines.quality.table_conventions import conventional_rules
from pipelines.quality.table_rules import TABLES, table_suites

CATALOGUES = {name: [Path("catalogue.parquet")] for name in FEEDS}


def suite_of(feed: str) -> Suite:
    [suite] = feed_suites({feed: [Path("rows.parquet")]}, {})
    return suite


def names(suite: Suite) -> set[str]:
    return {rule.name for rule in suite.rules}


def test_feeds_without_new_files_are_not_checked() -> None:
    assert [suite.name for suite in feed_suites({"sites": [], "tiers": [Path("t.parquet")]}, {})] == ["landing.tiers"]


def test_a_feed_outside_the_contract_is_refused() -> None:
    with pytest.raises(KeyError, match="payroll"):
        feed_suites({"payroll": [Path("p.parquet")]}, {})


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_every_feed_gets_what_its_contract_says(feed: Feed) -> None:
    found = names(suite_of(feed.name))
    for column in feed.columns:
        name = column.landed_as
        assert (f"{name}_is_listed" in found) == bool(column.values)
        if column.required:
            assert f"{name}_is_known" in found
    assert {"is_deleted_is_known", "source_is_known", "batch_seq_is_known", "batch_seq_is_in_range"} <= found


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_names_are_unique_and_fit_for_an_asset_check(feed: Feed) -> None:
    [suite] = feed_suites({feed.name: [Path("rows.parquet")]}, CATALOGUES)
    listed = [rule.name for rule in suite.rules]
    assert len(listed) == len(set(listed))
    assert all(re.fullmatch(r"[A-Za-z0-9_]+", name) for name in listed)


def test_keys_that_may_be_null_by_contract_are_not_demanded() -> None:
    assert "effective_on_is_known" not in names(suite_of("job_tiers"))
    assert "site_id_is_known" not in names(suite_of("targets"))
    assert "sequence_is_known" in names(suite_of("job_history"))
    assert "completion_id_is_known" in names(suite_of("completions"))


def test_references_are_checked_as_warnings_where_a_catalogue_is_given() -> None:
    files = [Path("rows.parquet")]
    [suite] = feed_suites({"completions": files}, {"courses": files})
    [rule] = [rule for rule in suite.rules if rule.name.endswith("_is_found")]
    assert (rule.name, rule.severity) == ("course_id_is_found", Severity.WARNING)


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_generated_sql_runs_on_the_landed_types(feed: Feed) -> None:
    landed = [f'"{column.landed_as}" {column.kind.duckdb_type}' for column in feed.columns]
    landed += ["is_deleted boolean", "source varchar", "batch_seq bigint"]
    with duckdb.connect() as connection:
        connection.execute(f"create table landed ({', '.join(landed)})")
        counts = ", ".join(rule.violations.replace(TABLE, "landed") for rule in suite_of(feed.name).rules)
        assert connection.execute(f"select count(*), {counts} from landed").fetchone() == (0,) * (
            1 + len(suite_of(feed.name).rules)
        )


@pytest.mark.parametrize("name", TABLES)
def test_table_suites_have_unique_names_fit_for_an_asset_check(name: str) -> None:
    table = TABLES[name]
    columns = {column: "VARCHAR" for rule in table.rules for column in rule.columns}
    columns |= dict.fromkeys(table.known, "VARCHAR")
    grain = Grain(table.known[:1])
    [suite] = table_suites({name: columns}, [name], {name: grain})
    listed = [rule.name for rule in suite.rules]
    assert len(listed) == len(set(listed))
    assert all(re.fullmatch(r"[A-Za-z0-9_]+", rule) for rule in listed)


def conventions(**columns: str) -> set[str]:
    return {rule.name for rule in conventional_rules(columns)}


def test_names_say_what_must_hold_on_any_table() -> None:
    assert conventions(month="DATE") == {"month_is_a_first_day"}
    assert conventions(manager_key="VARCHAR") == {"manager_key_is_well_formed"}
    assert conventions(promotion_rate_12m="DOUBLE", days_left="INTEGER") == {"promotion_rate_12m_is_in_range"}
    assert conventions(full_name="VARCHAR") == {"full_name_is_absent"}
    assert conventions(started_on="DATE", ended_on="DATE") == {"started_on_is_before_ended_on", "started_on_is_known"}


def test_an_interval_holds_its_figure() -> None:
    found = conventions(a_rate="DOUBLE", a_rate_low="DOUBLE", a_rate_high="DOUBLE")
    ordered = {name for name in found if "_is_at_most_" in name}
    assert ordered == {
        "a_rate_low_is_at_most_a_rate_high",
        "a_rate_low_is_at_most_a_rate",
        "a_rate_is_at_most_a_rate_high",
    }


def test_core_tables_refer_to_the_dimensions_that_are_there() -> None:
    columns = {
        "core.fct_completions": {"course_id": "VARCHAR", "employee_key": "VARCHAR"},
        "core.dim_courses": {"course_id": "VARCHAR"},
    }
    [suite] = table_suites(columns, ["core.fct_completions"], {})
    assert {name for name in names(suite) if name.endswith("_is_found")} == {"course_id_is_found"}

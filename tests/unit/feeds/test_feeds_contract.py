"""The contract as data holds together: keys, references, ranges and names."""

import re

import pytest

from pipelines.feeds import FEEDS, REQUIRED_FEEDS, Feed, Kind, normalised_name

ALL = pytest.mark.parametrize("feed", FEEDS.values(), ids=str)


def test_every_feed_of_the_contract_is_there_by_group() -> None:
    assert {name for name, feed in FEEDS.items() if feed.group == "hr"} == {
        "employees", "job_history", "roster", "exit_interviews", "evaluations", "competencies", "mentorships",
        "pathway_enrollments", "rewards", "openings",
    }  # fmt: skip
    assert {name for name, feed in FEEDS.items() if feed.group == "credentials"} == {
        "credentials", "exam_attempts", "ce_credits",
    }  # fmt: skip
    assert {name for name, feed in FEEDS.items() if feed.group == "lms"} == {"courses", "assignments", "completions"}
    assert {name for name, feed in FEEDS.items() if feed.group == "program"} == {
        "sites", "tiers", "tier_paths", "job_tiers", "tier_requirements", "skills", "credential_types", "ce_rules",
        "certification_rules", "program_costs", "roi_assumptions", "targets", "separation_reasons", "person_links",
        "time_off", "interventions",
    }  # fmt: skip


def test_required_feeds() -> None:
    assert set(REQUIRED_FEEDS) == {"employees", "job_history", "sites", "tiers", "tier_paths", "job_tiers"}


@ALL
def test_keys_and_dates_are_columns(feed: Feed) -> None:
    names = [column.name for column in feed.columns]
    assert len(set(names)) == len(names)
    assert {*feed.key, *feed.natural_key} <= set(names)
    if feed.date_column:
        assert feed.column(feed.date_column).kind is Kind.DATE
        assert feed.column(feed.date_column).required
    if feed.natural_key:
        assert len(feed.key) == 1
        assert not feed.column(feed.key[0]).required
        assert feed.column(feed.key[0]).kind is Kind.TEXT


@ALL
def test_columns_say_what_they_are(feed: Feed) -> None:
    for column in feed.columns:
        assert column.description.endswith("."), column.name
        assert (column.kind is Kind.ENUM) == bool(column.values)
        assert all(value == normalised_name(value) or "_" in value for value in column.values)
        assert column.kind is Kind.DATE or not column.name.endswith("_on")
        assert column.kind is Kind.BOOLEAN or not column.name.startswith(("is_", "has_", "was_"))
        if column.references:
            target, _, key = column.references.partition(".")
            assert FEEDS[target].column(key).kind is Kind.TEXT
        if column.is_person and feed.name != "employees":
            assert column.references == "employees.employee_id"


@ALL
def test_landed_names_do_not_collide_with_what_every_batch_has(feed: Feed) -> None:
    landed = [column.landed_as for column in feed.columns]
    assert len(set(landed)) == len(landed)
    assert not {"is_deleted", "source", "batch_seq", "row_in_batch"} & set(landed)


@ALL
def test_where_an_empty_field_means_something_an_unreadable_one_does_not_pass_for_it(feed: Feed) -> None:
    """Whatever a description says of an empty field is said to landing too; `unknown` and the lesser are no gain."""
    for column in feed.columns:
        says = re.search(r"\b(null|[Bb]lank) (=|counts)", column.description)
        is_harmless = "unknown" in column.values or column.name == "verification"
        assert not says or is_harmless or column.empty_means, column.name
    named = {
        "passed", "is_accepted", "is_required", "status", "expires_on", "ended_on", "retired_on", "effective_on",
        "due_on", "waived_on", "fail_suspends", "is_separation", "group_needed", "closed_on", "program_started_on",
        "requalify_months", "renewal_months", "min_hours", "max_hours", "filled_on",
    }  # fmt: skip
    silent = [
        c.name
        for c in feed.columns
        if (c.name in named or c.name.startswith("valid_")) and not c.required and not c.empty_means
    ]
    assert silent == []


def test_unknown_column_is_named() -> None:
    with pytest.raises(KeyError, match="feed sites has no column colour"):
        FEEDS["sites"].column("colour")


@pytest.mark.parametrize(
    "header", ["employee_id", "Employee ID", "EMPLOYEE-ID", " employee id ", "employeeId", "Employee\tID"]
)
def test_headers_match_regardless_of_case_blanks_and_dashes(header: str) -> None:
    assert normalised_name(header) == normalised_name("employee_id")

"""What the file connector finds in a drop folder, in which order, and what it leaves alone and reports."""

import os
from pathlib import Path

import pytest

from pipelines.connectors.file_names import Naming, feed_of, printable
from pipelines.connectors.files import find_deliveries
from pipelines.feeds import FEEDS


def _put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def _names(root: Path, parts: dict[str, str] | None = None) -> list[tuple[str, list[str]]]:
    found = find_deliveries(root, Naming(tuple(FEEDS), parts or {}))
    return [(d.feed, [f.name for f in d.files]) for d in found.deliveries]


def test_natural_order_within_a_feed(tmp_path: Path) -> None:
    _put(
        tmp_path,
        "sites_10.csv",
        "sites_2.csv",
        "sites.csv",
        "employees.csv",
        "sites-1.csv",
        "sites/1.csv",
        "Sites_3.CSV",
    )
    assert _names(tmp_path) == [
        ("employees", ["employees.csv"]),
        ("sites", ["sites/1.csv"]),
        ("sites", ["sites.csv"]),
        ("sites", ["sites-1.csv"]),
        ("sites", ["sites_2.csv"]),
        ("sites", ["Sites_3.CSV"]),
        ("sites", ["sites_10.csv"]),
    ]


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        ("credentials.csv", "credentials"),
        ("credential_types.csv", "credential_types"),
        ("credential_types_2024.csv", "credential_types"),
        ("job_history.2024-01-01.csv", "job_history"),
        ("job_tiers-final.csv.gz", "job_tiers"),
        ("tier_requirements.json", "tier_requirements"),
        ("tiers.jsonl", "tiers"),
        ("tier_paths_x.parquet", "tier_paths"),
        ("certification_rules.xlsx", "certification_rules"),
        ("ce_credits.tsv.gz", "ce_credits"),
        ("EMPLOYEES.CSV", "employees"),
    ],
)
def test_names_give_the_feed(tmp_path: Path, name: str, feed: str) -> None:
    _put(tmp_path, name)
    assert _names(tmp_path) == [(feed, [name])]


@pytest.mark.parametrize(
    "name",
    ["credentialss.csv", "mysites.csv", "sites", "sites.txt", "sites.parquet.gz", "sites.csv.rar", "README.md", ".csv"],
)
def test_what_is_no_delivery_is_reported(tmp_path: Path, name: str) -> None:
    _put(tmp_path, name)
    found = find_deliveries(tmp_path, Naming(tuple(FEEDS)))
    assert found.deliveries == ()
    assert [item.name for item in found.unmatched] == [name]
    assert found.unmatched[0].reason


def test_the_longest_fitting_feed_wins() -> None:
    assert feed_of("job_history_2024", ("job", "job_history", "job_h")) == "job_history"
    assert feed_of("job_x", ("job", "job_history")) == "job"
    assert feed_of("jobs", ("job",)) is None


def test_folders(tmp_path: Path) -> None:
    _put(
        tmp_path,
        "sites/a.csv",
        "sites/b/2.csv",
        "sites/b/1.csv",
        "sites/b/deep/3.csv",
        "other/x.csv",
        "sites/b/notes.txt",
    )
    found = find_deliveries(tmp_path, Naming(tuple(FEEDS)))
    assert [(d.name, [f.name for f in d.files]) for d in found.deliveries] == [
        ("sites/a.csv", ["sites/a.csv"]),
        ("sites/b", ["sites/b/1.csv", "sites/b/2.csv"]),
    ]
    assert {item.name for item in found.unmatched} == {"sites/b/deep", "other", "sites/b/notes.txt"}


def test_parts_join_by_their_captured_groups(tmp_path: Path) -> None:
    _put(tmp_path, "sites_1a.csv", "sites_1b.csv", "sites_2a.csv", "sites_x.csv")
    assert _names(tmp_path, {"sites": r"sites_(\d)[ab]\.csv"}) == [
        ("sites", ["sites_1a.csv", "sites_1b.csv"]),
        ("sites", ["sites_2a.csv"]),
        ("sites", ["sites_x.csv"]),
    ]


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("employee_id\n1\n")
    drop = tmp_path / "drop"
    _put(drop, "sites_real.csv")
    (drop / "employees.csv").symlink_to(secret)
    (drop / "sites_link.csv").symlink_to(drop / "sites_real.csv")
    (drop / "tiers").symlink_to(tmp_path)
    (drop / "skills.csv").symlink_to(drop / "skills.csv")
    (drop / "openings.csv").symlink_to(drop / "gone.csv")
    os.mkfifo(drop / "rewards.csv")
    found = find_deliveries(drop, Naming(tuple(FEEDS)))
    assert [d.name for d in found.deliveries] == ["sites_link.csv", "sites_real.csv"]
    assert {item.name for item in found.unmatched} == {
        "employees.csv",
        "tiers",
        "skills.csv",
        "openings.csv",
        "rewards.csv",
    }


def test_odd_names_are_found_and_made_printable(tmp_path: Path) -> None:
    odd = [
        "sites_'); DROP--.csv",
        'sites_"q".csv',
        "sites_new\nline.csv",
        "sites_*?[a].csv",
        "sites_\u202eevil.csv",
        "sites_²1.csv",
    ]
    _put(tmp_path, *odd)
    (tmp_path / os.fsdecode(b"sites_\xff.csv")).write_bytes(b"x")
    found = find_deliveries(tmp_path, Naming(tuple(FEEDS)))
    assert len(found.deliveries) == len(odd) + 1
    for delivery in found.deliveries:
        assert delivery.name.isprintable()
        delivery.name.encode()
        assert delivery.files[0].path.read_bytes() == b"x"
    assert printable("a\nb") == "a\\nb"


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find_deliveries(tmp_path / "none", Naming(tuple(FEEDS)))
    _put(tmp_path, "file")
    with pytest.raises(NotADirectoryError):
        find_deliveries(tmp_path / "file", Naming(tuple(FEEDS)))

"""Settings: what a configuration may hold, and how a fault in it is put."""

from datetime import date
from pathlib import Path

import pytest

from pipelines import settings

EXAMPLE = Path(__file__).resolve().parents[2] / "config" / "rxladder.example.yml"


def write(folder: Path, text: str) -> Path:
    (folder / settings.CONFIG_FILE).write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_example_loads(tmp_path: Path) -> None:
    found = settings.load(write(tmp_path, EXAMPLE.read_text(encoding="utf-8")))
    hris = found.sources[0].options()
    assert hris.mode("job_history") == "by_employee"
    assert hris.values["job_history"]["separation_type"]["Vol."] == "voluntary"
    assert found.data_dir == (tmp_path / "../data").resolve()


def test_no_file_means_defaults_and_one_source_of_exports(tmp_path: Path) -> None:
    found = settings.load(tmp_path, exports=tmp_path, data_dir=tmp_path / "d")
    assert [source.name for source in found.sources] == ["exports"]
    assert found.sources[0].options().sentinels == (date(1900, 1, 1), date(9999, 12, 31))
    assert found.data_dir == tmp_path / "d"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("timezone: Mars/Base", "timezone"),
        ("sources: [{name: A B, exports: x}]", "sources.0.name"),
        ("sources: [{name: a, exports: x, modes: {completions: replace}}]", "modes.completions"),
        ("keep_release: 3", "keep_release"),
        ("sources: [{name: a, exports: x}, {name: a, exports: y}]", "same name"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_fault_names_the_file_and_the_key(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(settings.SettingsError) as error:
        settings.load(write(tmp_path, text))
    assert named in str(error.value)
    assert settings.CONFIG_FILE in str(error.value)


def test_a_setting_against_the_contract_is_an_error(tmp_path: Path) -> None:
    folder = write(tmp_path, "sources: [{name: a, exports: x, columns: {sites: {Where: place}}}]")
    with pytest.raises(settings.SettingsError, match="no column 'place'"):
        settings.load(folder).sources[0].options()


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ("employee_id", {}),
        ("{completions: work_email, rewards: employee_id}", {"completions": "work_email"}),
        ("links", "links"),
    ],
)
def test_persons_are_found_by_feed(tmp_path: Path, setting: str, found: object) -> None:
    folder = write(tmp_path, f"sources: [{{name: a, exports: x, persons: {setting}}}]")
    persons = settings.load(folder).sources[0].options().persons
    if isinstance(found, str):
        assert set(persons.values()) == {found}
        assert "credentials" in persons
        assert not {"employees", "job_history", "roster", "person_links", "sites"} & set(persons)
    else:
        assert persons == found


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("email", "'email' is none of employee_id, work_email, links"),
        ("{completion: links}", "'completion' is no feed with people in it"),
        ("{job_history: work_email}", "job_history says who is who"),
        ("links, id_prefix: e-", "a source of their own"),
    ],
)
def test_persons_that_cannot_be_found_are_refused(tmp_path: Path, setting: str, said: str) -> None:
    with pytest.raises(settings.SettingsError, match=r"rxladder.yml: sources.0: .*persons") as error:
        settings.load(write(tmp_path, f"sources: [{{name: a, exports: x, persons: {setting}}}]"))
    assert said in str(error.value)


def test_the_hash_follows_meaning_not_place(tmp_path: Path) -> None:
    def hash_of(text: str) -> str:
        return settings.load(write(tmp_path, text)).config_hash()

    base = hash_of("sources: [{name: a, exports: x}]")
    assert hash_of("sources: [{name: a, exports: elsewhere}]\nkeep_releases: 3") == base
    assert hash_of("sources: [{name: a, exports: x, id_prefix: e-}]") != base
    assert hash_of("sources: [{name: a, exports: x, persons: links}]") != base
    assert hash_of("timezone: Europe/Paris\nsources: [{name: a, exports: x}]") != base


PULLED = """
sources:
  - name: lms
    base: https://lms.example.org/
    auth: {kind: basic, user: somebody, password: written-down}
    headers: {X-Note: written-down}
    streams:
      - {name: done, path: done, headers: {X-Note: written-down}, columns: {who: user}}
"""


def test_the_configuration_holds_what_changes_numbers_and_nothing_that_could_be_secret(tmp_path: Path) -> None:
    (tmp_path / "sources.yml").write_text(PULLED, encoding="utf-8")
    base = settings.load(tmp_path).configuration()
    assert b"written-down" not in base and b"somebody" not in base
    assert b'"path": "done"' in base
    for old, new in (("X-Note: written-down", "X-Note: other"), ("    base:", "    retries: 9\n    base:")):
        (tmp_path / "sources.yml").write_text(PULLED.replace(old, new), encoding="utf-8")
        assert settings.load(tmp_path).configuration() == base
    (tmp_path / "sources.yml").write_text(PULLED.replace("who: user", "who: mail"), encoding="utf-8")
    assert settings.load(tmp_path).configuration() != base


def test_the_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RXLADDER_EMPLOYEE_KEY", "a-very-secret-value-1234")
    found = settings.load(tmp_path)
    assert found.employee_key is not None
    assert found.employee_key.get_secret_value() == "a-very-secret-value-1234"
    assert "very-secret" not in repr(found) + found.config_hash()


def test_how_far_a_feed_tells_is_a_setting_of_its_source(tmp_path: Path) -> None:
    lines = "covers: {completions: 2026-10-31, ce_credits: file_date}\n    covers_from: 2024-01-01"
    (tmp_path / "rxladder.yml").write_text(f"sources:\n  - name: lms\n    exports: x\n    {lines}\n", encoding="utf-8")
    found = settings.load(tmp_path).sources[0]
    assert found.covers == {"completions": date(2026, 10, 31), "ce_credits": "file_date"}
    assert found.covers_from == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("feed", "problem"), [("sites", "sites has no dates"), ("complet", "there is no feed 'complet'")]
)
def test_only_a_feed_with_dates_covers_a_day(tmp_path: Path, feed: str, problem: str) -> None:
    (tmp_path / "rxladder.yml").write_text(
        f"sources:\n  - name: lms\n    exports: x\n    covers: {{{feed}: 2026-10-31}}\n", encoding="utf-8"
    )
    with pytest.raises(settings.SettingsError, match=problem):
        settings.load(tmp_path)

"""Files with something around them: a zip, PGP, header and trailer lines, names of another's choosing."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelines.connectors.secrets import Secret
from pipelines.landing import Batch, Landing, Limits, Refusal, SourceOptions
from pipelines.landing.options import Envelope
from pipelines.landing.pgp import PgpKeys
from tests.integration.landing_kit import Drop, completions, quarantined, rows
from tests.integration.pgp_kit import PASSPHRASE, Pgp, pgp_keys

SMALL = Limits(unpacked_grace_bytes=100_000, unpacked_bytes=2_000_000)


def zipped(members: Mapping[str, bytes | str], **kept: Any) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content, **kept)
    return packed.getvalue()


def test_the_members_of_a_zip_are_the_files_of_one_delivery(tmp_path: Path) -> None:
    more = completions(good=2).replace("\nk", "\nm")
    members = {"sub/": "", "sub/b.csv": more, "a.csv": completions(["bad,1,CR-A,never,,,"]), "__MACOSX/a.csv": "x"}
    batch = Drop(tmp_path).batch("completions_2026-03.zip", zipped(members))
    assert batch.row_count == 42
    assert [one[:3] for one in quarantined(batch)] == [(42, "completed_on", "never")]
    assert rows(batch, "file", "quarantine.parquet") == [("completions_2026-03.zip/a.csv",)]
    (file,) = batch.manifest()["files"]
    assert (file["name"], file["format"], file["rows"]) == ("completions_2026-03.zip", "zip", 43)
    assert [path.name for path in (batch.folder / "raw").iterdir()] == ["0001_completions_2026-03.zip"]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"../../escaped.csv": completions()}, "leads out of the archive"),
        ({"/tmp/escaped.csv": completions()}, "leads out of the archive"),
        ({"..\\escaped.csv": completions()}, "leads out of the archive"),
        ({"C:/escaped.csv": completions()}, "leads out of the archive"),
        ({"a.csv": completions(), "read me.pdf": "x"}, "in a zip, its ending is none of csv"),
        ({"inner.zip": zipped({"a.csv": completions()})}, "in a zip, its ending is none of csv"),
        ({}, "its zip holds 0 files"),
        ({f"{n}.csv": "" for n in range(1001)}, "its zip holds 1,001 files"),
        ({"a.csv": "completion_id\n" + "0" * 3_000_000}, "unpacks to over 100 times its size"),
        ({f"{n}.csv": "completion_id\n" + "0" * 900_000 for n in range(3)}, "unpacks to over 100 times its size"),
    ],
)
def test_an_archive_that_is_not_to_be_trusted_is_refused(
    tmp_path: Path, members: Mapping[str, bytes | str], said: str
) -> None:
    drop = Drop(tmp_path, SourceOptions("hr", limits=SMALL))
    refusal = drop.refusal("completions.zip", zipped(members))
    assert said in refusal.reason
    assert list(tmp_path.parent.rglob("*escaped*")) == []
    assert not (drop.data / "landing" / ".incoming" / "work").exists()


def test_damaged_archives_are_refused(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    whole = zipped({"a.csv": completions(good=500)})
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    linked = io.BytesIO()
    with zipfile.ZipFile(linked, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    changed = bytearray(whole)
    changed[200] ^= 255
    assert "is damaged or cut short" in drop.refusal("completions_1.zip", whole[:-40]).reason
    assert "is damaged or cut short" in drop.refusal("completions_2.zip", bytes(changed)).reason
    assert "is a link" in drop.refusal("completions_3.zip", linked.getvalue()).reason
    assert "is damaged or cut short" in drop.refusal("completions_4.zip", "no zip").reason


ENVELOPE = SourceOptions("hr", envelopes={"completions": Envelope("HDR|*", "TRL|{count}")})


def test_lines_around_the_rows_are_no_rows_and_every_row_keeps_its_line(tmp_path: Path) -> None:
    text = completions(["bad,1,CR-A,never,,,"], good=38)
    batch = Drop(tmp_path, ENVELOPE).batch("completions.csv", f"\ufeffHDR|2026-03-31\r\n{text}TRL|0039\n\n")
    assert batch.row_count == 38
    assert [one[:2] for one in quarantined(batch)] == [(41, "completed_on")]
    text = completions(good=3).replace("\n", "\r\n") + "TRL|3"
    (tmp_path / "alone").mkdir()
    alone = Drop(tmp_path / "alone", SourceOptions("hr", envelopes={"completions": Envelope(trailer="TRL|{count}")}))
    assert alone.batch("completions.csv", text.encode("utf-16")).row_count == 3
    of_windows = f"HDR|x\n{completions(good=6)}TRL|6\n".replace("\n", "\r\n")
    (tmp_path / "windows").mkdir()
    assert Drop(tmp_path / "windows", ENVELOPE).batch("completions.csv", of_windows).row_count == 6
    counted = Envelope("H*", "T,*,{count}", "lines")
    alone.options = SourceOptions("hr", envelopes={"completions": counted})
    assert alone.batch("completions.csv", "H\n" + completions(good=7) + "T,x,10\n").row_count == 7


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f"HDR|x\n{completions(good=9)}TRL|10\n", 12, "its trailer says 10 rows, and there are 9"),
        (f"HDR|x\n{completions(good=1)}TRL|2\n", 4, "its trailer says 2 rows, and there is 1"),
        (f"HDR|x\n{completions(good=9)}", 11, "its last line is no trailer such as 'TRL|{count}' (cut short?)"),
        (f"{completions(good=9)}TRL|9\n", 1, "its first line is no header such as 'HDR|*'"),
        ("HDR|x\n", 1, "its last line is no trailer"),
        ("TRL|0\n", 1, "its first line is no header"),
    ],
)
def test_a_count_that_does_not_fit_and_a_line_that_is_missing_refuse_the_file(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    refusal = Drop(tmp_path, ENVELOPE).refusal("completions.csv", text)
    assert said in refusal.reason
    assert refusal.fault.line == line


def test_only_csv_has_lines_around_its_rows(tmp_path: Path) -> None:
    refusal = Drop(tmp_path, ENVELOPE).refusal("completions.ndjson", "{}\n")
    assert "it is ndjson, which has no header and trailer lines" in refusal.reason
    with pytest.raises(ValueError, match="a `header`, a `trailer` or both"):
        Envelope()


def test_names_of_anothers_choosing_and_the_dates_in_them(tmp_path: Path) -> None:
    names = {"completions": ("RLS_*_%m%d%Y.txt*",), "roster": ("staff %d-%b-%y.csv",)}
    drop = Drop(tmp_path, SourceOptions("hr", names=names))
    for name in ("RLS_a_01152026.txt", "RLS_a_12312025.txt", "RLS_a_13012025.txt", "completions.csv"):
        drop.put(name, completions(good=len(name)).replace(",", "|"))
    drop.put("staff 03-Feb-26.csv", "employee_id,full_name\n1,A\n")
    outcomes = drop.land()
    assert [one.file_name for one in outcomes] == [
        "completions.csv", "RLS_a_12312025.txt", "RLS_a_01152026.txt", "staff 03-Feb-26.csv",
    ]  # fmt: skip
    assert all(isinstance(one, Batch) for one in outcomes), outcomes
    assert rows(outcomes[-1], "as_of_on::varchar") == [("2026-02-03",)]
    unmatched = Landing(drop.data).plan(drop.options, drop.folder).unmatched
    assert [one.name for one in unmatched] == ["RLS_a_13012025.txt"]
    with pytest.raises(ValueError, match="%Q stands for nothing here"):
        SourceOptions("hr", names={"completions": ("%Q",)})


@pytest.fixture(scope="module")
def pgp() -> Iterator[Pgp]:
    with pgp_keys() as keys:
        yield keys


@pytest.fixture
def options(pgp: Pgp, tmp_path: Path) -> SourceOptions:
    (tmp_path / "key.asc").write_bytes(pgp.armoured)
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    keys = PgpKeys(Secret(file="key.asc"), Secret(file="passphrase"), tmp_path)
    return SourceOptions("hr", pgp=keys, limits=SMALL)


def test_encrypted_files_land_and_the_bytes_received_stay_encrypted(
    pgp: Pgp, options: SourceOptions, tmp_path: Path
) -> None:
    before = set(Path(tempfile.gettempdir()).glob("rxladder-*"))
    drop = Drop(tmp_path, options)
    assert drop.batch("completions_1.csv.pgp", pgp.encrypted(completions(good=3))).row_count == 3
    assert drop.batch("completions_2.csv.gpg", pgp.encrypted(completions(good=4), "ours", "--armor")).row_count == 4
    packed = zipped({"a.csv": completions(good=5)})
    batch = drop.batch("completions_3.zip.pgp", pgp.encrypted(packed))
    assert batch.row_count == 5
    assert drop.land() == []
    plain = [path for path in tmp_path.rglob("*") if path.is_file() and b"CR-A,2024" in path.read_bytes()]
    assert plain == []
    secrets = (PASSPHRASE.encode(), pgp.armoured.splitlines()[3])
    written = [path for path in drop.data.rglob("*") if path.is_file() and any(s in path.read_bytes() for s in secrets)]
    assert written == []
    assert set(Path(tempfile.gettempdir()).glob("rxladder-*")) <= before


def test_a_file_that_is_signed_too_is_taken_and_one_that_is_only_signed_or_symmetric_is_told_apart(
    pgp: Pgp, options: SourceOptions, tmp_path: Path
) -> None:
    drop = Drop(tmp_path, options)
    as_signer = ("--sign", "-u", "theirs", "--passphrase", PASSPHRASE)
    assert drop.batch("completions_1.csv.pgp", pgp.encrypted(completions(good=3), "ours", *as_signer)).row_count == 3
    only_signed = pgp.gpg(*as_signer, given=completions().encode())
    assert "signed and not encrypted" in drop.refusal("completions_2.csv.pgp", only_signed).reason
    symmetric = pgp.gpg("--symmetric", "--passphrase", "of two", given=completions().encode())
    assert "with a passphrase alone" in drop.refusal("completions_3.csv.pgp", symmetric).reason


def test_what_can_not_be_decrypted_is_refused_and_tried_again_with_another_key(
    pgp: Pgp, options: SourceOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = Drop(tmp_path, options)
    message = pgp.encrypted(completions(good=2000), "ours", "--compress-algo", "none")
    cases = {
        "theirs": (pgp.encrypted(completions(), "theirs"), "encrypted for another key"),
        "cut": (message[:-3000], "no whole PGP message"),
        "changed": (message[:-3000] + bytes([message[-3000] ^ 1]) + message[-2999:], "no whole PGP message"),
        "none": (completions().encode(), "no whole PGP message"),
        "bomb": (pgp.encrypted("0" * 10_000_000), "unpacks to more than"),
    }
    for name, (content, said) in cases.items():
        refusal = drop.refusal(f"completions_{name}.csv.pgp", content)
        assert said in refusal.reason, (name, refusal.reason)
        assert PASSPHRASE not in (refusal.folder / "manifest.json").read_text(encoding="utf-8")
    assert drop.land() == []
    (tmp_path / "passphrase").write_text("another", encoding="utf-8")
    again = drop.land()
    assert len(again) == len(cases)
    assert all(isinstance(one, Refusal) for one in again)
    assert "the passphrase does not open the private key" in drop.refusal("completions_a.csv.pgp", message).reason
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    landed = [one for one in drop.land() if isinstance(one, Batch)]
    assert [one.file_name for one in landed] == ["completions_a.csv.pgp"]
    with monkeypatch.context() as without_gnupg:
        without_gnupg.setenv("PATH", "/nowhere")
        refusal = drop.refusal("completions_b.csv.pgp", message[:-1])
        assert "completions_b.csv.pgp: it can't be decrypted: GnuPG is not installed" in refusal.reason
    (drop.folder / "completions_b.csv.pgp").unlink()
    (tmp_path / "key.asc").unlink()
    assert all("secret's file key.asc can't be read" in one.reason for one in drop.land())
    drop.options = SourceOptions("hr")
    without = drop.land()
    assert len(without) == len(cases)
    assert all("the source has no key" in one.reason for one in without)

"""Files dropped on a real OpenSSH server: fetched once, whole or not at all, from the pinned server alone."""

from __future__ import annotations

import json
import os
import resource
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import Batch, Landing, Refusal
from pipelines.orchestration.drop_trial import Trial, try_drop
from pipelines.orchestration.pulls import PulledSource, pull_all
from pipelines.settings import Pulled
from pipelines.sources import SftpSource
from tests.integration.drop_kit import drop, left_in
from tests.integration.landing_kit import completions, rows
from tests.integration.pull_kit import TOKEN, World
from tests.integration.sftp_server import Server, disturbed, make_key, sftp_serving

LARGE = completions(good=60_000)  # 2.6 MB: several reads


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with sftp_serving(tmp_path_factory.mktemp("sftp")) as server:
        yield server


@pytest.fixture
def server(served: Server) -> Server:
    """The server with an empty folder."""
    shutil.rmtree(served.folder)
    served.folder.mkdir()
    return served


def landed(outcomes: list[Any]) -> list[tuple[str, int]]:
    assert all(isinstance(one, Batch) for one in outcomes), outcomes
    return [(one.file_name, one.row_count) for one in outcomes]


def test_a_drop_lands_once_and_its_removal_takes_nothing_back(server: Server, world: World) -> None:
    server.put("completions_10.csv", completions(good=3))
    server.put("completions_2.csv", completions(good=2))
    server.put("completions/2026-03/a.csv", completions(good=4))
    server.put("completions/2026-03/b.csv", completions(good=5))
    server.put("sites.csv", "site_id,name\n1,A\n")
    server.put("notes.txt", "x")
    (server.folder / "link.csv").symlink_to(server.folder / "sites.csv")
    outcomes = world.pull_all(drop(server))
    assert landed(outcomes) == [("completions/2026-03", 9), ("completions_2.csv", 2), ("completions_10.csv", 3)]
    assert world.reasons() == ""
    assert [note.split(": ", 2)[2] for note in world.notes] == [
        "link.csv: it is a link or no regular file, and is not followed",
        "notes.txt: its name fits no feed; name it <feed>.<ext> or <feed>_<anything>.<ext>",
        "sites.csv: it is of sites, which is not among the source's `feeds`",
    ]
    origin = outcomes[1].manifest()["origin"]
    assert [(one["name"], one["bytes"]) for one in origin["files"]] == [("completions_2.csv", len(completions(good=2)))]
    assert left_in(world.data / "pulls") == []
    with disturbed(server, 1 << 40) as line:
        assert world.pull_all(drop(server, port=line.port)) == []
    (server.folder / "completions_2.csv").unlink()
    assert world.pull_all(drop(server)) == []
    assert len(Landing(world.data).catalog.batches()) == 3
    assert line.came[0] < 20_000, "a listing, no file"


def test_what_has_not_changed_is_not_fetched_again_and_what_has_is(server: Server, world: World) -> None:
    server.put("completions.csv", LARGE, modified=1_700_000_000)
    assert landed(world.pull_all(drop(server))) == [("completions.csv", 60_000)]
    came = []
    for changed in (None, 1_700_000_500, 1_700_000_500):  # touched: fetched once more, and known for what it is
        if changed:
            os.utime(server.folder / "completions.csv", (changed, changed))
        with disturbed(server, 1 << 40) as line:
            assert world.pull_all(drop(server, port=line.port)) == []
            came.append(sum(line.came) > len(LARGE))
    assert came == [False, True, False]
    (world.data / "pulls" / "transcripts" / "remembered.json").unlink()
    assert world.pull_all(drop(server)) == [], "without its memory it fetches, and lands nothing twice"
    server.put("completions.csv", completions(good=7))
    assert landed(world.pull_all(drop(server))) == [("completions.csv", 7)]
    server.put("completions.csv", LARGE, modified=1_700_000_000)
    assert landed(world.pull_all(drop(server))) == [("completions.csv", 60_000)], "an earlier content that comes back"


def test_another_server_gets_nothing_and_its_key_is_said(server: Server, world: World, tmp_path: Path) -> None:
    server.put("completions.csv", completions())
    make_key(tmp_path / "other")
    other = (tmp_path / "other.pub").read_text(encoding="utf-8")
    before = server.log()
    assert world.pull_all(drop(server, host_keys=[other])) == []
    said = world.failure()
    assert server.fingerprint() in said
    assert server.fingerprint("host_rsa") in said
    assert "not the one that is pinned" in said
    assert "put it there" in said
    assert "Accepted" not in server.log().removeprefix(before)
    assert "Failed" not in server.log().removeprefix(before), "no credentials were offered"
    for pin in (server.fingerprint("host_rsa"), server.public_key(), f"[127.0.0.1]:22 {server.public_key('host_rsa')}"):
        assert isinstance(world.pull_all(drop(server, name="a" + str(len(pin)), host_keys=[other, pin]))[0], Batch)


def test_credentials_that_do_not_fit_are_said_and_stop_no_other_source(server: Server, world: World) -> None:
    server.put("completions.csv", completions())
    make_key(server.keys / "stranger")
    make_key(server.keys / "locked", passphrase="open sesame of the tests")
    (server.keys / "no_key").write_text("x", encoding="utf-8")
    authorized = server.keys / "authorized"
    before = authorized.read_text(encoding="utf-8")
    authorized.write_text(before + (server.keys / "locked.pub").read_text(encoding="utf-8"), encoding="utf-8")
    cases = {
        "stranger": ({"private_key": {"file": str(server.keys / "stranger")}}, "refuses user"),
        "missing": ({"private_key": {"env": "RXL_NO_KEY"}}, "RXL_NO_KEY is not set"),
        "no_key": ({"private_key": {"file": str(server.keys / "no_key")}}, "private key can't be read"),
        "locked": ({"private_key": {"file": str(server.keys / "locked")}}, "or it needs a passphrase"),
        "wrong": (
            {"private_key": {"file": str(server.keys / "locked")}, "passphrase": {"env": "RXL_TEST_TOKEN"}},
            "does not open the private key",
        ),
        "gone": ({"port": 9, "retries": 0}, "refuses connections (1 try)"),
        "nowhere": ({"folder": "/no/such/folder"}, "there is no folder /no/such/folder on the server"),
    }
    specs = [drop(server, name=name, **changes) for name, (changes, _) in cases.items()]
    outcomes = world.pull_all(*specs, drop(server, name="sound"))
    assert [(one.source, type(one)) for one in outcomes] == [("sound", Batch)]
    for name, (_, said) in cases.items():
        note = world.data / "pulls" / name / "completions.failed.json"
        assert said in note.read_text(encoding="utf-8"), name
    (server.keys / "passphrase").write_text("open sesame of the tests\n", encoding="utf-8")
    opened = {**cases["locked"][0], "passphrase": {"file": str(server.keys / "passphrase")}}
    assert landed(world.pull_all(drop(server, name="locked", **opened))) == [("completions.csv", 40)]
    assert not (world.data / "pulls" / "locked" / "completions.failed.json").exists()
    authorized.write_text(before, encoding="utf-8")


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(server: Server, world: World) -> None:
    with disturbed(server, 0, silent=True) as line:
        began = time.monotonic()
        assert world.pull_all(drop(server, port=line.port, connect_seconds=1, timeout_seconds=1, retries=0)) == []
        assert time.monotonic() - began < 20
    assert "(1 try)" in world.failure()


def test_a_connection_cut_in_mid_file_is_gone_on_from(server: Server, world: World) -> None:
    server.put("completions.csv", LARGE)
    with disturbed(server, 1_600_000) as line:
        assert landed(world.pull_all(drop(server, port=line.port))) == [("completions.csv", 60_000)]
    assert len(line.came) == 2, "once cut, once more asked"
    assert line.came[1] < 1_900_000, "what had come was not asked for again"


def test_a_pull_that_ended_in_mid_file_is_gone_on_from_by_the_next(server: Server, world: World) -> None:
    server.put("completions.csv", LARGE)
    with disturbed(server, 1_600_000) as line:
        assert world.pull_all(drop(server, port=line.port, retries=0)) == []
    assert "cut off" in world.failure()
    (part,) = (world.data / "pulls").rglob("*.part")
    assert part.stat().st_size >= 1 << 20
    assert part.stat().st_mode & 0o077 == 0
    with disturbed(server, 1 << 40) as line:
        assert landed(world.pull_all(drop(server, port=line.port))) == [("completions.csv", 60_000)]
    assert line.came[0] < 1_900_000
    assert world.reasons() == ""
    assert left_in(world.data / "pulls") == []


def test_a_file_that_grows_while_it_comes_waits_for_the_next_pull(server: Server, world: World) -> None:
    path = server.put("completions.csv", LARGE)

    def grow() -> bool:
        with path.open("a") as writer:
            writer.write("grown,00001,CR-A,2024-01-01,80,true,1\n")
        return False

    with disturbed(server, 500_000, grow) as line:
        assert world.pull_all(drop(server, port=line.port)) == []
    assert world.reasons() == ""
    assert world.notes == ["transcripts: not whole yet: completions.csv: it changed while it came"]
    assert landed(world.pull_all(drop(server))) == [("completions.csv", 60_001)]


def test_a_full_disk_is_said_and_the_file_comes_when_there_is_room(server: Server, world: World) -> None:
    server.put("completions.csv", LARGE)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, usual[1]))
    try:
        assert world.pull_all(drop(server)) == []
        assert "can't be written in the data folder (File too large)" in world.failure()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert landed(world.pull_all(drop(server))) == [("completions.csv", 60_000)]


def test_a_file_that_may_not_be_read_stops_no_other(server: Server, world: World) -> None:
    server.put("completions_1.csv", completions(good=1))
    server.put("completions_3.csv", completions(good=3))
    server.put("courses.csv", "course_id,title,category\nCR-A,A,clinical\n")
    spec = drop(server, feeds=["completions", "courses"], max_file_bytes=len(completions(good=2)))
    assert landed(world.pull_all(spec)) == [("completions_1.csv", 1), ("courses.csv", 1)]
    assert "completions_3.csv has" in world.failure()
    assert "max_file_bytes" in world.failure()


def test_what_a_crash_left_before_landing_is_landed_and_not_fetched_again(server: Server, world: World) -> None:
    server.put("completions.csv", LARGE)
    one = Pulled(spec=drop(server), config_dir=world.config)
    room = Landing(world.data)
    pulls = pull_all(world.data, [PulledSource(one.spec, one.options(), world.config, "UTC")], room)
    assert len(pulls.deliveries) == 1  # and here it ends
    with disturbed(server, 1 << 40) as line:
        assert landed(world.pull_all(drop(server, port=line.port))) == [("completions.csv", 60_000)]
    assert line.came[0] < 20_000


def test_a_refused_file_is_refused_once(server: Server, world: World) -> None:
    server.put("completions.csv", "completion_id\n1\n")
    (refused,) = world.pull_all(drop(server))
    assert isinstance(refused, Refusal)
    assert world.pull_all(drop(server)) == []
    server.put("completions.csv", completions(good=2))
    (batch,) = world.pull_all(drop(server))
    assert len(rows(batch)) == 2


def test_a_trial_says_what_is_there_and_lands_nothing(server: Server, tmp_path: Path) -> None:
    server.put("completions_1.csv", completions(good=1))
    server.put("completions_2.csv", completions(["x,1,CR-A,never,,,"]))
    server.put("completions_3.csv.part", "x")
    server.put("courses.csv", "course\n1\n")
    server.put("notes.txt", "x")
    spec = drop(server, feeds=["completions", "courses", "assignments"])
    trial = tried(spec, tmp_path)
    assert trial.said == [
        f"127.0.0.1 is the server that is pinned (ssh-ed25519 {server.fingerprint()})",
        f"{server.folder}: 3 whole deliveries, 2 other things",
        f"completions_1.csv: {len(completions(good=1))} bytes, to be fetched for completions",
        f"completions_2.csv: {len(completions(['x,1,CR-A,never,,,'])):,} bytes, to be fetched for completions",
        "courses.csv: 9 bytes, to be fetched for courses",
        "notes.txt: not read: its name fits no feed; name it <feed>.<ext> or <feed>_<anything>.<ext>",
        "completions_3.csv.part: being written, by its name (ignore)",
    ]
    taken, refused, none = trial.previews
    assert (taken.rows[0][0], taken.filled[""], taken.reason) == ("k0", 40, None)
    assert "quarantined: completed_on" in taken.notes[0]
    assert "it would be refused: courses.csv, line 1, column course_id" in str(refused.reason)
    assert none.notes == ["no whole delivery is there"]
    assert not (tmp_path / "data").exists()
    other = tried(drop(server, host_keys=["SHA256:other"], feeds=["courses", "completions"]), tmp_path / "again")
    assert [server.fingerprint() in str(one.reason) for one in other.previews] == [True, True]


def tried(spec: SftpSource, folder: Path) -> Trial:
    options = Pulled(spec=spec, config_dir=folder).options()
    (folder / "tried").mkdir(parents=True)
    # In a thread of its own: a browser test that ran before leaves an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(try_drop, spec, options, folder / "data", folder / "tried", folder).result()


def test_each_rule_of_completeness_on_the_server(server: Server, world: World) -> None:
    server.put("completions_1.csv", completions(good=1))
    server.put("completions_1.csv.done", "")
    server.put("completions_2.csv", completions(good=2))
    server.put("completions_3.csv.part", completions(good=3))
    marked = drop(server, name="marked", complete={"by": "marker"})
    assert landed(world.pull_all(marked)) == [("completions_1.csv", 1)]
    assert "marked: not whole yet: completions_2.csv: completions_2.csv: there is no completions_2.csv.done yet" in (
        world.notes
    )
    (server.folder / "completions_1.csv.done").unlink()
    aged = drop(server, name="aged", complete={"by": "age", "seconds": 600})
    assert world.pull_all(aged) == []
    an_hour_ago = time.time() - 3600
    os.utime(server.folder / "completions_2.csv", (an_hour_ago, an_hour_ago))
    assert landed(world.pull_all(aged)) == [("completions_2.csv", 2)]
    settled = drop(server, name="settled", complete={"by": "settling", "seconds": 0.5})
    assert landed(world.pull_all(settled)) == [("completions_1.csv", 1), ("completions_2.csv", 2)]
    slow = drop(server, name="slow", complete={"by": "settling", "seconds": 3600})
    assert world.pull_all(slow) == []
    memory = world.data / "pulls" / "slow" / "remembered.json"
    assert set(json.loads(memory.read_text(encoding="utf-8"))["looks"]) >= {"completions_1.csv"}
    assert world.reasons() == ""


def test_a_password_is_taken_where_there_is_no_key(server: Server, world: World) -> None:
    server.put("completions.csv", completions())
    spec = drop(server, private_key=None, password={"env": "RXL_TEST_TOKEN"}, retries=0)
    assert world.pull_all(spec) == []
    assert f"the server refuses user {server.user} with this password" in world.failure()
    written = [path for path in world.data.rglob("*") if path.is_file()]
    assert [path for path in written if TOKEN.encode() in path.read_bytes()] == []


def test_a_server_that_goes_away_leaves_what_had_come_and_names_what_had_not(server: Server, world: World) -> None:
    server.put("completions.csv", completions(good=1))
    server.put("courses.csv", "course_id,title,category\n" + "CR-A,A,clinical\n" * 200_000)
    server.put("skills.csv", "skill_id,name\nS,S\n")
    feeds = ["completions", "courses", "skills", "sites"]
    with disturbed(server, 1_600_000) as line:
        spec = drop(server, feeds=feeds, port=line.port, retries=0)
        assert landed(world.pull_all(spec)) == [("completions.csv", 1)]
    notes = sorted(path.name for path in (world.data / "pulls" / "transcripts").glob("*.failed.json"))
    assert notes == ["courses.failed.json", "skills.failed.json"]
    assert [name for name, _ in landed(world.pull_all(drop(server, feeds=feeds)))] == ["courses.csv", "skills.csv"]
    assert world.reasons() == ""

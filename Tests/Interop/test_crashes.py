"""Whatever dies at whatever moment: after another run each row is there exactly once."""
import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import threading
import time

import duckdb
import pytest

from conftest import BIN, lines, record, run, schema, state

TAP = pathlib.Path(__file__).parent / "sequence_tap.py"
TARGET = BIN / "dativo-target-parquet"
KILLS = int(os.environ.get("DATIVO_KILLS", 20))
# Seconds: what all the kills have left undone is done by the last run alone.
PATIENCE = 120 + 3 * KILLS

FAILPOINTS = [
    "log.opened", "log.cleaned", "table.claimed", "object.drafted", "object.linked", "file.begun",
    "file.written", "file.synced", "file.renamed", "commit.staged", "commit.published",
    "commit.moving", "commit.visible", "commit.echoed",
]


class Pipeline:
    """tap | target, run as the supervisor does: with a verdict once the tap has ended well."""

    def __init__(self, folder, **settings):
        self.folder = folder
        self.out = folder / "out"
        self.config = folder / "target.json"
        settings = {
            "destination": str(self.out),
            "checkpoint_interval": {"rows": 50, "bytes": None, "seconds": None},
            **settings,
        }
        self.config.write_text(json.dumps(settings))

    def last_state(self):
        result = run("dativo-target-parquet", "--config", self.config, "--last-state")
        assert result.code == 0, result
        return json.loads(result.out)

    def run(self, *tap, failpoint=None, kill=None, verdict=True, config=None):
        """One run from the last committed STATE; the target's exit code and stderr.

        `kill` is (which, seconds): the tap or the target gets SIGKILL after that time. `config` is
        another configuration than the pipeline's own. Both are in `processes` meanwhile.
        """
        (self.folder / "state.json").write_text(json.dumps(self.last_state()["state"]))
        command = [sys.executable, str(TAP), *map(str, tap), "--state", self.folder / "state.json"]
        environment = {**os.environ}
        if failpoint:
            environment["DATIVO_FAILPOINT"] = failpoint
        mine, theirs = None, None
        if verdict:
            theirs, mine = os.pipe()
            environment["DATIVO_VERDICT_FD"] = str(theirs)
        source = subprocess.Popen(command, stdout=subprocess.PIPE)
        target = subprocess.Popen(
            [TARGET, "--config", config or self.config],
            stdin=source.stdout,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            pass_fds=[theirs] if verdict else [],
        )
        source.stdout.close()
        self.processes = {"tap": source, "target": target}
        if verdict:
            os.close(theirs)
        if kill:
            threading.Timer(kill[1], self.processes[kill[0]].kill).start()

        def judge():
            well = source.wait() == 0
            if verdict:
                try:
                    os.write(mine, b"1" if well else b"")
                except BrokenPipeError:
                    pass
                os.close(mine)

        judge = threading.Thread(target=judge)
        judge.start()
        self.told, self.errors = target.communicate(timeout=PATIENCE)
        judge.join()
        self.tap_code = source.returncode
        return target.returncode

    @property
    def failure(self):
        return json.loads(self.errors.decode().strip().splitlines()[-1])

    def rows(self):
        """The row numbers that plain globs see."""
        found = []
        for stream in ("orders", "items"):
            if any((self.out / stream).rglob("*.parquet")):
                glob = self.out / stream / "**/*.parquet"
                found += [row for row, in duckdb.sql(f"select id from '{glob}'").fetchall()]
        return sorted(found)

    def finish(self, end):
        """Runs until all is loaded, then checks every promise."""
        assert self.run(end) == 0, self.errors
        self.check(end)

    def check(self, end):
        assert self.rows() == list(range(1, end + 1))
        assert self.last_state()["state"] == {"row": end}
        staging = self.out / "_dativo" / "default" / "staging"
        left = [path for path in staging.rglob("*") if path.is_file()]
        assert left == [], "what killed writers left is cleared away"


@pytest.fixture
def pipeline(tmp_path):
    return Pipeline(tmp_path)


@pytest.fixture
def divided(tmp_path):
    return Pipeline(tmp_path, partition_by=["id"], partition_columns_in_file=True)


def test_folders_of_a_divided_table_survive_a_kill_anywhere(divided):
    killed = []
    for number, name in enumerate(FAILPOINTS):
        if divided.run(10 + 5 * number, failpoint=f"{name}:kill") == -signal.SIGKILL:
            killed.append(name)
        assert len(divided.rows()) == len(set(divided.rows()))
    # Its owner is claimed once, before the run that is to be killed there.
    assert set(FAILPOINTS) - set(killed) <= {"table.claimed"}
    divided.finish(10 + 5 * len(FAILPOINTS))


@pytest.mark.parametrize("time", [1, 2, 3])
@pytest.mark.parametrize("name", FAILPOINTS)
def test_killed_at_a_failpoint(pipeline, name, time):
    code = pipeline.run(200, failpoint=f"{name}:kill:{time}")
    # Points of the opening are passed once or twice in a run.
    opening = name in ("log.opened", "log.cleaned", "table.claimed")
    assert code == -signal.SIGKILL or (opening and time > 1 and code == 0)
    told = [json.loads(line)["row"] for line in pipeline.told.splitlines()]
    assert (pipeline.last_state()["state"] or {"row": 0})["row"] >= max(told, default=0)
    seen = pipeline.rows()
    assert len(seen) == len(set(seen)), "no row is visible twice, not even now"
    pipeline.finish(200)


def test_killed_again_while_recovering(pipeline):
    """Each run dies at the next failpoint; the last one finishes."""
    for number, name in enumerate(FAILPOINTS):
        pipeline.run(100 + 50 * number, failpoint=f"{name}:kill")
        assert len(pipeline.rows()) == len(set(pipeline.rows()))
    pipeline.finish(100 + 50 * len(FAILPOINTS))


def test_a_failpoint_that_does_not_exist_is_refused(pipeline):
    assert pipeline.run(10, failpoint="commit.nowhere:kill") == 64
    assert "commit.published" in pipeline.failure["message"]


def test_random_kills(pipeline):
    """Either process dies at a random moment, again and again."""
    seed = int(os.environ.get("DATIVO_SEED", time.time_ns() % 10**9))
    print("DATIVO_SEED", seed)
    dice = random.Random(seed)
    end = 0
    for _ in range(KILLS):
        end += 1000
        victim = dice.choice(["tap", "target"])
        pipeline.run(end, "--pause", 0.01, kill=(victim, dice.uniform(0.02, 0.4)))
        seen = pipeline.rows()
        assert len(seen) == len(set(seen)), f"seed {seed}"
    assert pipeline.run(end) == 0, f"seed {seed}: {pipeline.errors}"
    pipeline.check(end)


def test_a_tap_that_fails_after_its_last_state_leaves_no_tail(pipeline):
    """Under a supervisor: no verdict, no tail."""
    assert pipeline.run(200, "--die", 120) == 75
    assert pipeline.failure["kind"] == "temporary"
    assert "rows after the last STATE were not committed" in pipeline.failure["message"]
    assert pipeline.rows() == list(range(1, 101))
    assert pipeline.told.splitlines()[-1] == b'{"row": 100}'
    pipeline.finish(200)


def test_a_cut_line_is_no_clean_end(pipeline):
    """In a plain shell pipe a tap that dies in the middle of a line."""
    assert pipeline.run(200, "--die", "120:cut", verdict=False) == 65
    assert pipeline.failure["message"].endswith("the input ends in the middle of a line")
    assert pipeline.rows() == list(range(1, 101))
    pipeline.finish(200)


def test_a_clean_end_in_a_plain_pipe_commits_the_tail(tmp_path):
    rows = [schema("orders", {"id": {"type": "integer"}})]
    rows += [record("orders", {"id": 1}), state({"row": 1}), record("orders", {"id": 2})]
    for tail, expected in (("commit", [1, 2]), ("discard", [1])):
        pipeline = Pipeline(tmp_path, tail=tail, destination=str(tmp_path / tail))
        pipeline.out = tmp_path / tail
        result = run("dativo-target-parquet", "--config", pipeline.config, stdin=lines(*rows))
        assert result.code == 0 and result.out == '{"row": 1}\n'
        assert pipeline.rows() == expected


def test_sigterm_commits_what_the_last_state_covers(pipeline):
    """A drain: what is covered is committed and told, then 143."""
    target = subprocess.Popen(
        [TARGET, "--config", pipeline.config],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    target.stdin.write(
        lines(
            schema("orders", {"id": {"type": "integer"}}),
            record("orders", {"id": 1}), state({"row": 1}), record("orders", {"id": 2}),
        )
    )
    target.stdin.flush()
    time.sleep(1)
    target.terminate()
    told, _ = target.communicate(timeout=30)
    assert target.returncode == 143
    assert told == b'{"row": 1}\n'
    assert pipeline.rows() == [1]


# Two writers.


def test_a_second_writer_of_one_pipeline_waits_its_turn(pipeline):
    first = subprocess.Popen(
        [TARGET, "--config", pipeline.config], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    while not (pipeline.out / "_dativo" / "default" / "lock").exists():
        time.sleep(0.02)
    time.sleep(0.2)
    second = run("dativo-target-parquet", "--config", pipeline.config)
    assert second.code == 75
    assert second.failure["message"] == "another process is writing as pipeline default"
    messages = lines(
        schema("orders", {"id": {"type": "integer"}}), record("orders", {"id": 1}), state({"row": 1})
    )
    told, _ = first.communicate(messages, timeout=30)
    assert first.returncode == 0 and told == b'{"row": 1}\n'
    assert pipeline.rows() == [1]


def two_pipelines(tmp_path, first, second):
    results = []
    for name, settings in (("one", first), ("two", second)):
        config = tmp_path / f"{name}.json"
        config.write_text(
            json.dumps({"destination": str(tmp_path / "out"), "pipeline": name, **settings})
        )
        messages = lines(
            schema("orders", {"id": {"type": "integer"}}),
            record("orders", {"id": len(results)}),
            state({"of": name}),
        )
        results.append(run("dativo-target-parquet", "--config", config, stdin=messages))
    glob = tmp_path / "out" / "orders" / "*.parquet"
    rows = duckdb.sql(f"select id from '{glob}' order by id").fetchall()
    return results, [row for row, in rows]


def test_a_table_has_one_owner(tmp_path):
    (one, two), rows = two_pipelines(tmp_path, {}, {})
    assert one.code == 0 and two.code == 78
    assert two.failure["message"] == "the table orders belongs to pipeline one"
    assert "shared" in two.failure["hint"]
    assert rows == [0] and two.out == ""


@pytest.mark.parametrize("settings", [({"shared": True}, {}), ({}, {"shared": True})])
def test_one_side_alone_cannot_share(tmp_path, settings):
    (one, two), rows = two_pipelines(tmp_path, *settings)
    assert (one.code, two.code) == (0, 78) and rows == [0]


def test_both_may_share(tmp_path):
    for _ in range(2):
        (one, two), rows = two_pipelines(tmp_path, {"shared": True}, {"shared": True})
        assert (one.code, two.code) == (0, 0)
    assert rows == [0, 0, 1, 1]


def test_an_owner_may_share_later(tmp_path):
    two_pipelines(tmp_path, {}, {})
    (one, two), rows = two_pipelines(tmp_path, {"shared": True}, {"shared": True})
    assert (one.code, two.code) == (0, 0) and rows == [0, 0, 1]


def test_a_schema_without_rows_makes_no_owner(tmp_path):
    """A pipeline whose name was mistyped does not keep the right one out."""
    config = tmp_path / "wrong.json"
    config.write_text(json.dumps({"destination": str(tmp_path / "out"), "pipeline": "wrong"}))
    messages = lines(schema("orders", {"id": {"type": "integer"}}))
    assert run("dativo-target-parquet", "--config", config, stdin=messages).code == 0
    (one, _), rows = two_pipelines(tmp_path, {}, {})
    assert one.code == 0 and rows == [0]


# The log.


def test_a_replaced_tap_is_noticed_and_reset_goes_on(tmp_path):
    messages = lines(schema("orders", {"id": {"type": "integer"}}), record("orders", {"id": 1}))
    def load(source, *arguments):
        config = tmp_path / "t.json"
        config.write_text(json.dumps({"destination": str(tmp_path / "out"), "source": source}))
        return run("dativo-target-parquet", "--config", config, *arguments,
                   stdin=messages + lines(state({"row": 1})))
    assert load("shop-a").code == 0
    refused = load("shop-b")
    assert refused.code == 78 and "shop-a" in refused.failure["message"]
    assert load("shop-b", "--reset-state").code == 0
    assert json.loads(load("shop-b", "--last-state").out)["state"] is None
    assert load("shop-b").code == 0


def test_a_deleted_log_never_replaces_files(pipeline):
    pipeline.finish(100)
    (pipeline.out / "_dativo").rename(pipeline.folder / "gone")
    before = {path: path.read_bytes() for path in pipeline.out.rglob("*.parquet")}
    assert pipeline.run(100) == 78
    assert "has files that no commit log knows" in pipeline.failure["message"]
    assert "Was the folder _dativo deleted?" in pipeline.failure["hint"]
    assert {path: path.read_bytes() for path in pipeline.out.rglob("*.parquet")} == before


def test_a_deleted_data_file_of_an_unfinished_commit_stops_everything(pipeline):
    assert pipeline.run(100, failpoint="commit.published:kill") == -signal.SIGKILL
    for path in (pipeline.out / "_dativo").rglob("*.staged"):
        path.unlink()
    assert pipeline.run(100) == 70
    assert "commit 2 names data that no longer exists" in pipeline.failure["message"]
    assert not list(pipeline.out.rglob("*.parquet"))


def test_a_commit_that_was_changed_by_hand_is_noticed(pipeline):
    pipeline.finish(100)
    commits = sorted((pipeline.out / "_dativo/default/commits").glob("*.json"))
    commits[-2].write_text(commits[-2].read_text().replace('"rows":', '"rows": '))
    for arguments in ([], ["--last-state"]):
        result = run("dativo-target-parquet", "--config", pipeline.config, *arguments)
        assert result.code == 70
        assert "commit 3 does not follow the one before it" in result.failure["message"]


def test_a_long_log_is_folded_and_opens_the_same(pipeline):
    assert pipeline.run(50 * 230) == 0
    pipeline.check(50 * 230)
    log = pipeline.out / "_dativo" / "default"
    snapshots = [json.loads(path.read_text()) for path in sorted((log / "snapshots").glob("*"))]
    assert [snapshot["sequence"] for snapshot in snapshots] == [100, 200]
    assert [snapshot["previous"] for snapshot in snapshots] == [0, 100]
    assert sum(file["rows"] for shot in snapshots for file in shot["files"]) == 50 * 199
    assert pipeline.last_state()["sequence"] == 231
    pipeline.finish(50 * 240)


@pytest.mark.parametrize("time", [1, 2])
def test_killed_when_a_snapshot_is_whole(pipeline, time):
    assert pipeline.run(50 * 220, failpoint=f"log.folded:kill:{time}") == -signal.SIGKILL
    pipeline.finish(50 * 220)


# Disks and folders.


def test_a_full_disk_loses_nothing(tmp_path):
    if os.geteuid() != 0:
        pytest.fail("needs root: mounts a small tmpfs")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "none", disk], check=True)
    try:
        pipeline = Pipeline(tmp_path, destination=str(disk / "out"))
        pipeline.out = disk / "out"
        assert pipeline.run(5000) == 74
        assert "No space left on device" in pipeline.failure["message"]
        assert "disk is full" in pipeline.failure["hint"]
        told = [json.loads(line)["row"] for line in pipeline.told.splitlines()]
        assert pipeline.last_state()["state"]["row"] >= told[-1] > 0
        assert len(pipeline.rows()) == len(set(pipeline.rows())) >= told[-1]
        subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
        pipeline.finish(5000)
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_limit_on_file_size_loses_nothing(pipeline):
    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))

    messages = [schema("orders", {"id": {"type": "integer"}, "text": {"type": "string"}})]
    for row in range(1, 201):
        messages.append(record("orders", {"id": row, "text": os.urandom(16).hex()}))
        if row in (10, 200):
            messages.append(state({"row": row}))
    pipeline.config.write_text(
        json.dumps({"destination": str(pipeline.out), "checkpoint_interval": {"rows": 1}})
    )
    done = subprocess.run(
        [TARGET, "--config", pipeline.config], input=lines(*messages), capture_output=True,
        preexec_fn=limited,
    )
    assert done.returncode == 74, done
    assert b"File too large" in done.stderr
    assert done.stdout == b'{"row": 10}\n'
    assert pipeline.rows() == list(range(1, 11))
    assert pipeline.last_state()["state"] == {"row": 10}


@pytest.mark.parametrize("destination", ["file/out", "file", "/proc/out"])
def test_a_folder_that_cannot_be_written(tmp_path, destination):
    (tmp_path / "file").write_text("not a folder")
    pipeline = Pipeline(tmp_path, destination=str(tmp_path / destination))
    result = run("dativo-target-parquet", "--config", pipeline.config)
    assert result.code == 74, result
    assert destination.split("/")[0] in result.failure["message"]
    assert result.out == ""


def test_a_read_only_folder(tmp_path):
    if os.geteuid() != 0:
        pytest.fail("needs root: mounts a folder read-only")
    (tmp_path / "disk").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", tmp_path / "disk"], check=True)
    try:
        pipeline = Pipeline(tmp_path, destination=str(tmp_path / "disk/out"))
        result = run("dativo-target-parquet", "--config", pipeline.config)
        assert result.code == 74
        assert "Read-only file system" in result.failure["message"]
        assert result.failure["hint"] == "Check who may write there."
    finally:
        subprocess.run(["umount", tmp_path / "disk"], check=True)


def test_a_destination_that_moves_takes_its_unfinished_commit_along(pipeline):
    assert pipeline.run(100, failpoint="commit.published:kill") == -signal.SIGKILL
    moved = pipeline.folder / "elsewhere"
    pipeline.out.rename(moved)
    pipeline.config.write_text(json.dumps({"destination": "elsewhere"}))
    pipeline.out = moved
    (pipeline.folder / "state.json").write_text("{}")
    result = run("dativo-target-parquet", "--config", "target.json", cwd=pipeline.folder)
    assert result.code == 0
    assert pipeline.rows() == list(range(1, 51))


def test_a_destination_that_moves_while_it_is_written(pipeline):
    target = subprocess.Popen(
        [TARGET, "--config", pipeline.config], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    first = [schema("orders", {"id": {"type": "integer"}})]
    first += [record("orders", {"id": row}) for row in range(1, 51)] + [state({"row": 50})]
    target.stdin.write(lines(*first))
    target.stdin.flush()
    assert target.stdout.readline() == b'{"row": 50}\n'
    pipeline.out.rename(pipeline.folder / "elsewhere")
    rest = [record("orders", {"id": row}) for row in range(51, 61)] + [state({"row": 60})]
    target.communicate(lines(*rest), timeout=30)
    assert target.returncode == 0
    assert not pipeline.out.exists()
    pipeline.out = pipeline.folder / "elsewhere"
    assert pipeline.rows() == list(range(1, 61))

"""`dativo run` and `dativo state` as users run them, with taps that misbehave."""
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import textwrap
import time
import uuid

import duckdb
import pytest

from conftest import BIN, ROOT

TAP = ROOT / "Tests/Conformance/Hostile/tap.py"
KILLS = int(os.environ.get("DATIVO_KILLS", "20"))
SEED = int(os.environ.get("DATIVO_SEED", "0")) or random.randrange(1 << 32)


class Project:
    """A folder with a job, and what is left of its processes."""

    def __init__(self, folder):
        self.folder, self.mark = folder, uuid.uuid4().hex

    def job(self, source=None, target=None, name="orders", extra="", tap=TAP, file="job.yaml"):
        source = {"rows": 1000, **(source or {})}
        program = f"command: [{sys.executable}, {tap}]"
        target = target or f"target: parquet\nconfig: {json.dumps({'destination': 'out'})}"
        text = f"""\
apiVersion: dativo/v1
kind: Job
tenant: acme
name: {name}
source:
  {program}
  config: {json.dumps(source)}
target:
{textwrap.indent(target, '  ')}
retry: {{attempts: 3, initial_seconds: 0.05, max_seconds: 0.2}}
{extra}
"""
        (self.folder / file).write_text(text)

    @property
    def environment(self):
        return {**os.environ, "DATIVO_TEST_MARK": self.mark}

    def start(self, *arguments):
        return subprocess.Popen(
            [str(BIN / "dativo"), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def dativo(self, *arguments, timeout=120):
        process = self.start(*arguments)
        try:
            process.out, process.err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return process

    def run(self, *arguments, code=0):
        done = self.dativo("run", "job.yaml", *arguments)
        assert done.returncode == code, f"exit {done.returncode}\n{done.err}"
        assert self.processes() == []
        return done

    def processes(self):
        """Processes of this project that live, by their command lines."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() not in (entry / "environ").read_bytes():
                    continue
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
                if state != "Z":
                    found.append((int(entry.name), (entry / "cmdline").read_bytes()))
            except OSError:
                continue
        return found

    def stage(self, word):
        """The number of the process whose command line has `word`."""
        own = os.getpid()
        return next((p for p, line in self.processes() if word in line and p != own), None)

    def ids(self):
        files = self.folder / "out/orders"
        if not list(files.glob("*.parquet")):
            return []
        query = f"select id from read_parquet('{files}/*.parquet') order by id"
        return [row[0] for row in duckdb.sql(query).fetchall()]

    def record(self):
        newest = max((self.folder / ".dativo/runs").glob("*.json"), key=os.path.getmtime)
        return json.loads(newest.read_text())

    def wait(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.02)
        raise AssertionError("it did not happen in time")


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path)
    yield made
    for number, _ in made.processes():
        os.kill(number, signal.SIGKILL)


def test_a_run_loads_every_row_once_and_a_second_nothing(project):
    project.job()
    first = project.run()
    assert project.ids() == list(range(1000))
    assert "acme.orders: done" in first.err
    assert "1,000 rows read = 1,000 committed" in first.err
    record = project.record()
    assert record["outcome"] == "success" and record["exit"] == 0
    assert record["delivery"] == "exactly-once"
    assert record["rows"]["read"] == 1000 and record["rows"]["committed"] == 1000
    assert [s["code"] for s in record["attempts"][0]["stages"]] == [0, 0, 0]
    project.run()
    assert project.ids() == list(range(1000))
    assert project.record()["rows"]["committed"] == 0
    # Configurations may hold secrets: none stays.
    assert not list((project.folder / ".dativo").glob("run/**/*.json"))


def test_json_is_one_object_on_standard_output(project):
    project.job()
    done = project.run("--json", "--no-progress")
    envelope = json.loads(done.out)
    assert envelope["command"] == "run" and envelope["ok"] is True and envelope["exit"] == 0
    assert envelope["errors"] == []
    assert envelope["result"]["rows"]["committed"] == 1000


def test_private_files_are_private(project):
    project.job({"delay": 0.3, "secret_token": "s3cret"})
    process = project.start("run", "job.yaml")
    config = project.wait(
        lambda: next(iter((project.folder / ".dativo/run").glob("**/tap.config.json")), None)
    )
    assert config.stat().st_mode & 0o777 == 0o600
    assert config.parent.stat().st_mode & 0o777 == 0o700
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert not config.exists()
    plan = project.dativo("plan", "job.yaml")
    assert plan.returncode == 0, plan.err
    assert "s3cret" not in plan.out + plan.err


BAD = """\
import json
print(json.dumps({"type": "SCHEMA", "stream": "orders", "key_properties": ["id"], "schema":
    {"type": "object", "properties": {"id": {"type": "integer"}, "n": {"type": "integer"}}}}))
for i in range(100):
    value = "many" if i % 10 == 0 else i
    print(json.dumps({"type": "RECORD", "stream": "orders", "record": {"id": i, "n": value}}))
print(json.dumps({"type": "STATE", "value": {"done": True}}))
"""


def test_quarantined_records_make_a_run_partial(project):
    tap = project.folder / "bad.py"
    tap.write_text(BAD)
    project.job(tap=tap, extra="validation: {mode: quarantine}")
    done = project.run("--json", code=1)
    record = json.loads(done.out)["result"]
    assert record["outcome"] == "partial"
    assert record["rows"] == {
        "read": 100, "passed": 90, "violating": 10, "quarantined": 10, "committed": 90,
        "adds_up": True,
    }
    assert "100 rows read = 90 committed + 10 quarantined" in done.err
    assert project.ids() == [i for i in range(100) if i % 10]
    kept = project.folder / ".dativo/quarantine/acme/orders.jsonl"
    assert len(kept.read_text().splitlines()) == 10


def test_a_violation_in_strict_mode_fails_the_run_and_names_it(project):
    tap = project.folder / "bad.py"
    tap.write_text(BAD)
    project.job(tap=tap)
    done = project.run(code=2)
    assert project.record()["failure"]["stage"] == "validate"
    assert project.record()["failure"]["code"] == 65
    assert "many" in done.err and "orders" in done.err
    assert project.ids() == []


def test_progress_on_a_terminal_is_one_line_that_is_rewritten(project):
    import pty

    project.job({"rows": 3000, "delay": 0.03})
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(BIN / "dativo"), "run", "job.yaml"],
        cwd=project.folder,
        env={**project.environment, "TERM": "xterm", "NO_COLOR": ""},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    output = b""
    while True:
        try:
            block = os.read(ours, 65536)
        except OSError:
            break
        if not block:
            break
        output += block
    assert process.wait(timeout=30) == 0
    text = output.decode()
    assert re.search(r"\r\x1b\[K[\d,]+ rows committed, [\d,]+ read", text)
    assert "\x1b[32macme.orders: done" in text


# Taps that fail


def test_a_tap_that_exits_1_at_once_is_tried_twice(project):
    project.job({"exit_at": 0, "exit": 1, "stderr": "the database said no"})
    done = project.run(code=2)
    assert len(project.record()["attempts"]) == 2
    assert "exited with 1" in done.err and "the database said no" in done.err
    assert "failed twice without committing anything" in done.err
    assert project.ids() == []


def test_a_tap_that_exits_1_after_rows_keeps_what_its_state_covers(project):
    project.job({"exit_at": 250, "exit": 1})
    project.run(code=2)
    assert project.ids() == list(range(200))
    assert project.record()["state"]["after"] == {"bookmarks": {"orders": {"last": 200}}}
    project.job()
    project.run()
    assert project.ids() == list(range(1000))


def test_a_tap_that_fails_once_is_resumed_within_the_run(project):
    project.job({"exit_at": 250, "exit": 1, "once": str(project.folder / "once")})
    done = project.run()
    assert len(project.record()["attempts"]) == 2
    assert "trying again in" in done.err
    assert project.ids() == list(range(1000))
    assert project.record()["rows"]["committed"] == 1000


@pytest.mark.parametrize("code", [65, 70, 77, 78])
def test_a_code_that_would_come_again_is_not_tried_again(project, code):
    project.job({"exit_at": 150, "exit": code})
    project.run(code=2)
    assert len(project.record()["attempts"]) == 1
    assert project.record()["failure"]["code"] == code
    assert project.ids() == list(range(100))


def test_temporary_failures_are_tried_as_often_as_the_job_says(project):
    project.job({"exit_at": 0, "exit": 75})
    done = project.run(code=2)
    assert len(project.record()["attempts"]) == 3
    assert "all 3 attempts failed" in done.err


@pytest.mark.parametrize("byte", [1, 60, 150, 5_000, 9_999, 40_000])
def test_a_tap_killed_at_a_byte_loses_and_repeats_nothing(project, byte):
    project.job({"die_at_byte": byte, "once": str(project.folder / "once")})
    project.run()
    assert project.ids() == list(range(1000))
    first = project.record()["attempts"][0]
    assert first["stages"][0]["signal"] == "SIGKILL"
    assert first["failure"]["stage"] == "tap"
    assert "out of memory" in first["failure"]["hint"]


def test_half_a_line_is_not_taken_for_a_row(project):
    project.job({"half_line_at": 450, "exit": 0})
    done = project.run(code=2)
    assert project.ids() == list(range(400))
    assert "middle of a line" in done.err or "unfinished" in done.err or "cut" in done.err


def test_rows_after_the_last_state_come_only_with_a_clean_end(project):
    project.job({"tail": 50, "exit": 1})
    project.run(code=2)
    assert project.ids() == list(range(900))
    assert len(project.ids()) == len(set(project.ids()))


def test_the_tail_of_a_clean_end_is_committed(project):
    project.job({"tail": 50})
    project.run()
    assert project.ids() == list(range(1000))


def test_a_silent_tap_is_ended_and_named(project):
    project.job({"hang_at": 350}, extra="stall_seconds: 1")
    started = time.monotonic()
    done = project.run(code=2)
    assert "sent nothing for 1 s" in done.err
    assert project.ids() == list(range(300))
    assert time.monotonic() - started < 60


def test_a_silent_tap_that_ignores_sigterm_is_killed(project):
    project.job(
        {"hang_at": 350, "ignore_term": True, "once": str(project.folder / "once")},
        extra="stall_seconds: 1",
    )
    project.run()
    first = project.record()["attempts"][0]["stages"][0]
    assert first["sent"] == "SIGTERM" and first["signal"] == "SIGKILL"
    assert project.ids() == list(range(1000))


def test_a_flood_on_standard_error_neither_blocks_nor_floods(project):
    project.job({"flood": 200_000})
    done = project.run()
    assert project.ids() == list(range(1000))
    assert len(done.err.splitlines()) < 3000
    hidden = sum(int(n) for n in re.findall(r"… (\d+) lines not shown", done.err))
    shown = len(re.findall(r"^tap \| flood", done.err, re.M))
    assert hidden + shown == 200_000


def test_a_line_without_end_on_standard_error_takes_no_memory(project):
    project.job({"flood_line": 100 << 20, "exit_at": 0, "exit": 70})
    done = project.run(code=2)
    assert len(done.err) < 50_000


def test_a_process_left_behind_does_not_outlive_the_run(project):
    project.job({"leave": 3600})
    started = time.monotonic()
    done = project.run(code=2)
    assert "left processes behind" in done.err
    assert time.monotonic() - started < 30
    # What was left held the pipe open: nothing says that the rows after the last state are all.
    assert project.ids() == list(range(1000))


# Signals to dativo


@pytest.mark.parametrize(
    "number, code, behaviour",
    [
        (signal.SIGINT, 130, {"on_term": "drain"}),
        (signal.SIGTERM, 143, {"on_term": "drain"}),
        (signal.SIGTERM, 143, {}),
    ],
)
def test_a_signal_drains_and_commits(project, number, code, behaviour):
    project.job({"rows": 5000, "delay": 0.05, **behaviour})
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    time.sleep(0.7)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code, err
    assert project.processes() == []
    assert "interrupted" in err
    record = project.record()
    assert record["outcome"] == "interrupted" and record["exit"] == code
    ids = project.ids()
    assert ids == list(range(len(ids)))
    assert record["state"]["after"]["bookmarks"]["orders"]["last"] == len(ids) > 0
    project.job({"rows": 5000})
    project.run()
    assert project.ids() == list(range(5000))


def test_a_second_signal_stops_everything_at_once(project):
    project.job({"rows": 5000, "delay": 0.1, "ignore_term": True})
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=5)
    assert process.returncode == 130
    assert project.processes() == []
    project.job({"rows": 5000})
    project.run()
    assert project.ids() == list(range(5000))


def test_a_signal_while_waiting_to_try_again(project):
    project.job({"exit_at": 0, "exit": 75})
    text = (project.folder / "job.yaml").read_text()
    (project.folder / "job.yaml").write_text(
        text.replace("initial_seconds: 0.05, max_seconds: 0.2", "initial_seconds: 600, max_seconds: 600")
    )
    process = project.start("run", "job.yaml")
    project.wait(lambda: process.stderr.readline().count("trying again"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 143


# Kills


@pytest.mark.parametrize("seed", range(KILLS))
def test_kill_9_of_any_process_at_any_moment(project, seed):
    """Each seed kills one stage, or dativo itself, a few times; then the run goes on."""
    chance = random.Random(SEED + seed)
    print("seed", SEED + seed)
    rows, every = 2000, chance.choice([7, 50, 300])
    source = {"rows": rows, "every": every, "delay": 0.01}
    project.job(source)
    for _ in range(3):
        process = project.start("run", "job.yaml")
        victim = chance.choice([b"tap.py", b"dativo-validate", b"dativo-target-parquet", None])
        time.sleep(chance.uniform(0.05, 1.2))
        if victim is None:
            process.kill()
        elif number := project.stage(victim):
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.communicate(timeout=60)
        project.wait(lambda: project.processes() == [], seconds=10)
        ids = project.ids()
        assert len(ids) == len(set(ids)), "a row is there twice"
    project.job({"rows": rows, "every": every})
    project.run()
    assert project.ids() == list(range(rows))


def test_dativo_killed_leaves_no_process_and_no_secret(project):
    project.job({"rows": 100_000, "delay": 0.05, "leave": 3600, "ignore_term": True})
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    time.sleep(0.3)
    process.kill()
    process.communicate()
    project.wait(lambda: project.processes() == [], seconds=5)
    project.job()
    project.run()
    assert project.ids() == list(range(1000))
    assert not list((project.folder / ".dativo/run").glob("**/*.json"))


# States and sources


def test_after_a_reset_the_next_run_replaces_the_rows(project):
    project.job()
    project.run()
    reset = project.dativo("state", "reset", "job.yaml", "--reason", "the source was mended", "--json")
    assert reset.returncode == 0, reset.err
    assert json.loads(reset.out)["result"]["state"] is None
    # Until then readers see what was there.
    assert project.ids() == list(range(1000))
    shown = project.dativo("state", "show", "job.yaml")
    assert "none: everything is loaded" in shown.out
    project.run()
    assert project.ids() == list(range(1000))
    assert project.record()["rows"]["committed"] == 1000
    commits = (project.folder / "out/_dativo/acme.orders/commits").glob("*.json")
    assert any("the source was mended" in c.read_text() for c in commits)


def test_a_reset_that_keeps_rows_adds_to_them(project):
    project.job()
    project.run()
    assert project.dativo("state", "reset", "job.yaml", "--keep-rows").returncode == 0
    project.run()
    assert sorted(project.ids()) == sorted(list(range(1000)) * 2)


def test_the_state_of_one_stream_is_reset(project):
    project.job()
    project.run()
    wrong = project.dativo("state", "reset", "job.yaml", "--stream", "oders")
    assert wrong.returncode == 64 and "orders" in wrong.err
    assert project.dativo("state", "reset", "job.yaml", "--stream", "orders").returncode == 0
    shown = json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]
    assert shown["state"] == {"bookmarks": {}}


def test_full_refresh_loads_everything_in_place_of_what_is_there(project):
    project.job()
    project.run()
    project.run("--full-refresh")
    assert project.ids() == list(range(1000))


def test_another_tap_is_refused_until_the_user_chooses(project):
    project.job()
    project.run()
    other = project.folder / "other.py"
    other.write_text(TAP.read_text())
    project.job(tap=other)
    done = project.run(code=2)
    assert project.record()["failure"]["code"] == 78
    assert "source has changed" in done.err
    assert "--full-refresh" in done.err and "state accept" in done.err
    assert project.ids() == list(range(1000))
    assert project.dativo("state", "accept", "job.yaml").returncode == 0
    project.job({"rows": 1500}, tap=other)
    project.run()
    assert project.ids() == list(range(1500))
    project.job({"rows": 10})
    project.run("--full-refresh")
    assert project.ids() == list(range(10))


def test_a_secret_that_changes_is_no_other_source(project):
    project.job({"password": "a", "page_size": 10})
    project.run()
    project.job({"password": "b", "page_size": 20, "rows": 1100})
    project.run()
    assert project.ids() == list(range(1100))
    project.job({"password": "b", "host": "elsewhere"})
    project.run(code=2)
    assert project.record()["failure"]["code"] == 78


def test_a_destination_that_was_deleted_is_loaded_again(project):
    project.job()
    project.run()
    subprocess.run(["rm", "-rf", project.folder / "out"], check=True)
    done = project.run()
    assert "no commits any more" in done.err
    assert project.ids() == list(range(1000))


def test_a_store_that_was_deleted_does_no_harm(project):
    project.job({"rows": 500})
    project.run()
    subprocess.run(["rm", "-rf", project.folder / ".dativo"], check=True)
    project.job()
    project.run()
    assert project.ids() == list(range(1000))


def test_a_corrupt_state_file_is_an_error_that_names_the_backup(project):
    project.job({"rows": 300})
    project.run()
    project.job({"rows": 400})
    project.run()
    file = project.folder / ".dativo/state/acme/orders.json"
    file.write_text(file.read_text()[:40])
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 78
    assert str(file) + ":" in done.err
    backup = pathlib.Path(str(file) + ".backup")
    assert str(backup) in done.err and json.loads(backup.read_text())["sequence"] > 0
    file.unlink()
    project.run()
    assert project.ids() == list(range(400))


# Several runs


def test_a_second_run_of_the_same_job_is_told_to_wait(project):
    project.job({"rows": 5000, "delay": 0.1})
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    second = project.dativo("run", "job.yaml")
    assert second.returncode == 75
    assert "another run of acme.orders is under way" in second.err
    reset = project.dativo("state", "reset", "job.yaml")
    assert reset.returncode == 75
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130


def test_another_job_does_not_write_into_a_table_that_is_taken(project):
    project.job()
    project.run()
    project.job(name="copies")
    done = project.run(code=2)
    assert project.record()["failure"]["code"] == 78
    assert "acme.orders" in done.err
    assert project.ids() == list(range(1000))


# Programs of other people


FOREIGN = """\
import json, sys, signal
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
state = None
with open(config["file"], "a") as out:
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "RECORD":
            out.write(json.dumps(message["record"]) + "\\n")
        if message["type"] == "STATE":
            state = message["value"]
            out.flush()
            if config.get("each"):
                print(json.dumps(state), flush=True)
        if config.get("stop_after"):
            sys.exit(0)
        if config.get("fail"):
            print("no room here", file=sys.stderr)
            sys.exit(config["fail"])
if state and not config.get("each"):
    print(json.dumps(state), flush=True)
"""


@pytest.fixture
def foreign(project):
    program = project.folder / "target.py"
    program.write_text(FOREIGN)

    def make(**config):
        config = {"file": "rows.jsonl", **config}
        return f"command: [{sys.executable}, {program}]\nconfig: {json.dumps(config)}"

    return make


def test_a_foreign_target_is_at_least_once_and_its_state_is_kept(project, foreign):
    project.job(target=foreign())
    project.run()
    lines = (project.folder / "rows.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(1000))
    record = project.record()
    assert record["delivery"] == "at-least-once"
    assert "committed" not in record["rows"]
    project.job({"rows": 1200}, target=foreign(each=True))
    project.run()
    lines = (project.folder / "rows.jsonl").read_text().splitlines()
    assert len(lines) == 1200
    shown = json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]
    assert shown["state"] == {"bookmarks": {"orders": {"last": 1200}}}


def test_a_target_that_ends_early_with_0_is_no_success(project, foreign):
    project.job({"rows": 200_000}, target=foreign(stop_after=True))
    done = project.run(code=2)
    assert "ended before its input did" in done.err


def test_a_target_that_leaves_a_few_lines_unread_is_no_success(project, foreign):
    """All of it fits into the pipe: nobody sees a broken one."""
    project.job({"rows": 500, "delay": 0.1}, target=foreign(stop_after=True))
    done = project.run(code=2)
    assert "ended before its input did" in done.err


def test_a_program_killed_while_it_is_asked_is_not_taken_for_a_foreign_one(project):
    """Else the target would be given no pipeline, and the tap no state: every row twice."""
    project.job({"rows": 1000})
    project.run()
    tap = project.folder / "tap"
    tap.write_text(f'#!/bin/sh\n[ "$1" != --help ] || kill -9 $$\nexec {sys.executable} {TAP} "$@"\n')
    tap.chmod(0o755)
    job = (project.folder / "job.yaml").read_text()
    (project.folder / "job.yaml").write_text(job.replace(f"[{sys.executable}, {TAP}]", "[./tap]"))
    done = project.run(code=75)
    assert "tap --help was ended by signal 9" in done.err
    assert project.ids() == list(range(1000))


def test_a_tap_that_knows_no_option_is_given_its_state(project):
    """It tells nothing of itself, neither by --about nor by --help."""
    tap = project.folder / "tap.py"
    tap.write_text(
        "import json, sys\n"
        "state = '--state' in sys.argv\n"
        "for id in range(5 * state, 5 + 5 * state):\n"
        "    print(json.dumps({'type': 'SCHEMA', 'stream': 'orders', 'key_properties': [],"
        " 'schema': {'properties': {'id': {'type': 'integer'}}}}))\n"
        "    print(json.dumps({'type': 'RECORD', 'stream': 'orders', 'record': {'id': id}}))\n"
        "print(json.dumps({'type': 'STATE', 'value': {'orders': 1}}))\n"
    )
    project.job(tap=tap)
    project.run()
    assert project.ids() == list(range(5))
    project.run()
    assert project.ids() == list(range(10))


def test_a_target_that_fails_is_to_blame_for_the_broken_pipe(project, foreign):
    project.job({"rows": 200_000}, target=foreign(fail=74))
    done = project.run(code=2)
    assert project.record()["failure"]["stage"] == "target"
    assert "no room here" in done.err
    assert len(project.record()["attempts"]) == 1


# What the user gets wrong


def test_a_program_that_is_not_there(project):
    project.job(tap=TAP)
    text = (project.folder / "job.yaml").read_text()
    (project.folder / "job.yaml").write_text(text.replace(sys.executable, "tap-nowhere"))
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 78
    assert "tap-nowhere" in done.err


def test_a_job_file_that_is_not_there(project):
    done = project.dativo("run", "nowhere.yaml")
    assert done.returncode == 78
    assert "nowhere.yaml" in done.err


def test_no_arguments(project):
    done = project.dativo("run")
    assert done.returncode == 64


def test_a_destination_that_is_a_file(project):
    project.job()
    (project.folder / "out").write_text("")
    done = project.dativo("run", "job.yaml")
    assert done.returncode in (2, 74)
    assert str(project.folder) in done.err or "out" in done.err
    assert project.processes() == []

"""`dativo run` with taps that mean harm: what is left is right, small, and nobody's process lives on."""
import os
import pathlib
import threading
import time

from job_project import project  # noqa: F401 (a fixture)

#: Bytes of a flood on standard error; scripts/soak floods a gigabyte.
FLOOD = int(os.environ.get("DATIVO_FLOOD", 200 << 20))
#: Streams of one tap; scripts/soak has 100,000.
STREAMS = int(os.environ.get("DATIVO_STREAMS", 3000))


class Peaks(threading.Thread):
    """The largest resident set of each program of a project while it runs, by its name."""

    def __init__(self, project):
        super().__init__(daemon=True)
        self.project, self.bytes, self.over = project, {}, False

    def run(self):
        while not self.over:
            for number, line in self.project.processes():
                name = pathlib.Path(line.split(b"\0")[0].decode()).name
                try:
                    status = pathlib.Path(f"/proc/{number}/status").read_text()
                except OSError:
                    continue
                for row in status.splitlines():
                    if row.startswith("VmHWM:"):
                        used = int(row.split()[1]) << 10
                        self.bytes[name] = max(self.bytes.get(name, 0), used)
            time.sleep(0.02)

    def __enter__(self):
        self.start()
        return self.bytes

    def __exit__(self, *_):
        self.over = True
        self.join()


def test_a_flood_on_standard_error_takes_no_memory(project):
    project.job({"flood_bytes": FLOOD})
    with Peaks(project) as peaks:
        done = project.run()
    assert project.ids() == list(range(1000))
    assert len(done.err) < 500_000
    assert peaks["dativo"] < 64 << 20
    logs = sum(path.stat().st_size for path in (project.folder / ".dativo").rglob("*") if path.is_file())
    assert logs < 20 << 20


def test_a_tap_that_closes_its_output_and_runs_on_is_ended(project):
    # Confined, its output stays open until it ends: `idle_timeout` is for that.
    project.job({"close_at": 450, "run_on": 3600}, extra="sandbox: none")
    started = time.monotonic()
    done = project.run(code=2)
    assert time.monotonic() - started < 60
    # Nobody said that those after the last state are all.
    assert project.ids() == list(range(400))
    assert "tap" in done.err


def test_a_tap_that_closes_its_output_and_ends_well_soon_is_fine(project):
    project.job({"close_at": 500, "run_on": 1})
    project.run()
    assert project.ids() == list(range(500))


def test_half_of_the_data_without_any_state(project):
    project.job({"every": 100_000, "exit_at": 500, "exit": 0})
    done = project.run()
    assert project.ids() == list(range(500))
    assert "no STATE" in done.err
    assert project.record()["state"]["after"] is None


def test_a_daemon_of_the_tap_does_not_outlive_the_run(project):
    project.job({"daemon": 3600})
    project.run()
    assert project.ids() == list(range(1000))


def test_a_daemon_of_a_tap_that_ignores_sigterm_neither(project):
    project.job({"daemon": 3600, "ignore_term": True, "hang_at": 250}, extra="idle_timeout: 1s")
    project.run(code=2)
    assert project.ids() == list(range(200))


def test_very_many_streams(project):
    project.job({"streams": STREAMS}, extra="validation: {mode: warn}")
    started = time.monotonic()
    with Peaks(project) as peaks:
        process = project.dativo("run", "job.yaml", timeout=3600)
    print(f"{STREAMS} streams: {time.monotonic() - started:.1f} s, " + str(
        {name: f"{used >> 20} MiB" for name, used in peaks.items()}
    ))
    assert process.returncode == 0, process.err[-3000:]
    assert project.processes() == []
    assert len(list((project.folder / "out").glob("s*/*.parquet"))) == STREAMS
    record = project.record()
    assert record["rows"]["committed"] == STREAMS
    # What a stage takes in any case, and what each stream adds.
    assert peaks["dativo-target-parquet"] < (64 << 20) + 16_384 * STREAMS
    assert peaks["dativo-validate"] < (64 << 20) + 12_288 * STREAMS
    assert peaks["dativo"] < (64 << 20) + 4_096 * STREAMS




def test_a_confined_tap_that_closes_its_output_and_runs_on_is_ended_when_idle(project):
    project.job({"close_at": 450, "run_on": 3600}, extra="idle_timeout: 2s")
    project.run(code=2)
    assert project.ids() == list(range(400))

"""What a project keeps of asking programs: asked once, and again as soon as anything has changed."""
import json
import os
import sys

import pytest

from conftest import ROOT, run
from job_project import project  # noqa: F401 (a fixture)

TAP = """\
#!{python}
import json, sys
with open("{log}", "a") as log:
    log.write(" ".join(word for word in sys.argv[1:] if word.startswith("--")) + "\\n")
if "--about" in sys.argv:
    print(json.dumps({{"capabilities": ["state"], "settings": {{"properties": {{"key": {{"type": "string"}}}}}}}}))
elif "--config" in sys.argv:
    print(json.dumps({{"type": "SCHEMA", "stream": "orders", "schema": {{"properties": {{"id": {{"type": "integer"}}}}}}, "key_properties": []}}))
    print(json.dumps({{"type": "RECORD", "stream": "orders", "record": {{"id": 1}}}}))
"""


class Tap:
    """A script in a folder that looks like an environment of Python's, and what it was asked."""

    def __init__(self, project, packages="env/lib/python3.11/site-packages"):
        self.project, self.log = project, project.folder / "asked"
        self.packages = project.folder / packages
        self.packages.mkdir(parents=True)
        self.program = project.folder / "env/bin/tap-orders"
        self.program.parent.mkdir(parents=True, exist_ok=True)
        self.write()
        self.job()

    def write(self, more=""):
        self.program.write_text(TAP.format(python=sys.executable, log=self.log) + more)
        self.program.chmod(0o755)

    def job(self, program="env/bin/tap-orders", extra="sandbox: none\n"):
        self.project.job(extra=extra)
        path = self.project.folder / "job.yaml"
        text = path.read_text()
        start = text.index("  command:")
        rest = text[text.index("\n", start):]
        path.write_text(text[:start] + f"  command: [./{program}]" + rest)

    def asked(self):
        """How often it was asked for what it can do by a run."""
        self.log.write_text("")
        self.project.run()
        words = self.log.read_text().splitlines()
        assert sum("--config" in line for line in words) == 1, words
        return sum("--about" in line for line in words)


@pytest.fixture
def tap(project):
    (project.folder / "env").mkdir()
    (project.folder / "env/pyvenv.cfg").write_text("home = /usr/bin\n")
    return Tap(project)


def test_a_script_of_an_environment_is_asked_once(tap):
    assert [tap.asked() for _ in range(3)] == [1, 0, 0]
    record = tap.project.record()
    assert record["outcome"] == "success" and record["streams"]["orders"]["read"] == 1, record
    tap.write("# another version\n")
    assert [tap.asked(), tap.asked()] == [1, 0], "the script has changed"
    (tap.packages / "orders-2.dist-info").mkdir()
    assert [tap.asked(), tap.asked()] == [1, 0], "a package was installed"
    tap.job(extra="sandbox: {tap: {read: [.], write: [.]}}\n")
    assert [tap.asked(), tap.asked()] == [1, 0], "it is confined now"


@pytest.mark.parametrize("name", ["__editable__.orders-1.pth", "orders.egg-link", "elsewhere.pth"])
def test_packages_that_lie_elsewhere_may_change_unseen(tap, name):
    (tap.packages / name).write_text("/somewhere/else\n")
    assert [tap.asked(), tap.asked()] == [1, 1]


def test_a_script_of_anybodys_is_asked_each_time(tap):
    (tap.project.folder / "env/pyvenv.cfg").unlink()
    assert [tap.asked(), tap.asked()] == [1, 1]


def test_what_it_said_is_kept_whole(tap):
    tap.asked()
    files = (tap.project.folder / ".dativo/answers").glob("about-*.json")
    [kept] = [file for file in files if json.loads(file.read_text())["grounds"]["program"] == str(tap.program)]
    answer = json.loads(kept.read_text())["answer"]
    assert answer["capabilities"] == ["state"] and answer["source"] == "about", answer
    assert answer["settings"] == {"properties": {"key": {"type": "string"}}}
    kept.write_text(kept.read_text()[:40])
    assert [tap.asked(), tap.asked()] == [1, 0], "a damaged answer is none"
    answer["capabilities"] = []
    whole = json.loads(kept.read_text())
    kept.write_text(json.dumps({**whole, "grounds": {**whole["grounds"], "stamp": "0 0 0"}}))
    assert tap.asked() == 1, "an answer on other grounds is none"


def test_a_program_that_failed_is_asked_again(tap):
    text = tap.program.read_text().replace('if "--about" in sys.argv:', 'if "--config" not in sys.argv:\n    sys.exit(3)\nelif "--about" in sys.argv:')
    tap.program.write_text(text)
    assert [tap.asked(), tap.asked()] == [1, 1]


def test_a_home_that_cannot_be_written_costs_only_time(tap):
    home = tap.project.folder / ".dativo"
    home.mkdir()
    (home / "answers").write_text("a file where the folder would be")
    assert [tap.asked(), tap.asked()] == [1, 1]


def test_the_trial_of_confinement_is_kept_for_this_start_of_the_machine(project):
    project.job(tap=ROOT / "Tests/Conformance/Hostile/tap.py")
    project.run()
    [kept] = (project.folder / ".dativo/answers").glob("sandbox-*.json")
    told = json.loads(kept.read_text())
    assert told["answer"] == project.record()["sandbox"]["tap"]["backend"], told
    assert told["grounds"]["boot"].strip() == open("/proc/sys/kernel/random/boot_id").read().strip()
    assert told["grounds"]["user namespace"] == os.readlink("/proc/self/ns/user")
    before = kept.stat().st_mtime_ns
    project.run()
    assert kept.stat().st_mtime_ns == before, "it was not tried again"
    doctor = run("dativo", "doctor", "--json", cwd=project.folder)
    assert any(check["name"] == "sandbox" for check in json.loads(doctor.out)["result"]["checks"]), doctor.out

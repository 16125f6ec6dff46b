"""The schemas that `dativo schema` prints hold for what Dativo writes and for the files of its projects."""
import json

import jsonschema
import pytest
import yaml

from conftest import ROOT, run
from job_project import project  # noqa: F401 (a fixture)

NAMES = ["job", "plugin", "contract", "event", "commit", "run", "state", "envelope"]


def schema(name):
    done = run("dativo", "schema", name)
    assert done.code == 0, done
    return jsonschema.Draft202012Validator(json.loads(done.out))


def problems(name, value):
    return [f"{error.json_path}: {error.message}" for error in schema(name).iter_errors(value)]


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_is_one_and_refuses_something(name):
    validator = schema(name)
    jsonschema.Draft202012Validator.check_schema(validator.schema)
    assert not validator.is_valid({}) and not validator.is_valid([])


def test_the_descriptions_of_the_catalog():
    validator = schema("plugin")
    files = [*ROOT.glob("taps/*/plugin.yaml"), *ROOT.glob("targets/*/plugin.yaml")]
    assert len(files) > 100
    for file in files:
        wrong = [error.message for error in validator.iter_errors(yaml.safe_load(file.read_text()))]
        assert wrong == [], file


def test_what_a_run_writes(project):
    (project.folder / "contracts").mkdir()
    (project.folder / "contracts/orders.odcs.yaml").write_text(json.dumps({
        "apiVersion": "v3.0.2", "kind": "DataContract", "id": "c", "version": "1.0.0", "status": "active",
        "customProperties": [{"property": "dativo.scope", "value": "dataset"}],
        "schema": [{"name": "orders", "logicalType": "object", "properties": [
            {"name": "id", "logicalType": "integer", "logicalTypeOptions": {"maximum": 990},
             "customProperties": [{"property": "dativo.coerce", "value": ["number"]}]},
        ]}],
    }))
    contracts = "contracts: [contracts/orders.odcs.yaml]\nvalidation: {mode: quarantine}"
    project.job({"exit_at": 450, "exit": 75, "once": str(project.folder / "once")}, extra=contracts)
    done = project.run("--json", code=1)
    envelope = json.loads(done.out)
    assert problems("envelope", envelope) == []
    assert problems("run", envelope["result"]) == []
    assert len(envelope["result"]["attempts"]) == 2 and envelope["result"]["quarantine"]["waiting"] == 9
    job = yaml.safe_load((project.folder / "job.yaml").read_text())
    assert problems("job", job) == []
    contract = json.loads((project.folder / "contracts/orders.odcs.yaml").read_text())
    assert problems("contract", contract) == []
    for records in (project.folder / ".dativo/runs").glob("*.json"):
        assert problems("run", json.loads(records.read_text())) == []
    states = list((project.folder / ".dativo/state").rglob("*.json"))
    assert states
    for state in states:
        assert problems("state", json.loads(state.read_text())) == []
    exported = project.dativo("state", "export", "job.yaml")
    assert problems("state", json.loads(exported.out)) == []
    commits = list((project.folder / "out/_dativo").rglob("commits/*.json"))
    assert len(commits) > 1
    for commit in commits:
        assert problems("commit", json.loads(commit.read_text())) == []


def test_records_of_runs_that_fail_and_of_runs_in_parts(project):
    project.job({"exit_at": 0, "exit": 77, "stderr": "no entry"})
    envelope = json.loads(project.run("--json", code=2).out)
    assert problems("envelope", envelope) == []
    assert problems("run", envelope["result"]) == []
    assert envelope["result"]["failure"]["code"] == 77
    project.job(name="parts", extra="parallelism: 2", file="parts.yaml")
    done = project.dativo("run", "parts.yaml", "--json")
    assert problems("run", json.loads(done.out)["result"]) == []


def test_the_envelope_of_commands_that_succeed_and_fail(project):
    project.job()
    for words in (
        ["lint"], ["plan", "job.yaml"], ["runs", "list"], ["state", "list"], ["schema", "job"],
        ["plugins", "list", "--all"], ["run", "missing.yaml"], ["runn"], ["state", "show", "nothing.yaml"],
    ):
        done = project.dativo(*words, "--json")
        answer = json.loads(done.out)
        assert problems("envelope", answer) == [], words
        assert (answer["error"] is None) == (done.returncode == 0), (words, answer)
        assert answer["exit"] == done.returncode
        if answer["error"]:
            assert answer["error"]["message"] and answer["error"]["code"] == done.returncode
    text = (project.folder / "job.yaml").read_text()
    (project.folder / "job.yaml").write_text(text.replace("retry:", "retyr:"))
    line = text.splitlines().index(next(one for one in text.splitlines() if one.startswith("retry:"))) + 1
    answer = json.loads(project.dativo("lint", "--json").out)
    assert answer["error"]["path"] == "job.yaml" and answer["error"]["line"] == line
    assert "retry" in answer["error"]["suggestion"]


@pytest.mark.parametrize("broken", [
    {"customProperties": [{"property": "dativo.scope", "value": "table"}]},
    {"customProperties": [{"property": "dativo.mask", "value": "hash"}]},
    {"schema": [{"name": "o", "properties": [
        {"name": "x", "items": {"customProperties": [{"property": "dativo.mask", "value": "blur"}]}}]}]},
    {"schema": [{"name": "o", "customProperties": [{"property": "dativo.coerce", "value": ["guess"]}]}]},
])
def test_the_extension_of_contracts_is_judged_as_the_reader_judges(broken, tmp_path):
    contract = {
        "apiVersion": "v3.0.2", "kind": "DataContract", "id": "c", "version": "1.0.0",
        "status": "active", "schema": [], **broken,
    }
    assert problems("contract", contract) != []
    (tmp_path / "c.yaml").write_text(json.dumps(contract))
    assert run("dativo", "contract", "lint", "c.yaml", cwd=tmp_path).code == 78


def test_files_that_are_written_name_their_schema(tmp_path):
    done = run("dativo", "init", "shop", cwd=tmp_path)
    assert done.code == 0, done
    job = (tmp_path / "shop/job.yaml").read_text()
    first = job.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    named = tmp_path / "shop" / first.split("=", 1)[1]
    assert json.loads(named.read_text()) == schema("job").schema
    assert problems("job", yaml.safe_load(job)) == []
    [contract] = (tmp_path / "shop/contracts").glob("*.yaml")
    assert contract.read_text().startswith("# yaml-language-server: $schema=https://")
    for file in [*ROOT.glob("taps/*/plugin.yaml"), *ROOT.glob("targets/*/plugin.yaml")]:
        line = file.read_text().splitlines()[0]
        assert line.startswith("# yaml-language-server: $schema="), file
        assert (file.parent / line.split("=", 1)[1]).resolve() == ROOT / "schemas/plugin.schema.json"

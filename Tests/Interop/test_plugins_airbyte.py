"""Connectors of Airbyte as plugins: asked by `spec`, tried, run as packages."""
import json

import yaml

import plugin_wheels
from conftest import lines, record, run, schema, state
from test_plugins import project  # noqa: F401 (fixture)

CODE = '''\
import json, re, sys
def say(kind, member, body):
    print(json.dumps({"type": kind, member: body}), flush=True)
def config():
    return json.load(open(sys.argv[sys.argv.index("--config") + 1]))
'''
SOURCE = CODE + '''\
def main():
    text = {"type": "string", "pattern": "^[0-9-]{10}$", "examples": ["2020-02-03"]}
    way = {"type": "object", "required": ["way"], "properties": {"way": {"type": "string", "const": "key"}}}
    names = {"start_date": text, "credentials": {"type": "object", "oneOf": [way]}}
    if sys.argv[1] == "spec":
        say("SPEC", "spec", {"connectionSpecification": {"type": "object", "properties": names}})
    elif config()["credentials"] == {"way": "key"} and re.match(text["pattern"], config()["start_date"]):
        say("CATALOG", "catalog", {"streams": [{"name": "a", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}]})
    else:
        sys.exit("it is no day, or no way")
'''
DESTINATION = CODE + '''\
def main():
    names = {"api_key": {"type": "string", "airbyte_secret": True}, "text_tokenizer": {"type": "string"}}
    if sys.argv[1] == "spec":
        say("SPEC", "spec", {"connectionSpecification": {"type": "object", "required": ["api_key"], "properties": names}})
    elif sys.argv[1] == "check":
        good = config()["api_key"] == "right"
        more = {} if good else {"message": "that key is refused"}
        say("CONNECTION_STATUS", "connectionStatus", {"status": "SUCCEEDED" if good else "FAILED", **more})
    else:
        for line in sys.stdin:
            if json.loads(line)["type"] == "STATE":
                print(line, end="", flush=True)
'''
JOB = """
apiVersion: dativo/v1
kind: Job
tenant: acme
name: tiny
source: {command: [sh, -c, cat messages.jsonl]}
target: {target: airbyte-tiny, config: {api_key: KEY}}
"""


def destination(project):
    name = "airbyte-destination-tiny"
    plugin_wheels.wheel(project.index, name, code=DESTINATION, script=name)


def test_a_source_is_tried_with_the_examples_that_it_gives(project):
    plugin_wheels.wheel(project.index, "airbyte-source-tiny", code=SOURCE, script="source-tiny")
    project.dativo("plugins", "import", "airbyte-source-tiny")
    described = yaml.safe_load(project.description("airbyte-tiny").read_text())
    assert described["status"] == {"install": "works", "about": "works", "discover": "works"}
    assert described["capabilities"] == ["catalog", "discover", "state", "test"]


def test_a_destination_is_described_as_one_and_checked(project):
    destination(project)
    project.dativo("plugins", "import", "airbyte-destination-tiny")
    described = yaml.safe_load(project.description("airbyte-tiny", "target").read_text())
    assert (described["role"], described["protocol"], described["capabilities"]) == ("target", "airbyte", ["test"])
    assert described["status"] == {"install": "works", "about": "works"}
    assert described["permissions"] == {"secrets": ["api_key"]}
    for key, code in (("wrong", 1), ("right", 0)):
        (project.folder / "config.json").write_text(json.dumps({"api_key": key}))
        tried = project.dativo(
            "plugins", "test", "airbyte-tiny", "--role", "target", "--config", "config.json", code=code
        )
        assert ("that key is refused" in tried.out + tried.err) == (code == 1), tried
    # A job's check asks it, too.
    (project.folder / "messages.jsonl").write_bytes(
        lines(schema("a", {"id": {"type": "integer"}}), record("a", {"id": 1}), state({"at": 1}))
    )
    (project.folder / "job.yaml").write_text(JOB.replace("KEY", "wrong"))
    checked = project.dativo("check", "job.yaml", code=78)
    assert "✗ target:" in checked.out and "that key is refused" in checked.out
    (project.folder / "job.yaml").write_text(JOB.replace("KEY", "right"))
    assert "dativo-target-airbyte answers" in project.dativo("check", "job.yaml").out
    project.dativo("run", "job.yaml")
    assert project.json("state", "show", "job.yaml")["result"]["state"] == {"at": 1}


def test_a_package_that_a_target_installs_itself(project):
    destination(project)
    plugin_wheels.wheel(project.index, "setuptools", "80.0.0")

    def tried(package):
        config = {"package": package, "connector_config": {"api_key": "right"}}
        (project.folder / "target.json").write_text(json.dumps(config))
        env = {**project.environment, "DATIVO_CACHE": str(project.folder / "cache")}
        return run("dativo-target-airbyte", "--config", "target.json", "--test", cwd=project.folder, env=env)

    # Its program is called as the whole package is.
    for _ in range(2):
        assert tried("airbyte-destination-tiny==1.0.0").code == 0
    done = tried("airbyte-destination-nowhere")
    assert done.code == 78 and "could not be installed: ERROR: No matching" in done.failure["message"], done
    assert "is it on PyPI under this name" in done.failure["hint"]
    for package in ("../evil", "--index-url=http://127.0.0.1:9", "git+file:///x", "x @ file:///x", ""):
        done = tried(package)
        assert done.code == 78 and "is no package of PyPI" in done.failure["message"], done

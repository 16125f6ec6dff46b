"""init, lint, check, discover, plan, schema: as a user runs them, held against readers not ours."""
import json
import os
import shutil
import subprocess

import jsonschema
import pytest
from conftest import BIN, CACHE, ROOT, run

ODCS = CACHE / "odcs/bin/python"
ENVELOPE = {"command", "ok", "exit", "result", "errors", "warnings", "error", "summary"}


def odcs(script, *arguments):
    """Runs Python with PyYAML and the official contract schema; its output as JSON."""
    done = subprocess.run(
        [ODCS, "-c", script, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def from_yaml(path):
    return odcs("import sys,json,yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1])),default=str))", path)


def schema_of(name):
    return json.loads((ROOT / f"schemas/{name}.schema.json").read_text())


def envelope(result):
    """The one object on stdout, checked for its form."""
    value = json.loads(result.out)
    assert set(value) == ENVELOPE, result
    assert value["exit"] == result.code and value["ok"] == (value["error"] is None), result
    assert value["ok"] or value["error"]["message"], result
    assert value["summary"] and value["summary"][0] not in "{[", result
    for finding in value["errors"] + value["warnings"]:
        assert set(finding) == {"message", "hint", "file", "line", "column"}, finding
    return value


@pytest.fixture
def project(tmp_path):
    assert run("dativo", "init", "shop", cwd=tmp_path).code == 0
    return tmp_path / "shop"


JOB = """\
apiVersion: dativo/v1
kind: Job
tenant: shop
name: orders
source:
  tap: csv
  config:
    files: [{path: a.csv, stream: orders}]
target:
  target: parquet
  config: {destination: out}
"""


# --- init


def test_a_new_project_is_clean_and_runs(project):
    lint = run("dativo", "lint", "--strict", cwd=project)
    assert (lint.code, lint.out) == (0, "2 files, no errors\n"), lint
    check = run("dativo", "check", "job.yaml", cwd=project)
    assert check.code == 0 and "✗" not in check.out, check
    done = run("dativo", "run", "job.yaml", cwd=project)
    assert done.code == 0, done
    import duckdb

    rows = duckdb.sql(
        f"select order_id, customer, amount, ordered_on, shipped_at from '{project}/out/orders/*.parquet'"
        " order by order_id"
    ).fetchall()
    assert len(rows) == 8
    assert rows[2][:3] == (1003, "Turing, Alan", 249.5) and rows[2][4] is None
    assert str(rows[0][3])[:10] == "2026-11-02" and rows[5][1] == "Søren Kierkegaard"
    # Run again at once: the file has not changed.
    assert run("dativo", "run", "job.yaml", cwd=project).code == 0
    count = duckdb.sql(f"select count(*) from '{project}/out/orders/*.parquet'").fetchall()
    assert count == [(8,)]


def test_the_contract_of_a_new_project_is_valid_for_the_official_schema(project):
    contract = from_yaml(project / "contracts/orders.odcs.yaml")
    official = odcs(
        "import json,importlib.resources as r;"
        "print((r.files('open_data_contract_standard')/'schema.json').read_text())"
    )
    validator = jsonschema.Draft201909Validator(official)
    assert [error.message for error in validator.iter_errors(contract)] == []
    assert validator.is_valid({**contract, "schema": [{}]}) is False
    properties = {p["name"]: p for p in contract["schema"][0]["properties"]}
    assert list(properties) == [
        "order_id", "customer", "email", "amount", "currency", "status", "ordered_on", "shipped_at",
    ]
    assert properties["order_id"]["primaryKey"] is True
    assert properties["order_id"]["logicalTypeOptions"] == {"format": "i64"}
    # Only what was never empty is required.
    assert [n for n, p in properties.items() if not p.get("required")] == ["email", "shipped_at"]


def test_the_job_of_a_new_project_is_valid_for_its_schema_which_lies_beside_it(project):
    first = (project / "job.yaml").read_text().splitlines()[0]
    path = project / first.removeprefix("# yaml-language-server: $schema=")
    assert path.read_bytes() == (ROOT / "schemas/job.schema.json").read_bytes()
    validator = jsonschema.Draft202012Validator(json.loads(path.read_text()))
    assert [e.message for e in validator.iter_errors(from_yaml(project / "job.yaml"))] == []


def test_init_overwrites_nothing(project):
    (project / "job.yaml").write_text("mine")
    again = run("dativo", "init", ".", cwd=project)
    assert again.code == 64, again
    assert "./job.yaml is there already" in again.err or "job.yaml is there already" in again.err
    assert (project / "job.yaml").read_text() == "mine"
    os.remove(project / "job.yaml")
    shutil.rmtree(project / "data")
    again = run("dativo", "init", ".", cwd=project)
    assert again.code == 64 and "contracts/orders.odcs.yaml" in again.err, again
    assert not (project / "job.yaml").exists() and not (project / "data").exists()


def test_init_keeps_a_readme_and_an_ignore_file(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    assert run("dativo", "init", cwd=tmp_path).code == 0
    assert (tmp_path / "README.md").read_text() == "mine"


def test_init_from_data_with_awkward_names(tmp_path):
    (tmp_path / "My Sales (2026).csv").write_text(
        'id,true,"a: b",no,"quote""d",ünï,zip,big\n'
        '1,x,1,2026-01-01,z,1.5,00123,9223372036854775807\n'
        '2,y,2,2026-01-02,z,2.5,00124,1\n'
    )
    made = run("dativo", "init", "p", "--from", "My Sales (2026).csv", "--tenant", "acme", cwd=tmp_path)
    assert made.code == 0, made
    job = from_yaml(tmp_path / "p/job.yaml")
    assert job["tenant"] == "acme" and job["name"] == "my_sales__2026_"
    assert job["source"]["config"]["files"][0]["keys"] == ["id"]
    contract = from_yaml(tmp_path / "p/contracts/my_sales__2026_.odcs.yaml")
    types = {p["name"]: p["logicalType"] for p in contract["schema"][0]["properties"]}
    assert types == {
        "id": "integer", "true": "string", "a: b": "integer", "no": "date", 'quote"d': "string",
        "ünï": "number", "zip": "string", "big": "integer",
    }
    assert run("dativo", "lint", "p", "--strict", cwd=tmp_path).code == 0
    done = run("dativo", "run", "p/job.yaml", cwd=tmp_path)
    assert done.code == 0, done


def test_init_says_what_is_wrong_with_its_data(tmp_path):
    missing = run("dativo", "init", "p", "--from", "none.csv", cwd=tmp_path)
    assert missing.code == 78 and "none.csv does not exist" in missing.err, missing
    (tmp_path / "empty.csv").write_text("")
    empty = run("dativo", "init", "p", "--from", "empty.csv", cwd=tmp_path)
    assert empty.code != 0 and "empty.csv" in empty.err, empty
    assert not (tmp_path / "p/job.yaml").exists()
    name = run("dativo", "init", "p", "--name", "a b", cwd=tmp_path)
    assert name.code == 64 and '"a b"' in name.err, name


# --- lint


def test_lint_tells_all_mistakes_at_their_places(tmp_path):
    (tmp_path / "job.yaml").write_text(
        JOB.replace("tenant", "tennant").replace("files", "fils").replace("kind: Job", "kind: Job\nsandbox: perhaps")
    )
    found = run("dativo", "lint", "job.yaml", cwd=tmp_path)
    assert found.code == 78
    assert found.out.splitlines() == [
        'job.yaml:1:1: error: "tenant" is missing',
        "  -> Write `tenant: shop`.",
        'job.yaml:3:10: error: "sandbox" must be one of auto, bwrap, landlock, container, none, not "perhaps"',
        'job.yaml:4:1: error: unknown key "tennant"',
        '  -> Did you mean "tenant"?',
        "1 file, 3 errors",
    ]


def test_lint_holds_settings_against_what_the_connectors_say(tmp_path):
    (tmp_path / "job.yaml").write_text(
        JOB.replace("files:", "fils:").replace("{destination: out}", "{destination: out, compression: zst}")
    )
    found = run("dativo", "lint", "job.yaml", "--json", cwd=tmp_path)
    value = envelope(found)
    assert found.code == 78 and value["command"] == "lint"
    assert [(e["line"], e["column"], e["message"], e["hint"]) for e in value["errors"]] == [
        (8, 5, 'the tap csv has no setting "fils"', 'Did you mean "files"?'),
        (
            11, 43, '"compression" must be one of zstd, snappy, gzip, lz4_raw, brotli, uncompressed, not "zst"',
            'Did you mean "zstd"?',
        ),
    ]
    assert value["result"]["files"] == [{"path": "job.yaml", "kind": "Job"}]


def test_lint_tells_metadata_that_no_tap_would_obey(tmp_path):
    text = JOB.replace("  tap: csv\n", "  tap: csv\n  metadata: {orders: {replication-metod: FULL_TABLE, my-own: 1, replication-method: FULL}}\n")
    (tmp_path / "j.yaml").write_text(text)
    done = run("dativo", "lint", "j.yaml", cwd=tmp_path)
    assert done.code == 78 and "my-own" not in done.out
    assert '7:23: warning: no tap is known to have "source.metadata.orders.replication-metod"' in done.out, done
    assert 'Did you mean "replication-method"?' in done.out
    column = text.splitlines()[6].index("FULL}") + 1
    assert f'7:{column}: error: there is no replication method "FULL"' in done.out and "INCREMENTAL" in done.out, done


@pytest.mark.parametrize("config, message, hint", [
    ("{checkpoint_interval: {byte: 1}}", 'the setting "checkpoint_interval" has no setting "byte"', 'Did you mean "bytes"?'),
    ("{checkpoint_interval: {rows: x}}", '"rows" must be of type integer, not "x"', None),
    ("{columns: {id: {blom_filter: true}}}", 'the setting "columns.id" has no setting "blom_filter"', 'Did you mean "bloom_filter"?'),
    ("{streams: {orders: {compresion: zstd}}}", 'the setting "streams.orders" has no setting "compresion"', 'Did you mean "compression"?'),
    ("{streams: {orders: {columns: {k: {type: float32}}}}}", '"type" must be one of float, float16, not "float32"', 'Did you mean "float"?'),
    ("{streams: {orders: 5}}", '"orders" must be of type object, not 5', None),
    ("{s3: {credentials: x}}", 'the setting "s3" has no setting "credentials"', None),
    ("{checkpoint_interval: {rows: null}, columns: {a.b: {encoding: plain}}}", None, None),
])  # fmt: skip
def test_lint_looks_into_settings_within_settings(tmp_path, config, message, hint):
    job = JOB.replace("{destination: out}", "{destination: out, " + config[1:])
    (tmp_path / "job.yaml").write_text(job)
    errors = envelope(run("dativo", "lint", "job.yaml", "--json", cwd=tmp_path))["errors"]
    assert [error["message"] for error in errors] == ([message] if message else [])
    assert not hint or errors[0]["hint"] == hint


def test_lint_of_broken_files(tmp_path):
    (tmp_path / "a.yaml").write_text("kind: Job\n  name: x\n")
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\n")
    (tmp_path / "c.yaml").write_text("kind: Jobs\n")
    (tmp_path / "d.yaml").write_text("kind: Job\nkind: Job\n")
    found = run("dativo", "lint", cwd=tmp_path)
    assert found.code == 78
    places = [line.split(" error: ")[0] for line in found.out.splitlines() if "error: " in line]
    assert places == ["a.yaml:2:7:", "b.yaml:1:1:", "c.yaml:1:7:", "d.yaml:2:1:"], found
    assert 'Did you mean "Job"?' in found.out
    nothing = run("dativo", "lint", "nope", cwd=tmp_path)
    assert nothing.code == 78 and "nope: error: no such file or folder" in nothing.out


def test_our_own_plugin_files_are_clean():
    for path in [*ROOT.glob("taps/*/plugin.yaml"), *ROOT.glob("targets/*/plugin.yaml")]:
        assert run("dativo", "lint", "--strict", path).code == 0, run("dativo", "lint", path)
        jsonschema.Draft202012Validator(schema_of("plugin")).validate(from_yaml(path))


# --- the schema and the reader agree


GOOD = [
    "",
    "contracts: a.yaml\n",
    "validation: {mode: warn, max_violations: 3}\n",
    "validation: {max_violations: 0.5%}\n",
    "contracts: a.yaml\nvalidation: {masking: {default_classified: deny}, mask_key_file: key}\n",
    "contracts: a.yaml\nvalidation: {masking: {tags: , fields: {}, default_classified: {truncate: 3}}}\n",
    "validation:\nretry:\nstate:\nsandbox:\n",
    "retry: {attempts: 1, initial_seconds: 0, max_seconds: 0.5}\n",
    "stall_seconds: 0.5\nparallelism: 1\n",
    "parallelism: 4\n",
    "hooks: {success: [{command: [a, b]}], partial: , failure: [{webhook: 'https://x/y'}, {command: a}]}\n",
    "timeout: 90s\nidle_timeout: 1.5h\n",
    "timeout: 30\nidle_timeout:\n",
    "validation: {severity: {maxLength: warning, o.id.type: error}}\n",
    "state: {path: s}\n",
    "sandbox: {}\n",
    "sandbox: none\n",
    "sandbox: {backend: landlock, tap: {hosts: ['a.test:1', '*'], limits: {memory: 1GiB, processes: 3}}}\n",
    "sandbox: {target: {write: [out], read: [in]}}\n",
    "description: what for\n",
]
BAD = [
    "extra: 1\n",
    "contracts: {a: b}\n",
    "contracts: [[a]]\n",
    "validation: {mode: loose}\n",
    "validation: {max_violations: many}\n",
    "validation: {max_violations: -1}\n",
    "validation: {masking: {classification: {pii: hsah}}}\n",
    "validation: {masking: {clasification: {pii: hash}}}\n",
    "validation: {masking: {classification: {pii: {truncate: x}}}}\n",
    "validation: {masking: {default_classified: perhaps}}\n",
    "validation: {masking: [pii]}\n",
    "validation: []\n",
    "retry: {attempts: 0}\n",
    "retry: {attempts: 1.5}\n",
    "retry: {max_seconds: -1}\n",
    "stall_seconds: 0\n",
    "timeout: 0s\n",
    "timeout: soon\n",
    "idle_timeout: -1m\n",
    "validation: {severity: {maxLength: off}}\n",
    "validation: {severity: [maxLength]}\n",
    "sandbox: perhaps\n",
    "sandbox: []\n",
    "sandbox: {tap: {host: [a]}}\n",
    "sandbox: {tap: {limits: {processes: 0}}}\n",
    "hooks: [a]\n",
    "hooks: {success: {command: [a]}}\n",
    "hooks: {done: []}\n",
    "hooks: {success: [{webhook: 'ftp://x'}]}\n",
    "hooks: {success: [{}]}\n",
    "hooks: {success: [{command: [a], webhook: 'https://x'}]}\n",
    "parallelism: 0\n",
    "parallelism: many\n",
    "state: {path: ''}\n",
    "state: {folder: a}\n",
]


@pytest.mark.parametrize("extra,good", [(e, True) for e in GOOD] + [(e, False) for e in BAD])
def test_the_reader_takes_what_the_schema_takes(tmp_path, extra, good):
    (tmp_path / "a.yaml").write_text("apiVersion: v3.0.2\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\n")
    path = tmp_path / "job.yaml"
    path.write_text(JOB + extra)
    accepted = jsonschema.Draft202012Validator(schema_of("job")).is_valid(from_yaml(path))
    found = run("dativo", "lint", path)
    assert accepted == good, extra
    assert (found.code == 0) == good, found


# --- discover, check, plan, schema


def test_discover_shows_the_streams(project):
    table = run("dativo", "discover", "job.yaml", cwd=project)
    assert table.code == 0
    head, row = table.out.splitlines()
    assert head.split() == ["stream", "keys", "replication", "columns"]
    assert row.split()[:2] == ["orders", "order_id"] and "8: order_id, customer" in row
    value = envelope(run("dativo", "discover", "job.yaml", "--json", "--write", "c.json", cwd=project))
    assert json.loads((project / "c.json").read_text()) == value["result"]
    assert value["result"]["streams"][0]["tap_stream_id"] == "orders"


def test_discover_by_name(project):
    (project / "tap.yaml").write_text("path: data/orders.csv\n")
    found = run("dativo", "discover", "csv", "--config", "tap.yaml", cwd=project)
    assert found.code == 0 and "orders" in found.out, found
    unknown = run("dativo", "discover", "cvs", cwd=project)
    assert unknown.code == 78 and 'Did you mean "csv"?' in unknown.err, unknown
    both = run("dativo", "discover", "job.yaml", "--config", "tap.yaml", cwd=project)
    assert both.code == 64, both


def test_check_tells_each_thing_that_is_wrong(project):
    (project / "out").write_text("a file")
    os.remove(project / "data/orders.csv")
    found = run("dativo", "check", "job.yaml", cwd=project)
    lines = [line for line in found.out.splitlines() if not line.startswith("  ")]
    marks = {line.split()[1].rstrip(":"): line[0] for line in lines}
    assert marks["job"] == marks["contract"] == "✓", found
    assert marks["tap"] == marks["destination"] == "✗", found
    assert found.code not in (0, 1), found
    value = envelope(run("dativo", "check", "job.yaml", "--json", cwd=project))
    assert value["ok"] is False
    assert [s["name"] for s in value["result"] if not s["ok"]][:2] == ["tap", "destination"]


def test_check_leaves_nothing_behind(project):
    before = sorted(p for p in project.rglob("*"))
    assert run("dativo", "check", "job.yaml", cwd=project).code == 0
    after = sorted(p for p in project.rglob("*") if ".dativo" not in str(p))
    assert after == [p for p in before if ".dativo" not in str(p)]


def test_plan_shows_the_pipe_and_hides_secrets(project):
    (project / "taps/api").mkdir(parents=True)
    (project / "taps/api/plugin.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Plugin\nname: api\nrole: tap\nexecutable: ./tap.sh\n"
    )
    tap = project / "taps/api/tap.sh"
    tap.write_text("#!/bin/sh\nexit 1\n")
    tap.chmod(0o755)
    job = (project / "job.yaml").read_text()
    start, end = job.index("source:"), job.index("contracts:")
    source = 'source:\n  tap: api\n  config: {url: "https://x", api_key: "${KEY}"}\n\n'
    (project / "job.yaml").write_text(job[:start] + source + job[end:])
    result = run("dativo", "plan", "job.yaml", cwd=project, env={"KEY": "hunter2"})
    assert result.code == 0, result
    assert "hunter2" not in result.out + result.err and "https://x" in result.out
    assert "dativo-validate" in result.out and "dativo-target-parquet" in result.out
    value = envelope(run("dativo", "plan", "job.yaml", "--json", cwd=project, env={"KEY": "hunter2"}))
    assert [s["role"] for s in value["result"]["stages"]] == ["tap", "validate", "target"]
    assert not (project / "out").exists()
    missing = run("dativo", "plan", "job.yaml", cwd=project)
    assert missing.code == 78 and "KEY is not set" in missing.err and "job.yaml:9:39:" in missing.err


def test_selected_streams_are_those_of_the_plan(project):
    job = (project / "job.yaml").read_text()
    (project / "job.yaml").write_text(job.replace("  tap: csv\n", "  tap: csv\n  select: [ordes.*, orders.order_id]\n"))
    value = envelope(run("dativo", "plan", "job.yaml", "--json", cwd=project))
    assert value["result"]["streams"] == ["orders"]
    assert any('"ordes.*" matches no stream' in w["message"] for w in value["warnings"]), value


@pytest.mark.parametrize("name", ["job", "plugin", "event", "commit"])
def test_schemas_are_valid_and_printed(name):
    printed = run("dativo", "schema", name)
    assert json.loads(printed.out) == schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema_of(name))


def test_commits_follow_their_schema(project):
    assert run("dativo", "run", "job.yaml", cwd=project).code == 0
    commits = sorted(project.glob("out/_dativo/demo.orders/commits/*.json"))
    assert commits
    validator = jsonschema.Draft202012Validator(schema_of("commit"))
    for path in commits:
        assert [e.message for e in validator.iter_errors(json.loads(path.read_text()))] == []


@pytest.mark.parametrize(
    "command",
    [
        ["run", "none.yaml"], ["plan", "none.yaml"], ["check", "none.yaml"], ["lint", "none.yaml"],
        ["discover", "none.yaml"], ["discover", "none"], ["init", "x", "--from", "none.csv"],
        ["state", "show", "none.yaml"], ["schema", "job"],
    ],
)
def test_every_command_has_the_envelope(tmp_path, command):
    result = run("dativo", *command, "--json", cwd=tmp_path)
    value = envelope(result)
    assert value["command"] == " ".join(command[: 2 if command[0] == "state" else 1])
    assert bool(value["errors"]) == (result.code != 0)


def test_a_command_that_is_not_there(tmp_path):
    told = run("dativo", "rnu", "job.yaml", cwd=tmp_path)
    assert told.code == 64 and 'There is no command "rnu". Did you mean "run"?' in told.err
    told = run("dativo", "bogus", "--json", cwd=tmp_path)
    assert told.code == 64
    assert json.loads(told.out)["errors"][0]["message"] == 'There is no command "bogus".'


def test_a_wrong_setting_is_told_by_run_with_its_place_in_the_job_file(tmp_path):
    (tmp_path / "o.csv").write_text("id\n1\n")
    assert run("dativo", "init", "shop", "--from", "o.csv", cwd=tmp_path).code == 0
    job = tmp_path / "shop/job.yaml"
    job.write_text(job.read_text().replace("destination: out", "destination: out\n    compresion: zstd"))
    told = run("dativo", "run", "job.yaml", cwd=tmp_path / "shop")
    line = job.read_text().splitlines().index("    compresion: zstd") + 1
    assert told.code == 78 and f"job.yaml:{line}:5" in told.err and 'Did you mean "compression"?' in told.err

"""Taps that send what nobody selected: it is left out before contract, quarantine and target see it."""
import json
import sys
import textwrap

import duckdb
import pytest

from conftest import lines, run
from job_project import project  # noqa: F401 (fixture)

SECRET = "078-05-1120"
TAP = textwrap.dedent("""\
    import json, sys
    def field(name): return {"type": "integer"} if name == "id" else {"type": "string"}
    def schema(names): return {"type": "object", "properties": {name: field(name) for name in names}}
    person = schema(["id", "ssn", "town"])
    person["properties"]["home"] = {"anyOf": [{"type": "null"}, schema(["street", "zip"])]}
    offered = {"people": person, "audit": schema(["id", "line"])}
    if "--about" in sys.argv:
        print(json.dumps({"name": "tap-deaf", "capabilities": ["catalog", "discover", "state"]}))
    elif "--discover" in sys.argv:
        print(json.dumps({"streams": [{"tap_stream_id": name, "stream": name, "schema": schema, "key_properties": ["id"]}
                                      for name, schema in offered.items()]}))
    else:
        config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
        for name, schema in offered.items():
            print(json.dumps({"type": "SCHEMA", "stream": name, "schema": schema, "key_properties": ["id"]}))
            print(json.dumps({"type": "ACTIVATE_VERSION", "stream": name, "version": 1}))
        for n in range(config["rows"]):
            record = {"ssn": "SECRET", "id": n, "town": "Bern" if n % 3 else 7, "home": {"street": "Weg", "zip": "SECRET"}}
            print(json.dumps({"type": "RECORD", "stream": "people", "record": record, "version": 1}))
            print(json.dumps({"type": "RECORD", "stream": "audit", "record": {"id": n, "line": "SECRET"}, "version": 1}))
        print(json.dumps({"type": "STATE", "value": {"rows": config["rows"]}}))
    """).replace("SECRET", SECRET)
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
  - name: people
    logicalType: object
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: town, logicalType: string}
      - {name: ssn, logicalType: string}
"""


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "tap.py"}


@pytest.mark.parametrize("contract", [False, True])
def test_what_is_not_selected_is_not_loaded(project, contract):
    (project.folder / "tap.py").write_text(TAP)
    extra = ""
    if contract:
        (project.folder / "c.yaml").write_text(CONTRACT)
        extra = "contracts: [c.yaml]\nvalidation: {mode: quarantine, quarantine: q.jsonl}\n"
    project.job({"rows": 300}, tap=project.folder / "tap.py", extra=extra)
    text = (project.folder / "job.yaml").read_text()
    select = "  select: ['people.*', '!*.ssn', '!people.home.zip']\n"
    (project.folder / "job.yaml").write_text(text.replace("source:\n", "source:\n" + select, 1))
    if not contract:
        (project.folder / "tap.py").write_text(TAP.replace('"Bern" if n % 3 else 7', '"Bern"'))
    done = project.dativo("run", "job.yaml")
    # A town of 7 is the contract's business; what is not selected never reaches it.
    assert done.returncode == (1 if contract else 0), done.err
    assert "people: the tap sends it though fields are not selected" in done.err, done.err
    assert "audit: the tap sends it though it is not selected" in done.err, done.err
    table = duckdb.sql(f"select * from read_parquet('{project.folder}/out/people/*.parquet') order by id")
    assert [name for name in table.columns if not name.startswith("_")] == ["id", "town", "home"]
    rows = table.fetchall()
    assert [row[0] for row in rows] == [n for n in range(300) if n % 3 or not contract]
    assert rows[1][2] == {"street": "Weg"}
    assert not (project.folder / "out/audit").exists()
    record = project.record()
    assert record["streams"]["audit"]["filtered"] == 300, record["streams"]
    for path, content in everything(project.folder).items():
        assert SECRET.encode() not in content, path


def test_nothing_is_touched_where_the_tap_obeys(tmp_path):
    """An obedient tap's lines leave byte for byte, odd spaces and all."""
    (tmp_path / "v.json").write_text(json.dumps({"deselected": {"o": [["ssn"], ["a", "b"]], "p": True}}))
    stream = lines({"type": "SCHEMA", "stream": "o", "schema": {"properties": {"id": {}, "a": {"properties": {"c": {}}}}}, "key_properties": []})
    stream += b'{ "type":"RECORD", "stream":"o","record":{ "id" : 1.0 ,"a":{"c" :2}, "z":"\\u0041"}}\n' * 3
    done = run("dativo-validate", "--config", "v.json", stdin=stream, cwd=tmp_path)
    assert done.code == 0 and done.out == stream.decode(), done
    assert "not selected" not in done.err


@pytest.mark.parametrize("setting", ['{"o": "u"}', '{"o": ["u"]}', '{"o": []}', '{"o": false}', '{"o": [[]]}'])
def test_a_malformed_setting_is_an_error(tmp_path, setting):
    (tmp_path / "v.json").write_text('{"deselected": %s}' % setting)
    done = run("dativo-validate", "--config", "v.json", stdin=b"", cwd=tmp_path)
    assert done.code == 78 and "neither true nor a list of paths" in done.err and "v.json" in done.err, done


def test_fields_of_elements_can_be_left_out(tmp_path):
    (tmp_path / "v.json").write_text(json.dumps({"deselected": {"o": [["l", "*", "y"]]}}))
    inner = {"type": "object", "properties": {"x": {}, "y": {}}}
    stream = lines({"type": "SCHEMA", "stream": "o", "schema": {"properties": {"l": {"type": "array", "items": inner}}}, "key_properties": []},
                   *[{"type": "RECORD", "stream": "o", "record": {"l": [{"x": 1, "y": SECRET}, {"y": SECRET}]}}] * 3)
    done = run("dativo-validate", "--config", "v.json", stdin=stream, cwd=tmp_path)
    assert done.code == 0 and SECRET not in done.out and '"y"' not in done.out, done
    assert json.loads(done.out.splitlines()[1])["record"] == {"l": [{"x": 1}, {}]}

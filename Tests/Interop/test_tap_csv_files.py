"""dativo-tap-csv: which files are read, what of them is selected, what a user gets wrong."""
import csv
import json
import os
import re

import pytest

from conftest import BIN, run
from tap_csv import TAP, Output, tap, sync, write

# --- files ---


def test_a_pattern_is_one_stream(tmp_path, sync):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/x.csv").mkdir()
    write(tmp_path / "data/orders-2.csv", "b,a,c\n2,1,x\n")
    write(tmp_path / "data/orders-1.csv", "a,b\n1,1.5\n")
    output = sync(path="data/orders-*.csv", keys=["a"])
    assert output.schemas["orders"]["key_properties"] == ["a"]
    assert output.types("orders") == {"a": ("integer", None), "b": ("number", None), "c": ("string", None)}
    assert output.schemas["orders"]["schema"]["properties"]["a"] == {"type": "integer"}
    assert output.records == [{"a": 1, "b": 1.5, "c": None}, {"a": 1, "b": 2, "c": "x"}]
    assert list(sync(path="data/*.csv").schemas) == ["data"]
    write(tmp_path / "odd[1].csv", "a\n7\n")
    assert sync(path="odd[1].csv", stream="odd").records == [{"a": 7}]


def test_files_and_defaults_beside_them(tmp_path, sync):
    write(tmp_path / "a.csv", "id;v\n1;NA\n")
    write(tmp_path / "b.tsv", "id\tv\n2\tNA\n")
    output = sync(
        files=[{"path": "a.csv"}, {"path": "b.tsv", "stream": "bee", "delimiter": "\\t"}],
        delimiter=";",
        null_values=["NA"],
    )
    assert output.records == [{"id": 1, "v": None}, {"id": 2, "v": None}]
    assert list(output.schemas) == ["a", "bee"]
    assert sync(path="b.tsv").records == [{"id": 2, "v": "NA"}]


CONFIGURATIONS = [
    ('{"path": "t.csv",\n "delimeter": ";"}', 78, r'config.json:2:15: unknown setting "delimeter"', "delimiter"),
    ('{"path": "t.csv", "delimiter": "ab"}', 78, r'config.json:1:32: "delimiter" must be one ASCII', None),
    ('{"path": "t.csv", "header": "no"}', 78, r'config.json:1:29: "header" must be a boolean', None),
    ('{"files": [{"path": "t.csv"},\n {"path": "t.csv"}]}', 78, r"config.json:2:11: a second stream", "stream"),
    ('{"files": [{"path": "t.csv", "entity": "x"}]}', 78, r'config.json:1:40: unknown setting "entity"', '"stream"'),
    ('{"files": [{"pat": "t.csv"}]}', 78, r'config.json:1:20: unknown setting "pat"', '"path"'),
    ('{"files": [{}]}', 78, r'config.json:1:12: "path" is missing', None),
    ('{"files": []}', 78, r'config.json:1:11: "files" is empty', None),
    ("{}", 78, r'neither "path" nor "files" is set', '{"path"'),
    ('{"path": "t.csv"', 78, r"config.json:1:17: unexpected end", None),
    ('{"path": "nothing.csv"}', 78, r"config.json:1:10: the file nothing.csv cannot be found", "relative"),
    ('{"path": "no-*.csv"}', 78, r'config.json:1:10: no file matches "no-\*.csv"', "relative"),
    ('{"path": "folder"}', 78, r"config.json:1:10: folder is a folder", "folder/*.csv"),
    ('{"path": "**/t.csv"}', 78, r'"\*\*" in', "*"),
    ('{"path": "t.csv", "keys": ["Id"]}', 78, r'config.json:1:27: "keys" names "Id"', '"id"'),
    ('{"path": "t.csv", "types": {"idd": "string"}}', 78, r'config.json:1:28: "types" names "idd"', '"id"'),
    ('{"path": "t.csv", "types": {"id": "strnig"}}', 78, r'config.json:1:35: "types": "id" must be one of', None),
    ('{"path": "t.csv", "encoding": "ebcdic"}', 78, r'config.json:1:31: "encoding" must be one of utf-8', None),
    ('{"path": "t.csv", "ragged": "maybe"}', 78, r'config.json:1:29: "ragged" must be one of', None),
    ('{"path": "t.csv", "replication": "cursor"}', 78, r'"replication" must be set together', None),
]


@pytest.mark.parametrize("text, code, message, hint", CONFIGURATIONS, ids=[c[0][:60] for c in CONFIGURATIONS])
@pytest.mark.parametrize("verb", [[], ["--discover"], ["--test"]])
def test_wrong_configurations(text, code, message, hint, verb, tmp_path, tap):
    write(tmp_path / "t.csv", "id,v\n1,2\n")
    (tmp_path / "folder").mkdir()
    result = tap(*verb, config=text)
    assert result.code == code, result
    assert re.search(message, result.failure["message"]), result
    assert hint is None or hint in result.failure["hint"], result
    assert result.out == ("" if verb else '{"type":"ABORT",')


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user")
def test_an_unreadable_file(tmp_path):
    write(tmp_path / "t.csv", "a\n1\n")
    (tmp_path / "c.json").write_text('{"path": "t.csv"}')
    (tmp_path / "t.csv").chmod(0)
    command = f"cd {tmp_path} && exec {BIN / TAP} --config c.json --test"
    tmp_path.chmod(0o755)
    for parent in list(tmp_path.parents)[:3]:
        if parent.owner() == "root" and parent.name.startswith("pytest"):
            parent.chmod(0o755)
    result = run("setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all", "sh", "-c", command)
    assert result.code == 74, result
    assert "t.csv cannot be read: Permission denied" in result.failure["message"]


# --- catalog ---


def test_discover_then_select(tmp_path, tap):
    write(tmp_path / "t.csv", "id,secret,v\n1,x,2\n")
    result = tap("--discover", path="t.csv", keys=["id"])
    assert result.code == 0
    catalog = json.loads(result.out)
    [entry] = catalog["streams"]
    assert (entry["tap_stream_id"], entry["stream"], entry["key_properties"]) == ("t", "t", ["id"])
    inclusion = {tuple(m["breadcrumb"]): m["metadata"]["inclusion"] for m in entry["metadata"]}
    assert inclusion[("properties", "id")] == "automatic" and inclusion[("properties", "v")] == "available"
    # As it is, it selects everything.
    assert Output(tap(path="t.csv", keys=["id"], catalog=catalog)).records == [{"id": 1, "secret": "x", "v": 2}]
    for metadata in entry["metadata"]:
        if metadata["breadcrumb"][1:] in (["secret"], ["id"]):
            metadata["metadata"]["selected"] = False
    output = Output(tap(path="t.csv", keys=["id"], catalog=catalog))
    assert output.records == [{"id": 1, "v": 2}]
    assert list(output.schemas["t"]["schema"]["properties"]) == ["id", "v"]
    # A type that the configuration tells wins over an older catalog.
    output = Output(tap(path="t.csv", keys=["id"], types={"v": "string"}, catalog=catalog))
    assert output.records == [{"id": 1, "v": "2"}] and output.types("t")["v"] == ("string", None)
    entry["metadata"][0]["metadata"]["selected"] = False
    output = Output(tap(path="t.csv", catalog=catalog))
    assert output.code == 0 and [m["type"] for m in output.messages] == ["STATE"]
    assert "no stream is selected" in output.err
    entry["metadata"][0]["metadata"]["selected"] = True
    entry["tap_stream_id"] = "tt"
    result = tap(path="t.csv", catalog=catalog)
    assert result.code == 78 and result.failure["hint"] == 'Did you mean "t"?'


def test_columns_that_come_and_go(tmp_path, tap):
    write(tmp_path / "t.csv", "id,v\n1,2\n")
    catalog = json.loads(tap("--discover", path="t.csv", keys=["id"]).out)
    write(tmp_path / "t.csv", "new,id\nx,1\n")
    output = Output(tap(path="t.csv", keys=["id"], catalog=catalog))
    assert output.records == [{"id": 1, "v": None}]
    assert 'column "new" is not in the catalog' in output.err
    write(tmp_path / "t.csv", "ID,v\n1,2\n")
    result = tap(path="t.csv", catalog=catalog)
    assert result.code == 65 and 't.csv:1: the header lacks "id"' in result.failure["message"]


def test_about_version_help_test(tmp_path, tap):
    about = json.loads(run(TAP, "--about", "--format", "json").out)
    assert about["name"] == TAP and "state" in about["capabilities"]
    assert "files" in about["settings"]["properties"]
    assert run(TAP, "--version").out.startswith("dativo-tap-csv ")
    assert "EXIT STATUS" in run(TAP, "--help").out
    assert run(TAP).code == 64
    write(tmp_path / "t.csv", "id\n1\n")
    result = tap("--test", path="t.csv")
    assert (result.code, result.out) == (0, "")

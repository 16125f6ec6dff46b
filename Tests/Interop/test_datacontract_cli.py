"""Beside datacontract-cli: one defect at a time, what each of the two finds."""
import json
import subprocess

import pytest

from conftest import CACHE, lines
from contract_data import contract, places, prop
from contract_data import test as contract_test
from contract_defects import DEFECTS, GOOD, orders

PEER = CACHE / "datacontract-cli/bin/python"
# Its own engine, once for all folders: a start costs seconds.
ASK = """
import json, os, sys
from datacontract.data_contract import DataContract
for folder in sys.argv[1:]:
    os.chdir(folder)
    run = DataContract(data_contract_file="contract.odcs.yaml").test()
    failed = [f"{check.field}: {check.type}: {check.reason}" for check in run.checks if check.result == "failed"]
    print(json.dumps({"result": run.result, "failed": failed}, default=str))
"""
# What the contract forbids and datacontract-cli does not find.
MISSED = {"bad_multiple", "width", "nested_extra", "extra", "rule", "date_bound"}


def more(tmp_path):
    """Contracts of what datacontract-cli is known to overlook: change, check, contract."""
    values = {"rule": "validValues", "validValues": ["NEW"], "mustBe": 0}
    v32 = "v3.2.0"
    return {
        "width": ({"w": 256}, ("/w", "format"), [prop("w", "integer", {"format": "u8"})], "v3.1.0"),
        "rule": ({"w": "OLD"}, ("/w", "validValues"), [prop("w", "string", quality=[values])], "v3.0.2"),
        "date_bound": ({"w": "2023-12-31"}, ("/w", "minimum"), [prop("w", "date", {"minimum": "2024-01-01"})], "v3.1.0"),
        "wide_vector": ({"w": [1, 2, 3]}, ("/w", "maxItems"), [prop("w", "vector", {"dimensions": 2})], v32),
    }


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """Folder, expected check and peer's verdict by name."""
    root = tmp_path_factory.mktemp("cases")
    found = {}
    for name, (change, expected) in DEFECTS.items():
        folder = root / name
        folder.mkdir()
        orders(folder)
        bad = {key: value for key, value in {**GOOD, "id": 1, **change}.items() if value is not ...}
        (folder / "data.json").write_bytes(lines(GOOD, bad))
        found[name] = (folder, expected)
    for name, (change, expected, properties, version) in more(root).items():
        folder = root / name
        folder.mkdir()
        contract(folder, [prop("id", "integer"), *properties], version)
        (folder / "data.json").write_bytes(lines({"id": 1}, {"id": 2, **change}))
        found[name] = (folder, expected)
    for name, extra, pointer in [("extra", {"more": 1}, "/more"), ("nested_extra", {"addr": {"zip": "12345", "more": 1}}, "/addr/more")]:
        folder = root / name
        folder.mkdir()
        orders(folder)
        (folder / "data.json").write_bytes(lines(GOOD, {**GOOD, "id": 1, **extra}))
        found[name] = (folder, (pointer, "unknownField"))
    for folder, _ in found.values():
        path = folder / "contract.odcs.yaml"
        document = json.loads(path.read_text())
        document["servers"] = [{"server": "here", "type": "local", "path": "data.json", "format": "json"}]
        path.write_text(json.dumps(document))
    done = subprocess.run([PEER, "-c", ASK, *[folder for folder, _ in found.values()]], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    verdicts = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"result"')]
    assert len(verdicts) == len(found), done.stdout[-2000:]
    return {name: (*found[name], verdict) for name, verdict in zip(found, verdicts)}


NAMES = [*DEFECTS, "width", "rule", "date_bound", "wide_vector", "extra", "nested_extra"]


@pytest.mark.parametrize("name", NAMES)
def test_what_it_finds_is_found_and_what_it_misses(cases, name):
    folder, expected, verdict = cases[name]
    result = contract_test(folder / "contract.odcs.yaml", folder / "data.json")
    told = "warning" if "extra" in name else "failed"
    assert places(result[told + "_checks"]) == ([expected] if expected else [])
    # Its other words are no finding: a warning that a rule was left out, an error of its own.
    assert (verdict["result"] == "failed") == (name not in MISSED and expected is not None), verdict
    if verdict["result"] == "failed":
        field = expected[0].split("/")[1]
        assert any(field in reason for reason in verdict["failed"]), "the same field"

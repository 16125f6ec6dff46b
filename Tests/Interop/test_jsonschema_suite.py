"""The JSON-Schema-Test-Suite, as the sdist of jsonschema on PyPI carries it, against ours."""
import json
import subprocess
import sys
import tarfile

import jsonschema_specifications
import pytest

from conftest import CACHE, run

SUITE = CACHE / "jsonschema-suite"
DRAFTS = {
    "draft4": ("http://json-schema.org/draft-04/schema#", 610),
    "draft6": ("http://json-schema.org/draft-06/schema#", 829),
    "draft7": ("http://json-schema.org/draft-07/schema#", 913),
    "draft2019-09": ("https://json-schema.org/draft/2019-09/schema", 1227),
    "draft2020-12": ("https://json-schema.org/draft/2020-12/schema", 1257),
}
CONTENT = "contentEncoding and contentMediaType are annotations, as the later drafts have it"
# Optional tests whose verdict is not ours: draft and test, with the reason.
DIFFERENT = {
    ("draft4", "zeroTerminatedFloats: some languages do not distinguish between different types of "
     "numeric value: a float is not an integer even without fractional part"):
        "1.0 is an integer in every draft: the same stream means the same whatever it declares",
    **{("draft7", f"content: validation of {test}"): CONTENT for test in [
        "string-encoded content based on media type: an invalid JSON document",
        "binary string-encoding: an invalid base64 string (% is not a valid character)",
        "binary-encoded media type documents: a validly-encoded invalid JSON document",
        "binary-encoded media type documents: an invalid base64 string that is valid JSON",
    ]},
}
# How many optional tests and how many of formats there are.
COUNTS = {
    "draft4": (100, 153), "draft6": (106, 214), "draft7": (118, 434), "draft2019-09": (154, 483),
    "draft2020-12": (158, 491),
}


@pytest.fixture(scope="session")
def suite():
    folder = SUITE / "jsonschema-4.26.0/json"
    if not folder.is_dir():
        SUITE.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "-d", SUITE, "jsonschema==4.26.0"], check=True)
        with tarfile.open(SUITE / "jsonschema-4.26.0.tar.gz") as archive:
            archive.extractall(SUITE, filter="data")
    return folder


@pytest.fixture(scope="session")
def documents(suite):
    """What the suite's references lead to: its own remotes, and the drafts' meta-schemas."""
    found = {
        f"http://localhost:1234/{path.relative_to(suite / 'remotes')}": json.loads(path.read_text())
        for path in (suite / "remotes").rglob("*.json")
    }
    for uri, resource in jsonschema_specifications.REGISTRY.items():
        found[uri] = resource.contents
    return found


def judge(files, draft, documents, formats):
    """Of each test whether it is right, by file, group and description; and our answer."""
    groups = [(path, group) for path in files for group in json.loads(path.read_text())]
    lines = json.dumps({"documents": documents}) + "\n"
    for _, group in groups:
        data = [test["data"] for test in group["tests"]]
        lines += json.dumps({"schema": group["schema"], "draft": DRAFTS[draft][0],
                             "formats": formats, "data": data}) + "\n"
    done = run("schema-check", stdin=lines)
    assert done.code == 0, done
    answers = done.out.split("\n")[:-1]
    assert len(answers) == len(groups)
    for (path, group), answer in zip(groups, answers):
        letters, _, skipped = answer.partition(" ")
        for place, test in enumerate(group["tests"]):
            name = f"{path.stem}: {group['description']}: {test['description']}"
            letter = "!" if answer.startswith("!") else letters[place]
            # An upper case letter is the fast check's, which may only ever say "valid".
            right = letter.lower() == ("v" if test["valid"] else "i") and letter != "I"
            yield name, right and not skipped, answer


@pytest.mark.parametrize("draft", DRAFTS)
def test_required(suite, documents, draft):
    files = sorted((suite / "tests" / draft).glob("*.json"))
    results = list(judge(files, draft, documents, formats=False))
    wrong = [f"{name}: {answer}" for name, right, answer in results if not right]
    print(f"{draft} required: {len(results) - len(wrong)} of {len(results)}")
    assert not wrong, "\n".join(wrong)
    assert len(results) == DRAFTS[draft][1]


@pytest.mark.parametrize("kind", ["optional", "optional/format"])
@pytest.mark.parametrize("draft", DRAFTS)
def test_optional(suite, documents, draft, kind):
    files = sorted((suite / "tests" / draft / kind).glob("*.json"))
    results = list(judge(files, draft, documents, formats=kind.endswith("format")))
    wrong = {name: answer for name, right, answer in results if not right}
    print(f"{draft} {kind}: {len(results) - len(wrong)} of {len(results)}")
    assert len(results) == COUNTS[draft][kind.endswith("format")]
    expected = {name for of, name in DIFFERENT if of == draft}
    unknown = [f"{name}: {answer}" for name, answer in wrong.items() if name not in expected]
    assert not unknown, "\n".join(unknown)
    # What is no longer different must not be listed as if it were.
    repaired = {name for name, right, _ in results if right} & expected
    assert not repaired, "\n".join(repaired)


def test_differences_exist(suite):
    """Every listed difference is of a test that the suite has, once."""
    found = []
    for draft in DRAFTS:
        for path in (suite / "tests" / draft / "optional").rglob("*.json"):
            for group in json.loads(path.read_text()):
                found += [(draft, f"{path.stem}: {group['description']}: {test['description']}")
                          for test in group["tests"]]
    assert all(found.count(entry) == 1 for entry in DIFFERENT)

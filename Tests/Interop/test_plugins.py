"""`dativo plugins`: packages installed, described, locked, bundled and run, by pip and by uv."""
import hashlib
import json
import os
import pathlib
import shutil
import textwrap

import duckdb
import jsonschema
import pytest
import yaml

import plugin_wheels
from conftest import BIN, CACHE, run


class Shop:
    """A project whose only index is a folder of wheels."""

    def __init__(self, folder, installer):
        self.folder, self.installer = folder, installer
        self.index = folder / "index"
        self.index.mkdir()
        plugin_wheels.tiny(self.index)
        # uv, if it is there at all, is found by PATH alone.
        path = [p for p in os.environ["PATH"].split(":") if not (pathlib.Path(p) / "uv").exists()]
        if installer == "uv":
            path.insert(0, str(CACHE / "uv/bin"))
        self.environment = {
            "PATH": ":".join(path),
            "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index), "PIP_CONFIG_FILE": os.devnull,
            "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(self.index),
            "UV_CACHE_DIR": str(folder / "uv-cache"), "PIP_NO_CACHE_DIR": "1",
        }

    def dativo(self, *arguments, code=0):
        done = run("dativo", *arguments, cwd=self.folder, env=self.environment)
        assert done.code == code, done
        return done

    def json(self, *arguments, code=0):
        return json.loads(self.dativo(*arguments, "--json", code=code).out)

    def description(self, name="tiny", role="tap"):
        return self.folder / f"{role}s/{name}/plugin.yaml"

    @property
    def lock(self):
        return self.folder / "dativo.lock"

    @property
    def environments(self):
        return self.folder / ".dativo/plugins/python"

    def job(self, count, tap="tiny"):
        (self.folder / "job.yaml").write_text(textwrap.dedent(f"""\
            apiVersion: dativo/v1
            kind: Job
            tenant: acme
            name: numbers
            source:
              tap: {tap}
              config: {{count: {count}, api_token: right}}
            target: {{target: parquet, config: {{destination: out}}}}
            """))

    def rows(self):
        return duckdb.sql(f"select id, \"by\" from '{self.folder}/out/n/*.parquet' order by id").fetchall()


@pytest.fixture(params=["pip", "uv"])
def shop(tmp_path, request):
    if request.param == "uv" and not (CACHE / "uv/bin/uv").exists():
        pytest.fail("uv is missing: scripts/prepare tests installs it")
    return Shop(tmp_path, request.param)


@pytest.fixture
def project(tmp_path):
    return Shop(tmp_path, "uv")


def test_a_package_becomes_a_description_that_lint_accepts(project):
    project.dativo("plugins", "import", "tap-tiny")
    text = project.description().read_text()
    assert text == textwrap.dedent("""\
        # yaml-language-server: $schema=../../.dativo/schemas/plugin.schema.json
        apiVersion: dativo/v1
        kind: Plugin
        name: tiny
        role: tap
        protocol: singer
        dativo_api_version: 1
        description: A tap that counts
        python: {package: tap-tiny, version: "1.0.0", python: ">=3.8"}
        executable: tap-tiny
        capabilities: [about, catalog, discover, state, stream-maps, test]
        maintainer: Ada
        homepage: "https://tiny.example"
        license: MIT
        tested: ["1.0.0"]
        permissions: {hosts: [api.tiny.example], secrets: [api_token]}
        settings:
          required: [count, api_token]
          properties:
            count: {type: integer, description: How far to count}
            api_token: {type: string, secret: true}
            api_url: {type: string, default: "https://api.tiny.example/v1"}
            mode: {type: string, enum: [up, down], default: up}
        status:
          install: works
          about: works
          discover: works
        """)
    assert "1 file, no errors" in project.dativo("lint", "taps").out
    named = project.description().parent / "../../.dativo/schemas/plugin.schema.json"
    jsonschema.validate(yaml.safe_load(text), json.loads(named.read_text()))
    again = project.dativo("plugins", "import", "tap-tiny", code=64)
    assert "is there already" in again.err and "--replace" in again.err


def test_an_installed_plugin_runs_in_a_job_with_its_state(shop):
    shop.dativo("plugins", "import", "tap-tiny==1.0.0")
    shop.job(3)
    shop.dativo("run", "job.yaml")
    shop.job(5)
    shop.dativo("run", "job.yaml")
    rows = shop.rows()
    assert [row[0] for row in rows] == [0, 1, 2, 3, 4]
    assert {row[1] for row in rows} == {str(shop.environments / "tap-tiny")}


def test_the_lock_has_every_distribution_with_its_hash_and_refuses_another(shop):
    shop.dativo("plugins", "import", "tap-tiny")
    [entry] = json.loads(shop.lock.read_text())["plugins"]
    assert (entry["role"], entry["name"], entry["version"]) == ("tap", "tiny", "1.0.0")
    hashes = {
        path.name.split("-")[0].replace("_", "-"): [hashlib.sha256(path.read_bytes()).hexdigest()]
        for path in shop.index.glob("*.whl")
    }
    assert {part["name"]: part["sha256"] for part in entry["distributions"]} == hashes
    # What the lock has is installed again, byte for byte; another file of that version is not.
    shutil.rmtree(shop.environments)
    shop.dativo("plugins", "install")
    shutil.rmtree(shop.environments)
    shutil.rmtree(shop.folder / "uv-cache", ignore_errors=True)
    plugin_wheels.wheel(shop.index, "tiny-lib", code="OLD = False  # and more\n")
    refused = shop.dativo("plugins", "install", code=69)
    assert "hash" in refused.err.lower(), refused
    assert not (shop.environments / "tap-tiny").exists()
    shop.job(1)
    assert "dativo plugins install tiny" in shop.dativo("run", "job.yaml", code=78).err


def test_a_bundle_installs_without_an_index(shop):
    shop.dativo("plugins", "import", "tap-tiny")
    told = shop.json("plugins", "bundle", "wheels")
    assert told["result"]["wheels"] == sorted(path.name for path in shop.index.glob("*.whl"))
    shutil.rmtree(shop.environments)
    shutil.rmtree(shop.index)
    shutil.rmtree(shop.folder / "uv-cache", ignore_errors=True)
    shop.dativo("plugins", "install", code=69)
    shop.dativo("plugins", "install", "--offline", "wheels")
    shop.job(2)
    shop.dativo("run", "job.yaml")
    assert [row[0] for row in shop.rows()] == [0, 1]
    # A wheel that was changed on its way is refused.
    shutil.rmtree(shop.environments)
    shutil.rmtree(shop.folder / "uv-cache", ignore_errors=True)
    plugin_wheels.wheel(shop.folder / "wheels", "tiny-lib", code="import os\n")
    assert "hash" in shop.dativo("plugins", "install", "--offline", "wheels", code=69).err.lower()


def test_remove_leaves_neither_environment_nor_lock(project):
    project.dativo("plugins", "import", "tap-tiny")
    assert "removed" in project.dativo("plugins", "remove", "tiny").out
    assert not project.lock.exists()
    assert not (project.environments / "tap-tiny").exists()
    # The description is the project's own, and can be installed again.
    assert project.description().exists()
    project.dativo("plugins", "install", "tap-tiny")


def test_a_plugin_is_tried_with_a_configuration(project):
    project.dativo("plugins", "import", "tap-tiny")
    config = project.folder / "tap.json"
    config.write_text('{"count": 1, "api_token": "right"}')
    tried = project.json("plugins", "test", "tiny", "--config", "tap.json")["result"]["plugins"][0]
    assert tried["status"] == {"install": "works", "about": "works", "discover": "works"}
    assert (tried["streams"], tried["test"]) == (["n"], True)
    config.write_text('{"count": 1, "api_token": "wrong"}')
    assert "the token is ********" in project.dativo(
        "plugins", "test", "tiny", "--config", "tap.json", code=1
    ).out


def test_a_package_that_cannot_start_is_described_as_broken(project):
    plugin_wheels.wheel(
        project.index, "tap-crash", code="import nowhere_to_be_found\n", script="tap-crash"
    )
    project.dativo("plugins", "import", "tap-crash", code=1)
    text = project.description("crash").read_text()
    assert "about: {broken: \"ModuleNotFoundError: No module named 'nowhere_to_be_found'\"}" in text
    listed = project.json("plugins", "list", "--broken", "--role", "tap")["result"]["plugins"]
    assert "crash" in [plugin["name"] for plugin in listed]


def test_a_package_that_does_not_exist_is_described_as_broken(project):
    told = project.json("plugins", "import", "tap-nowhere==3.2.1", code=1)["result"]
    assert "broken" in told["status"]["install"]
    text = project.description("nowhere").read_text()
    assert "install: {broken:" in text and str(project.folder) not in text


def test_quirks_are_applied(project):
    plugin_wheels.tiny(project.index, is_old=True)
    project.dativo("plugins", "import", "tap-tiny")
    project.job(2)
    assert "no catalog" in project.dativo("run", "job.yaml", code=2).err
    text = project.description().read_text()
    project.description().write_text(
        text.replace("maintainer:", "quirks: [lenient_stdout, properties]\nmaintainer:")
    )
    project.dativo("run", "job.yaml")
    assert [row[0] for row in project.rows()] == [0, 1]
    # They outlive a new import.
    project.dativo("plugins", "import", "tap-tiny", "--replace")
    assert "quirks: [lenient_stdout, properties]" in project.description().read_text()


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("dativo_api_version: 1", "dativo_api_version: 2", "needs plugin API 2, and this Dativo has 1"),
        ("executable: tap-tiny\n", "image: \"tap@sha256:00\"\n", "not supported yet"),
        ("role: tap", "role: tap\nquirks: [lenient_stdou]", "Did you mean \"lenient_stdout\"?"),
        ("version: \"1.0.0\"", "version: \"1.0 --index\"", "is no version"),
        ("discover: works", "discover: maybe", "must be works, {needs: SERVER} or {broken: ERROR}"),
    ],
)
def test_descriptions_that_are_refused(project, old, new, message):
    project.dativo("plugins", "import", "tap-tiny")
    text = project.description().read_text().replace(old, new)
    if "image" in new:
        text = "\n".join(line for line in text.splitlines() if not line.startswith("python:"))
    project.description().write_text(text)
    project.job(1)
    assert message in project.dativo("run", "job.yaml", code=78).err


def test_show_and_list_tell_what_is_known(project):
    project.dativo("plugins", "import", "tap-tiny")
    shown = project.dativo("plugins", "show", "tiny").out
    for part in ("tap-tiny==1.0.0", "MIT", "api.tiny.example", "count", "required", "secret", "default up"):
        assert part in shown
    listed = project.json("plugins", "list")["result"]["plugins"]
    assert {"csv", "parquet", "tiny"} <= {plugin["name"] for plugin in listed}
    far = project.dativo("plugins", "show", "tinny", code=78)
    assert "Did you mean \"tiny\"?" in far.err

"""doctor and support-bundle: what they find, what they tell to do, and that no secret leaves."""
import json
import os
import tarfile

from job_project import foreign, project  # noqa: F401  (fixtures)
from test_redaction import LONG, loud, seek  # noqa: F401  (fixtures)


def checks(project, *arguments, code=0):
    done = project.dativo("doctor", *arguments, "--json")
    assert done.returncode == code, done.out + done.err
    return {c["name"]: c for c in json.loads(done.out)["result"]["checks"]}


def test_a_machine_and_a_project_are_looked_at(project):
    project.job()
    found = checks(project)
    assert {"system", "memory", "dativo-validate", "python", "duckdb", "containers", "home", "plugins"} <= set(found)
    assert found["dativo-validate"]["status"] == "ok" and "0." in found["dativo-validate"]["detail"]
    text = project.dativo("doctor").out
    assert text.splitlines()[0].startswith("ok    system: Linux")
    assert "checks: 0 failed" in text.splitlines()[-1]
    assert not list(project.folder.glob("**/.dativo-probe*"))


def test_a_job_is_checked_too(project):
    project.job()
    found = checks(project, "job.yaml")
    assert found["tap"]["status"] == "ok" and found["destination"]["status"] == "ok"
    assert found["secrets"]["status"] == "ok"
    project.job(source={"password": "literal-secret"})
    found = checks(project, "job.yaml")
    assert found["secrets"]["status"] == "warn" and "chmod 600" in found["secrets"]["hint"]
    os.chmod(project.folder / "job.yaml", 0o600)
    assert checks(project, "job.yaml")["secrets"]["status"] == "ok"


def test_what_is_broken_is_told_with_what_to_do(project):
    project.job()
    (project.folder / "job.yaml").write_text("apiVersion: dativo/v1\nkind: Job\n")
    found = checks(project, "job.yaml", code=1)
    assert found["job file"]["status"] == "fail" and found["job file"]["hint"]
    project.job(target="target: parquet\nconfig: {destination: /proc/nowhere}")
    found = checks(project, "job.yaml", code=1)
    assert found["destination"]["status"] == "fail"
    project.job(source={"rows": 1})
    project.run()
    private = project.folder / ".dativo/run/acme/orders/killed"
    private.mkdir(parents=True)
    os.chmod(private, 0o755)
    assert checks(project, code=1)["permissions"]["hint"] == f"chmod 700 {private}"


def unpack(path):
    texts = []
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile():
                texts.append((member.name.split("/", 1)[1], archive.extractfile(member).read().decode()))
    return texts


def test_a_support_bundle_has_all_but_secrets(loud):
    loud.make(exit=3)
    job = loud.folder / "job.yaml"
    job.write_text(f"# {LONG} in a comment\n" + job.read_text() + "hooks: {failure: [{webhook: 'http://127.0.0.1:9/Canary-path'}]}\n")
    assert loud.dativo("run", "job.yaml").returncode == 2
    done = loud.dativo("support-bundle", "--output", "b.tar.gz")
    assert done.returncode == 0, done.err
    assert os.stat(loud.folder / "b.tar.gz").st_mode & 0o777 == 0o600
    texts = unpack(loud.folder / "b.tar.gz")
    names = [name for name, _ in texts]
    assert {"jobs/job.yaml", "versions.json", "doctor/job.yaml.txt"} <= set(names)
    assert any(n.endswith(".log.jsonl") for n in names) and any(n.startswith("runs/") and n.endswith(".json") for n in names)
    seek(texts + [("stdout", done.out), ("stderr", done.err)])
    content = dict(texts)
    assert "Canary-path" not in "".join(content.values())
    assert '"${CANARY_VALUE}"' in content["jobs/job.yaml"] or "${CANARY_VALUE}" in content["jobs/job.yaml"]
    record = json.loads(next(text for name, text in texts if name.startswith("runs/") and name.endswith(".json")))
    assert "state" not in record and record["outcome"] == "failed"
    assert "dativo" in json.loads(content["versions.json"])["dativo"]


def test_a_bundle_hides_what_a_description_marks_though_the_job_has_mistakes(loud, monkeypatch):
    loud.make()
    monkeypatch.delenv("CANARY_VALUE")
    done = loud.dativo("support-bundle", "--output", "b.tar.gz")
    assert done.returncode == 0, done.err
    seek(unpack(loud.folder / "b.tar.gz"))


def test_a_bundle_of_a_folder_without_jobs(project):
    done = project.dativo("support-bundle", "--json")
    assert done.returncode == 0, done.err
    result = json.loads(done.out)["result"]
    assert (project.folder / result["path"]).is_file() and "doctor/project.txt" in result["files"]
    assert project.dativo("support-bundle", "nowhere").returncode == 64

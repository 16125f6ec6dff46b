"""`dativo runs metrics`: the figures of last runs, read by Prometheus's own parser."""
import json
import os
import stat

from prometheus_client.parser import text_string_to_metric_families

from conftest import ROOT
from job_project import project  # noqa: F401 (a fixture)


def samples(text):
    """Every sample by its name and labels; a name stands in one family only, with type and help."""
    found, names = {}, []
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge" and family.documentation
        names.append(family.name)
        for sample in family.samples:
            found[(sample.name.removeprefix("dativo_job_"), *sorted(sample.labels.items()))] = sample.value
    assert len(names) == len(set(names))
    return found


def metrics(project, *arguments):
    done = project.dativo("runs", "metrics", *arguments)
    assert done.returncode == 0, done.err
    return samples(done.out)


ORDERS = ("job", "acme.orders")


def status(found, job="acme.orders"):
    return {dict(key[1:])["status"]: value for key, value in found.items()
            if key[0] == "last_run_status" and ("job", job) in key}


def test_figures_of_the_last_run(project):
    assert metrics(project) == {}
    project.job({"rows": 120})
    project.run()
    record, found = project.record(), metrics(project)
    assert status(found) == {"success": 1, "partial": 0, "failed": 0, "interrupted": 0, "killed": 0}
    assert found[("running", ORDERS)] == 0 and found[("last_run_exit_code", ORDERS)] == 0
    assert found[("last_run_duration_seconds", ORDERS)] == record["seconds"]
    for outcome in ("read", "passed", "committed"):
        assert found[("last_run_records", ORDERS, ("outcome", outcome))] == 120
        assert found[("last_run_stream_records", ORDERS, ("outcome", outcome), ("stream", "orders"))] == 120
    assert found[("last_run_read_bytes", ORDERS)] == record["bytes_read"]
    began = found[("last_success_timestamp_seconds", ORDERS)]
    assert began == found[("last_run_start_timestamp_seconds", ORDERS)]

    project.job({"rows": 300, "exit_at": 200, "exit": 64, "stderr": "no such table"})
    project.run(code=2)
    found = metrics(project)
    assert status(found)["failed"] == 1 and status(found)["success"] == 0
    assert found[("last_run_exit_code", ORDERS)] == 2
    assert found[("last_success_timestamp_seconds", ORDERS)] == began


def test_what_confined_the_plugin_is_a_label(project):
    project.job({"rows": 10}, name="confined", file="confined.yaml")
    target = 'target: parquet\nconfig: {destination: elsewhere}'
    project.job({"rows": 10}, target, name="free", file="free.yaml", extra="sandbox: none")
    for file in ("confined.yaml", "free.yaml"):
        assert project.dativo("run", file).returncode == 0
    told = {}
    for key in metrics(project):
        if key[0] == "last_run_sandbox_info":
            labels = dict(key[1:])
            told[labels["job"]] = labels
    confined, free = told["acme.confined"], told["acme.free"]
    assert confined["stage"] == free["stage"] == "tap"
    assert confined["plugin"] == free["plugin"] == "tap.py"
    assert confined["backend"] in ("bwrap", "landlock") and "files" in confined["enforced"]
    assert free["backend"] == "none" and free["enforced"] == "" and free["not_enforced"] == "everything"
    text = (project.folder / "confined.yaml").read_text()
    (project.folder / "confined.yaml").write_text(text.replace("{\"destination\": \"out\"}", "{\"destinatio\": \"out\"}"))
    assert project.dativo("run", "confined.yaml").returncode == 78
    told = {dict(key[1:])["job"] for key in metrics(project) if key[0] == "last_run_sandbox_info"}
    assert told == {"acme.free"}, "what was not started was not confined"


def test_names_are_escaped_and_a_run_that_was_killed_is_told(project):
    project.job({"rows": 9000, "delay": 0.2})
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    assert project.wait(lambda: metrics(project).get(("running", ORDERS))) == 1
    process.kill()
    process.communicate(timeout=60)
    project.wait(lambda: not project.processes())
    found = metrics(project)
    assert found[("running", ORDERS)] == 0 and status(found)["killed"] == 1
    assert ("last_run_duration_seconds", ORDERS) not in found

    name = 'a "b"\\c'
    tap = project.folder / "odd.py"
    tap.write_text(f"""import json
print(json.dumps({{"type": "SCHEMA", "stream": {name!r}, "schema": {{"properties": {{"id": {{"type": "integer"}}}}}}, "key_properties": []}}))
for number in range(20):
    print(json.dumps({{"type": "RECORD", "stream": {name!r}, "record": {{"id": number}}}}))
""")
    project.job(tap=tap, extra="sandbox: {tap: {read: [.]}}")
    project.run()
    found = metrics(project)
    assert found[("last_run_stream_records", ORDERS, ("outcome", "committed"), ("stream", name))] == 20


def test_a_collectors_file_is_replaced_as_a_whole(project):
    project.job({"rows": 10})
    project.run()
    path = project.folder / "dativo.prom"
    path.write_text("stale")
    done = project.dativo("runs", "metrics", "--output", "dativo.prom", "--json")
    answer = json.loads(done.out)
    assert answer["ok"] and samples(path.read_text())
    assert len(answer["result"]["metrics"]) == len(list(text_string_to_metric_families(path.read_text())))
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o644
    assert [p.name for p in project.folder.glob("dativo.prom*")] == ["dativo.prom"]
    done = project.dativo("runs", "metrics", "--output", "nowhere/dativo.prom")
    assert done.returncode == 74 and "nowhere/dativo.prom" in done.err
    assert project.dativo("runs", "metrics", "--since", "yesterday").returncode == 64
    assert metrics(project, "other") == {}
    assert metrics(project, "orders", "--since", "1d") == metrics(project)


def test_parts_are_told_as_their_job_and_trials_not_at_all(project):
    tap = ROOT / "Tests/Conformance/Hostile/streams.py"
    project.job({"streams": ["a", "b"], "rows": 7}, tap=tap, extra="parallelism: 2")
    project.run()
    found = metrics(project)
    assert {dict(key[1:])["job"] for key in found} == {"acme.orders"}
    for stream in ("a", "b"):
        assert found[("last_run_stream_records", ORDERS, ("outcome", "committed"), ("stream", stream))] == 7
    assert found[("last_run_records", ORDERS, ("outcome", "committed"))] == 14
    assert sum(key[0] == "last_run_sandbox_info" for key in found) == 1
    project.job({"rows": 50}, name="trial", file="job.yaml", target="target: parquet\nconfig: {destination: trial}")
    project.run("--limit", "3")
    assert not any(("job", "acme.trial") in key for key in metrics(project))


def test_a_record_that_cannot_be_read_hides_no_other_job(project):
    project.job({"rows": 10})
    project.run()
    newest = max((project.folder / ".dativo/runs").glob("*.json"), key=os.path.getmtime)
    project.job({"rows": 10}, name="second", target="target: parquet\nconfig: {destination: second}")
    project.run()
    metrics(project)
    newest.write_text("")
    done = project.dativo("runs", "metrics")
    assert done.returncode == 0 and newest.stem in done.err
    assert status(samples(done.out), "acme.second")["success"] == 1


def test_links_are_followed_and_standard_output_is_no_file(project):
    project.job({"rows": 10})
    project.run()
    (project.folder / "link.prom").symlink_to("there.prom")
    for _ in range(2):
        assert project.dativo("runs", "metrics", "--output", "link.prom").returncode == 0
        assert (project.folder / "link.prom").is_symlink() and samples((project.folder / "there.prom").read_text())
    (project.folder / "out.prom").symlink_to("/proc/self/fd/1")
    done = project.dativo("runs", "metrics", "--output", "out.prom")
    assert samples(done.out) and (project.folder / "out.prom").is_symlink()

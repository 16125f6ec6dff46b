"""`dativo log`, `verify`, `compact` and `inspect` of a bucket: as of a folder."""
import io
import json
import signal

import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state
from s3_pipeline import pipeline, server
from s3_server import Proxy
from test_compact import FAILPOINTS


def dativo(pipeline, verb, *arguments, code=0, place=None, **options):
    place = place or f"s3://{pipeline.root}"
    done = run("dativo", verb, place, "--config", pipeline.config, *arguments, **options)
    assert done.code == code, done
    return done


def result(pipeline, verb, *arguments, **options):
    return json.loads(dativo(pipeline, verb, *arguments, "--json", **options).out)["result"]


def problems(pipeline, code=65):
    return [(p["kind"], p["subject"]) for p in result(pipeline, "verify", code=code)["problems"]]


def compact(pipeline, *arguments, **options):
    return dativo(pipeline, "compact", "--table", "orders", *arguments, **options)


# log, verify, inspect.


def test_log_and_verify_as_on_the_disk(pipeline):
    pipeline.finish(200)
    commits = result(pipeline, "log")["commits"]
    assert sum(commit["rows"] for commit in commits) == 200
    assert [c["previous"] for c in commits[1:]] == [c["sha256"] for c in commits[:-1]]
    place = f"s3://{pipeline.root}"
    listed = dativo(pipeline, "log", "--files").out.split()
    assert sorted(listed) == sorted(
        f"{place}/{file}" for stream in ("orders", "items") for file in pipeline.files(stream)
    )
    whole = result(pipeline, "verify")
    assert whole["problems"] == [] and whole["rows"] == 200 and whole["destination"] == place
    table = result(pipeline, "verify", place=f"{place}/orders/")
    assert table["table"] == "orders" and table["rows"] == 100
    done = dativo(pipeline, "verify", place=f"{place}/order", code=78)
    assert "Did you mean orders?" in done.err
    shown = result(pipeline, "inspect", place=listed[0])
    assert shown["rows"] > 0 and shown["file"] == listed[0]
    dativo(pipeline, "inspect", place=f"{place}/orders/none.parquet", code=74)


@pytest.mark.parametrize("how", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "job"])
def test_the_endpoint_of_the_environment_or_of_a_job(pipeline, tmp_path, how):
    pipeline.finish(50)
    endpoint = pipeline.server.endpoint
    place = f"s3://{pipeline.root}"
    if how == "job":
        target = {"destination": place, "s3": {"endpoint": endpoint}}
        (tmp_path / "job.yaml").write_text(
            "apiVersion: dativo/v1\nkind: Job\ntenant: acme\nname: orders\n"
            "source: {tap: csv, config: {path: x.csv}}\n"
            f"target: {{target: parquet, config: {json.dumps(target)}}}\n"
        )
        done = run("dativo", "verify", place, "--config", tmp_path / "job.yaml")
    else:
        done = run("dativo", "verify", place, env={how: endpoint})
    assert done.code == 0 and done.out.startswith("well: "), done


def test_what_keeps_a_bucket_from_being_read(pipeline):
    place = f"s3://{pipeline.bucket}/empty"
    assert "there is no commit log" in dativo(pipeline, "log", place=place, code=78).err
    dativo(pipeline, "log", place="s3://no-such-bucket/x", code=78)
    dativo(pipeline, "log", env={"AWS_SECRET_ACCESS_KEY": "wrong"}, code=77)
    pipeline.settings(s3={"endpoint": "http://127.0.0.1:9"})
    dativo(pipeline, "log", code=69)
    pipeline.settings(s3={"end_point": "x"})
    done = dativo(pipeline, "log", code=78)
    assert 'unknown key "end_point"' in done.err and 'Did you mean "endpoint"?' in done.err


def test_an_object_that_was_changed_cut_removed_or_added(pipeline):
    pipeline.finish(100)
    first, second = pipeline.files("orders")
    third = pipeline.files("items")[0]
    content = bytearray(pipeline.read(first))
    content[len(content) // 2] ^= 1
    pipeline.write(first, bytes(content))
    assert problems(pipeline) == [("wrong_digest", first)]
    pipeline.write(second, pipeline.read(second)[:-1])
    pipeline.remove(third)
    pipeline.write("items/other.parquet", b"PAR1")
    assert sorted(problems(pipeline)) == sorted([
        ("wrong_digest", first), ("wrong_size", second), ("missing_file", third),
        ("unknown_file", "items/other.parquet"),
    ])


def test_a_commit_that_was_changed(pipeline):
    pipeline.finish(100)
    key = "_dativo/default/commits/000000000002.json"
    pipeline.write(key, json.dumps({**json.loads(pipeline.read(key)), "run": "x"}).encode())
    broken = "_dativo/default/commits/000000000003.json"
    assert problems(pipeline) == [("broken_chain", broken)]
    assert "commit 3 does not follow commit 2" in dativo(pipeline, "log", code=65).err


def test_what_a_killed_writer_left(pipeline):
    """Uploads that no commit names do no harm; those of a published commit wait to be completed."""
    assert pipeline.run(50, failpoint="commit.staged:kill") == -signal.SIGKILL
    # Nothing but the opening of an epoch is committed.
    found = result(pipeline, "verify")["problems"]
    assert {problem["kind"] for problem in found} == {"leftover"}
    assert pipeline.run(50, failpoint="commit.published:kill") == -signal.SIGKILL
    found = result(pipeline, "verify", code=65)["problems"]
    assert [problem["kind"] for problem in found] == ["unfinished", "unfinished"]
    for key, upload in pipeline.server.uploads(pipeline.bucket):
        pipeline.server.request("DELETE", f"/{pipeline.bucket}/{key}", {"uploadId": upload})
    found = result(pipeline, "verify", code=65)["problems"]
    assert {problem["kind"] for problem in found} >= {"missing_file"}
    done = compact(pipeline, code=65)
    assert "names data that no longer exists" in done.err


def test_verify_reads_in_ranges(pipeline):
    """A file is read in pieces, its footer alone for the rows: no answer is a whole large file."""
    pipeline.finish(100)
    proxy = Proxy(pipeline.server, lambda *_: None)
    try:
        pipeline.settings(s3={"endpoint": proxy.endpoint})
        assert result(pipeline, "verify")["rows"] == 100
        gets = [headers for (method, path), headers in zip(proxy.seen, proxy.headers)
                if method == "GET" and ".parquet" in path]
        assert gets and all("range" in headers for headers in gets)
    finally:
        proxy.stop()


# compact.


def test_small_files_become_one(pipeline):
    pipeline.finish(300)
    others = pipeline.files("items")
    assert len(pipeline.files("orders")) == 6
    outcome = json.loads(compact(pipeline, "--json").out)["result"]["pipelines"][0]
    [file] = pipeline.files("orders")
    assert outcome["files"] == [file] and len(outcome["removed"]) == 6
    assert pipeline.files("items") == others
    assert result(pipeline, "verify")["problems"] == []
    pipeline.check(300)
    assert "nothing to merge" in compact(pipeline).out
    table = pq.read_table(io.BytesIO(pipeline.read(file)), page_checksum_verification=True)
    assert table["id"].to_pylist() == list(range(1, 300, 2))
    # Loads go on from the state that stood.
    pipeline.finish(400)
    assert len(pipeline.files("orders")) == 3


def test_old_files_go_before_the_new_one_shows(pipeline):
    """A glob may miss rows for a moment, but never sees one twice."""
    pipeline.finish(200)
    proxy = Proxy(pipeline.server, lambda *_: None)
    try:
        pipeline.settings(s3={"endpoint": proxy.endpoint})
        compact(pipeline)
    finally:
        proxy.stop()
    removals = [number for number, (method, path) in enumerate(proxy.seen)
                if method == "DELETE" and "/orders/" in path]
    [publication] = [number for number, (method, path) in enumerate(proxy.seen)
                     if method == "PUT" and path.endswith("/commits/000000000007.json")]
    [completion] = [number for number, (method, path) in enumerate(proxy.seen)
                    if method == "POST" and "uploadId=" in path]
    assert len(removals) == 4 and publication < min(removals) < max(removals) < completion
    assert pipeline.rows() == list(range(1, 201))


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_anywhere_no_row_is_lost_or_doubled(pipeline, failpoint):
    pipeline.finish(200)
    done = run("dativo", "compact", f"s3://{pipeline.root}", "--config", pipeline.config,
               "--table", "orders", env={"DATIVO_FAILPOINT": f"{failpoint}:kill"})
    assert done.code == -signal.SIGKILL, done
    seen = pipeline.rows()
    assert len(seen) == len(set(seen))
    compact(pipeline)
    assert len(pipeline.files("orders")) == 1
    assert result(pipeline, "verify")["problems"] == []
    assert pipeline.rows() == list(range(1, 201))
    # What was left in staging goes with the next writer that has something to write.
    pipeline.finish(250)


def test_a_writer_at_work_loses_its_turn_and_no_row(pipeline):
    """There is no lock on S3: the load ends with 75, and the next goes on."""
    pipeline.finish(200)
    hits = []

    def fault(method, path, number):
        if method == "PUT" and "/commits/" in path:
            hits.append(path)
            if len(hits) == 2:
                run("dativo", "compact", f"s3://{pipeline.root}", "--config", direct,
                    "--table", "orders")
        return None

    direct = pipeline.folder / "direct.json"
    direct.write_text(pipeline.config.read_text())
    proxy = Proxy(pipeline.server, fault)
    try:
        pipeline.settings(s3={"endpoint": proxy.endpoint})
        assert pipeline.run(400) == 75, pipeline.errors
    finally:
        proxy.stop()
    pipeline.config.write_text(direct.read_text())
    assert pipeline.rows() == list(range(1, 201))
    pipeline.finish(400)
    assert result(pipeline, "verify")["problems"] == []


def test_repeated_rows_are_skipped_in_a_bucket_too(pipeline):
    """`dedupe: key` reads the last commits' files back from the bucket."""
    pipeline.settings(dedupe="key")
    head = schema("orders", {"id": {"type": "integer"}, "text": {"type": "string"}}, ["id"])

    def load(first, last, changed=()):
        rows = [record("orders", {"id": n, "text": "new" if n in changed else f"row {n}"})
                for n in range(first, last + 1)]
        done = run("dativo-target-parquet", "--config", pipeline.config,
                   stdin=lines(head, *rows, state({"row": last})))
        assert done.code == 0, done
        return done

    load(1, 100)
    assert "11" in load(90, 120).err
    assert pipeline.rows() == list(range(1, 121))
    load(118, 130, changed={119})
    assert pipeline.rows() == sorted([*range(1, 131), 119])

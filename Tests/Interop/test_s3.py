"""Exactly once on S3: every promise of the local disk, against a server that checks signatures."""
import json
import os
import random
import signal
import subprocess
import time

import duckdb
import pyarrow
import pyarrow.parquet
import pytest

import test_crashes
import test_memory
from conftest import run, lines, record, schema, state
from s3_pipeline import pipeline, server
from s3_server import KEY, SECRET, Proxy

FAILPOINTS = test_crashes.FAILPOINTS
ERROR = b'<?xml version="1.0"?><Error><Code>%s</Code><Message>injected</Message></Error>'


def test_loads_and_goes_on_from_its_state(pipeline):
    pipeline.finish(120)
    names = pipeline.server.keys(f"{pipeline.root}/orders")
    assert names[0] == "default-000000000002-00001.parquet"
    pipeline.finish(300)


def test_a_parquet_file_of_a_batch_is_copied_in_parts(pipeline, tmp_path):
    file = tmp_path / "batch.parquet"
    ids = pyarrow.array(range(1, 2_000_001), pyarrow.int64())
    pyarrow.parquet.write_table(pyarrow.table({"id": ids}), file, compression="none", use_dictionary=False)
    pipeline.settings(batch_roots=[str(tmp_path)])
    manifest = {"type": "BATCH", "stream": "b", "encoding": {"format": "parquet"}, "manifest": [str(file)]}
    done = run("dativo-target-parquet", "--config", pipeline.config,
               stdin=lines(schema("b", {"id": {"type": "integer"}}, ["id"]), manifest, state({"row": 1})))
    assert done.code == 0, done
    [key] = pipeline.server.keys(f"{pipeline.root}/b")
    with pipeline.server.files.open_input_stream(f"{pipeline.root}/b/{key}") as stream:
        assert stream.read() == file.read_bytes() and file.stat().st_size > 12 << 20


def test_duckdb_reads_the_table_after_a_download(pipeline, tmp_path):
    pipeline.finish(100)
    for key in pipeline.server.keys(f"{pipeline.root}/orders"):
        with pipeline.server.files.open_input_file(f"{pipeline.root}/orders/{key}") as file:
            (tmp_path / key).write_bytes(file.read())
    ids = duckdb.sql(f"select id from '{tmp_path}/*.parquet'").fetchall()
    assert ids and {row for row, in ids} <= set(range(1, 101))


def test_a_file_of_many_parts(pipeline):
    """Three parts at least, from values that no codec makes smaller."""
    messages = [schema("orders", {"id": {"type": "integer"}, "text": {"type": "string"}})]
    messages += [record("orders", {"id": row, "text": os.urandom(4096).hex()})
                 for row in range(1, 5001)]
    pipeline.settings(checkpoint_interval={"bytes": None}, compression="uncompressed",
                      encoding="plain")
    done = run("dativo-target-parquet", "--config", pipeline.config,
               stdin=lines(*messages, state({"row": 5000})))
    assert done.code == 0, done
    keys = pipeline.server.keys(f"{pipeline.root}/orders")
    assert pipeline.rows() == list(range(1, 5001)) and len(keys) == 1
    commit = pipeline.server.keys(f"{pipeline.root}/_dativo/default/commits")[-1]
    file = json.loads(pipeline.read(f"_dativo/default/commits/{commit}"))["files"][0]
    assert len(file["ticket"]["parts"]) >= 3


def test_parts_go_a_few_at_a_time_and_memory_stays_bounded(pipeline, tmp_path):
    """Slow answers: up to four parts are under way, in whatever order they arrive."""
    under_way, most = set(), []

    def fault(method, path, number):
        if is_part(method, path):
            under_way.add(number)
            most.append(len(under_way))
            time.sleep(0.3 * (1 + number % 2))
            under_way.discard(number)
        return None

    head = json.dumps(schema("orders", {"id": {"type": "integer"}, "text": {"type": "string"}}))
    texts = [os.urandom(4096).hex() for _ in range(50)]
    rows = (
        f'{{"type":"RECORD","stream":"orders","record":{{"id":{row},"text":"{row}{texts[row % 50]}"}}}}\n'
        for row in range(1, 10001)
    )
    proxy = Proxy(pipeline.server, fault)
    try:
        pipeline.settings(s3={"endpoint": proxy.endpoint}, checkpoint_interval={"bytes": None},
                          compression="uncompressed", encoding="plain")
        used = test_memory.peak(
            tmp_path, [head + "\n", *rows], **json.loads(pipeline.config.read_text())
        )
    finally:
        proxy.stop()
    print("parts at once", max(most), "peak MiB", used >> 20)
    assert 2 <= max(most) <= 4 and used < 100 << 20
    assert pipeline.rows() == list(range(1, 10001))


def test_many_folders_have_one_file_each(pipeline):
    """What open files hold bounds how many are open, not their number."""
    pipeline.settings(partition_by=["k"], checkpoint_interval={"bytes": None})
    properties = {"id": {"type": "integer"}, "k": {"type": "integer"}}
    messages = [schema("orders", properties)]
    messages += [record("orders", {"id": row, "k": row % 40}) for row in range(1, 4001)]
    done = run("dativo-target-parquet", "--config", pipeline.config,
               stdin=lines(*messages, state({"row": 4000})))
    assert done.code == 0, done
    assert len(pipeline.files()) == 40 and pipeline.rows() == list(range(1, 4001))


@pytest.mark.parametrize("name", FAILPOINTS)
def test_killed_at_a_failpoint(pipeline, name):
    assert pipeline.run(200, failpoint=f"{name}:kill") == -signal.SIGKILL, pipeline.errors
    told = [json.loads(line)["row"] for line in pipeline.told.splitlines()]
    assert (pipeline.last_state()["state"] or {"row": 0})["row"] >= max(told, default=0)
    seen = pipeline.rows()
    assert len(seen) == len(set(seen))
    pipeline.finish(250)


def test_killed_again_while_recovering(pipeline):
    for number, name in enumerate(FAILPOINTS):
        pipeline.run(100 + 50 * number, failpoint=f"{name}:kill")
        assert len(pipeline.rows()) == len(set(pipeline.rows()))
    pipeline.finish(100 + 50 * len(FAILPOINTS))


def test_of_two_writers_one_goes_on(pipeline):
    """The later one takes over: the earlier one's turn is over, and nothing is lost."""
    first = subprocess.Popen(
        [test_crashes.TARGET, "--config", pipeline.config],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
    )
    first.stdin.write(lines(
        schema("orders", {"id": {"type": "integer"}}),
        *[record("orders", {"id": row}) for row in range(1, 61)], state({"row": 60}),
    ))
    assert first.stdout.readline() == b'{"row": 60}\n'
    pipeline.run(200)
    _, errors = first.communicate(lines(record("orders", {"id": 999}), state({"row": 999})), 60)
    assert first.returncode == 75, errors
    assert pipeline.rows() == list(range(1, 201))
    # What the earlier one began after its turn is cleared away by the next that writes.
    pipeline.finish(250)


def test_a_job_runs_and_its_verbs_answer(pipeline, tmp_path):
    """`dativo run`, `state` and `check` reach the bucket through the target."""
    target = {"destination": f"s3://{pipeline.root}", "s3": {"endpoint": pipeline.server.endpoint}}
    (tmp_path / "orders.csv").write_text("id\n" + "".join(f"{row}\n" for row in range(1, 101)))
    source = {"replication": "modified",
              "files": [{"path": "orders.csv", "stream": "orders", "keys": ["id"]}]}
    (tmp_path / "job.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Job\ntenant: acme\nname: orders\n"
        f"source: {{tap: csv, config: {json.dumps(source)}}}\n"
        f"target: {{target: parquet, config: {json.dumps(target)}}}\n"
    )
    for _ in range(2):
        done = run("dativo", "run", "job.yaml", cwd=tmp_path)
        assert done.code == 0, done
        assert pipeline.rows() == list(range(1, 101))
    shown = run("dativo", "state", "show", "job.yaml", cwd=tmp_path)
    assert shown.code == 0 and "of the destination" in shown.out, shown
    checked = run("dativo", "check", "job.yaml", cwd=tmp_path)
    assert checked.code == 0, checked


# Refusals.


@pytest.mark.parametrize("name, value", [
    ("AWS_SECRET_ACCESS_KEY", "wrong-s3cret"), ("AWS_ACCESS_KEY_ID", "nobody-key"),
    ("AWS_ACCESS_KEY_ID", ""),
])
def test_refused_credentials(pipeline, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(pipeline.folder))
    result = run("dativo-target-parquet", "--config", pipeline.config)
    assert result.code == 77, result
    for secret in ("wrong-s3cret", SECRET):
        assert secret not in result.err + result.out


def test_a_missing_bucket(pipeline):
    pipeline.settings(destination="s3://no-such-bucket/x")
    result = run("dativo-target-parquet", "--config", pipeline.config)
    assert result.code == 78, result
    assert "no-such-bucket" in result.failure["message"]


def test_nobody_answers(pipeline):
    pipeline.settings(s3={"endpoint": "http://127.0.0.1:9"})
    result = run("dativo-target-parquet", "--config", pipeline.config)
    assert result.code == 69, result


def test_an_unknown_setting(pipeline):
    pipeline.settings(s3={"end_point": "x"})
    result = run("dativo-target-parquet", "--config", pipeline.config)
    assert result.code == 78 and 'Did you mean "endpoint"?' in result.failure["hint"]


@pytest.mark.parametrize("how", ["AWS_PROFILE", "profile"])
def test_keys_of_a_profile(pipeline, monkeypatch, how):
    file = pipeline.folder / "credentials"
    file.write_text(f"[other]\naws_access_key_id = x\naws_secret_access_key = y\n\n[mine]\n"
                    f"aws_access_key_id = {KEY}\naws_secret_access_key={SECRET}\n")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    if how == "profile":
        pipeline.settings(s3={"endpoint": pipeline.server.endpoint, "profile": "mine"})
    else:
        monkeypatch.setenv("AWS_PROFILE", "mine")
    pipeline.finish(50)


def test_encryption_and_storage_class_are_asked_for(pipeline):
    """Every object is encrypted as the settings say; data files have the storage class."""
    proxy = Proxy(pipeline.server, lambda *_: None)
    try:
        pipeline.settings(s3={"endpoint": proxy.endpoint, "sse": "AES256",
                              "storage_class": "STANDARD_IA"})
        pipeline.run(50)
    finally:
        proxy.stop()
    made = [(path, headers) for (method, path), headers in zip(proxy.seen, proxy.headers)
            if method == "PUT" and "partNumber" not in path or path.endswith("?uploads=")]
    assert made
    for path, headers in made:
        assert headers["x-amz-server-side-encryption"] == "AES256", path
        storage = "STANDARD_IA" if path.endswith("?uploads=") else None
        assert headers.get("x-amz-storage-class") == storage, path


def test_an_upload_that_a_commit_names_and_the_bucket_has_aborted(pipeline):
    assert pipeline.run(100, failpoint="commit.published:kill") == -signal.SIGKILL
    for key, upload in pipeline.server.uploads(pipeline.bucket):
        pipeline.server.request("DELETE", f"/{pipeline.bucket}/{key}", {"uploadId": upload})
    assert pipeline.run(100) == 70
    assert "commit 2 names data that no longer exists" in pipeline.failure["message"]


# Faults between any two requests.


def is_completion(method, path):
    return method == "POST" and "uploadId=" in path


def is_publication(method, path):
    return method == "PUT" and "/commits/" in path


def is_part(method, path):
    return method == "PUT" and "partNumber=" in path


def is_object(method, path):
    return method == "PUT" and "partNumber=" not in path


def is_beginning(method, path):
    return method == "POST" and path.endswith("?uploads=")


FAULTS = {
    "beginning done, its answer lost": (is_beginning, ("lose",)),
    "beginning done, 503 answered": (is_beginning, ("after", 503, ERROR % b"SlowDown")),
    "beginning answered 503": (is_beginning, ("answer", 503, ERROR % b"SlowDown")),
    "completion repeated": (is_completion, ("repeat",)),
    "completion done, its answer lost": (is_completion, ("lose",)),
    "completion done, 503 answered": (is_completion, ("after", 503, ERROR % b"SlowDown")),
    "completion answered 200 with an error": (
        is_completion, ("answer", 200, ERROR % b"InternalError")),
    "completion answered 503": (is_completion, ("answer", 503, ERROR % b"SlowDown")),
    "completion answered with nothing": (is_completion, ("answer", 200, b"")),
    "publication done, its answer lost": (is_publication, ("lose",)),
    "publication answered 503": (is_publication, ("answer", 503, ERROR % b"SlowDown")),
    "publication answered 409": (
        is_publication, ("answer", 409, ERROR % b"ConditionalRequestConflict")),
    "part answered 500": (is_part, ("answer", 500, ERROR % b"InternalError")),
    "part done, its answer lost": (is_part, ("lose",)),
    "part cut after its headers": (is_part, ("cut",)),
    "object cut after its headers": (is_object, ("cut",)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_made_good(pipeline, name):
    """Each second request of the kind goes wrong; the load does not notice."""
    which, what = FAULTS[name]
    hits = []

    def fault(method, path, number):
        if not which(method, path):
            return None
        hits.append(path)
        return what if len(hits) % 2 else None

    proxy = Proxy(pipeline.server, fault)
    try:
        pipeline.settings(s3={"endpoint": proxy.endpoint})
        assert pipeline.run(120) == 0, pipeline.errors
        assert hits
        pipeline.check(120)
    finally:
        proxy.stop()


def test_a_completion_that_is_refused_for_good(pipeline):
    """The commit stands: the next run completes it."""
    answer = ("answer", 403, ERROR % b"AccessDenied")
    proxy = Proxy(
        pipeline.server, lambda method, path, _: answer if is_completion(method, path) else None
    )
    endpoint = {"endpoint": pipeline.server.endpoint}
    try:
        pipeline.settings(s3={"endpoint": proxy.endpoint})
        assert pipeline.run(100) == 77
        assert pipeline.rows() == [] and pipeline.told == b""
    finally:
        proxy.stop()
    pipeline.settings(s3=endpoint)
    pipeline.finish(100)


@pytest.mark.parametrize("place", range(1, 40, 3))
def test_killed_before_any_request(pipeline, place):
    """The process is killed when its request of this number arrives, before it is done."""
    pipeline.finish(50)
    processes = []

    def fault(method, path, number):
        if number == place:
            for process in processes:
                process.kill()
            return ("answer", 503, b"")
        return None

    proxy = Proxy(pipeline.server, fault)
    direct = pipeline.config.read_text()
    try:
        pipeline.settings(s3={"endpoint": proxy.endpoint})
        target = subprocess.Popen(
            [test_crashes.TARGET, "--config", pipeline.config],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        processes.append(target)
        messages = [schema("orders", {"id": {"type": "integer"}})]
        for row in range(51, 201):
            messages.append(record("orders", {"id": row}))
            if row % 50 == 0:
                messages.append(state({"row": row}))
        target.communicate(lines(*messages), timeout=60)
        assert target.returncode in (-signal.SIGKILL, 0)
    finally:
        proxy.stop()
    pipeline.config.write_text(direct)
    seen = pipeline.rows()
    assert len(seen) == len(set(seen))
    pipeline.finish(250)


def test_random_kills_between_requests(pipeline):
    """The tap or the target dies at a random request, which is done or not, again and again."""
    seed = int(os.environ.get("DATIVO_SEED", time.time_ns() % 10**9))
    print("DATIVO_SEED", seed)
    dice = random.Random(seed)
    direct = pipeline.config.read_text()
    end = killed = 0
    for _ in range(test_crashes.KILLS):
        end += 200
        # A run has some forty requests.
        place, victim = dice.randint(1, 45), dice.choice(["tap", "target", "target"])
        what = dice.choice([("answer", 503, b""), ("lose",), ("cut",)])

        def fault(method, path, number):
            if number != place:
                return None
            pipeline.processes[victim].kill()
            return what

        proxy = Proxy(pipeline.server, fault)
        try:
            (pipeline.folder / "proxy.json").write_text(
                json.dumps({**json.loads(direct), "s3": {"endpoint": proxy.endpoint}})
            )
            pipeline.run(end, "--pause", 0.05, config=pipeline.folder / "proxy.json")
            killed += -signal.SIGKILL in (process.returncode
                                          for process in pipeline.processes.values())
        finally:
            proxy.stop()
        seen = pipeline.rows()
        assert len(seen) == len(set(seen)), f"seed {seed}"
    print("killed", killed, "of", test_crashes.KILLS)
    assert pipeline.run(end) == 0, f"seed {seed}: {pipeline.errors}"
    pipeline.check(end)
    assert killed > test_crashes.KILLS // 3, f"seed {seed}"
    verified = run("dativo", "verify", f"s3://{pipeline.root}", "--config", pipeline.config,
                   timeout=test_crashes.PATIENCE)
    assert verified.code == 0, f"seed {seed}: {verified}"

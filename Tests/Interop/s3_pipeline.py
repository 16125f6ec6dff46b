"""The pipeline of the crash tests, at a destination in a bucket of its own."""
import json
import os

import pyarrow.parquet
import pytest

import test_crashes
from s3_server import KEY, REGION, SECRET, Server

KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true"}


class S3Pipeline(test_crashes.Pipeline):
    """A tap and a target that loads into `s3://bucket-N/lake/raw`."""

    count = 0

    def __init__(self, folder, server, **settings):
        S3Pipeline.count += 1
        self.server = server
        self.bucket = f"bucket-{S3Pipeline.count}"
        self.root = f"{self.bucket}/lake/raw"
        server.files.create_dir(self.bucket)
        settings = {"s3": {"endpoint": server.endpoint}, **settings}
        super().__init__(folder, destination=f"s3://{self.root}", **settings)

    def settings(self, **changes):
        self.config.write_text(json.dumps({**json.loads(self.config.read_text()), **changes}))

    def read(self, key):
        """The bytes of an object below the destination."""
        with self.server.files.open_input_file(f"{self.root}/{key}") as file:
            return file.read()

    def write(self, key, content):
        with self.server.files.open_output_stream(f"{self.root}/{key}") as file:
            file.write(content)

    def remove(self, key):
        self.server.files.delete_file(f"{self.root}/{key}")

    def files(self, stream="orders"):
        """The keys of a stream's data files, relative to the destination."""
        return [f"{stream}/{key}" for key in self.server.keys(f"{self.root}/{stream}")]

    def rows(self):
        found = []
        for key in self.files("orders") + self.files("items"):
            table = pyarrow.parquet.read_table(f"{self.root}/{key}", filesystem=self.server.files)
            found += table["id"].to_pylist()
        return sorted(found)

    def check(self, end):
        assert self.rows() == list(range(1, end + 1))
        assert self.last_state()["state"] == {"row": end}
        assert self.server.uploads(self.bucket) == [], "no upload is left"
        assert self.server.keys(f"{self.root}/_dativo/default/staging") == []


@pytest.fixture(scope="module")
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def pipeline(tmp_path, server, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return S3Pipeline(tmp_path, server)

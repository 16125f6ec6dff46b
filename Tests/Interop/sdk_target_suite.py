"""The singer-sdk's own target tests, put to an executable: collected by pytest in the SDK's environment.

EXECUTABLE and DESTINATION name the target and where its tables go, a folder for each test.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import pytest
from singer_sdk.exceptions import MissingKeyPropertiesError, RecordsWithoutSchemaException
from singer_sdk.testing import get_target_test_class
from singer_sdk.testing.suites import SingerTestSuite
from singer_sdk.testing.target_tests import TargetMultipleStateMessages, TargetRecordMissingRequiredProperty

EXECUTABLE = os.environ["EXECUTABLE"]
FAILURES = {"before a corresponding schema": RecordsWithoutSchemaException, "missing key properties": MissingKeyPropertiesError}


class Executable:
    """What the suite asks of a target class, by running the program."""

    name = pathlib.Path(EXECUTABLE).name

    def __init__(self, config=None, parse_env_config=False, **_):
        self.config = dict(config or {})
        test = os.environ["PYTEST_CURRENT_TEST"].split("::")[-1].split(" ")[0]
        self.config["destination"] = str(pathlib.Path(os.environ["DESTINATION"], test))

    def run(self, *options, stdin=b""):
        done = subprocess.run([EXECUTABLE, *options], input=stdin, capture_output=True, timeout=60)
        errors = done.stderr.decode()
        sys.stderr.write(errors)
        if done.returncode:
            for text, kind in FAILURES.items():
                if text in errors:
                    raise kind(errors)
            raise RuntimeError(f"exit {done.returncode}: {errors}")
        return done.stdout.decode()

    def print_version(self):
        assert self.name in self.run("--version")

    def print_about(self, output_format=None):
        if output_format is None:
            return self.run("--about")
        about = json.loads(self.run("--about", f"--format={output_format}"))
        assert {"name", "version", "capabilities", "settings"} <= set(about)

    def process_lines(self, lines):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(self.config, file)
            file.flush()
            sys.stdout.write(self.run("--config", file.name, stdin=lines.read().encode()))

    def process_endofpipe(self):
        """The process has ended with its input."""


MORE = SingerTestSuite(kind="target", tests=[TargetMultipleStateMessages, TargetRecordMissingRequiredProperty])
TestTarget = get_target_test_class(Executable, config={}, custom_suites=[MORE])

"""Four taps of other people, installed from the catalog and synced; scripts/conformance does all."""
import sys

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "Tests/Conformance"))
import sync  # noqa: E402
from cases import CASES  # noqa: E402


@pytest.mark.parametrize("name", ["csv-folder", "dbf", "dimdate", "jsonl"])
def test_the_rows_are_those_of_the_source(name, tmp_path):
    sync.install([name], tmp_path)
    with CASES[name](tmp_path) as case:
        assert sync.sync(name, case, tmp_path) > 0

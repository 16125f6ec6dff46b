"""What dativo-tap-airbyte says of a source and of settings that do not fit it."""
import json

from test_tap_airbyte import tap  # noqa: F401 (fixture)


def test_an_exception_is_told_where_the_kit_says_nothing_of_it(tap, tmp_path):
    error = {"message": "Something went wrong in the connector. See the logs for more details."}
    error["internal_message"] = "no such key: id\nand more"
    trace = {"type": "TRACE", "trace": {"type": "ERROR", "emitted_at": 1, "error": error}}
    (tmp_path / "said.jsonl").write_text(json.dumps(trace))
    (tmp_path / "source").write_text("#!/bin/sh\ncat said.jsonl\nexit 1\n")
    (tmp_path / "source").chmod(0o755)
    done = tap("--test", program=["./source"])
    assert (done.code, done.failure["message"]) == (1, "source: something went wrong in the connector: no such key: id")


def test_settings_of_streams_that_fit_none_are_told(tap):
    done = tap(n=2, settings={"streams": {"num": {"sync_mode": "full_refresh"}}})
    assert done.code == 0 and '"streams" names num, which the catalog does not: did you mean nums?' in done.err, done

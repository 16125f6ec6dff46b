"""Third-party taps under the least policies that `dativo plugins audit --write` proposes.

  confined.py [NAME…]     each is audited, its proposal written, and then synced confined by it: the
                          rows must be those of the source
"""
import json
import pathlib
import sys
import tempfile

import sync
from cases import CASES

#: Files, databases and web services on loopback.
TEN = [
    "jsonl", "jsonfile", "csv-folder", "dbf", "geo", "feed", "meltanolabs-postgres",
    "pipelinewise-postgres", "mysql", "pipelinewise-mysql",
]


def confined(name, folder):
    """Audits and syncs one; returns (rows, the policy that was proposed, what its record says)."""
    sync.install([name], folder)
    with CASES[name](folder) as case:
        config = folder / "tap.json"
        config.write_text(json.dumps(case.config))
        done = sync.dativo(
            "plugins", "audit", name, "--role", "tap", "--config", config, "--write", "--json", folder=folder
        )
        if done.returncode:
            raise sync.Broken(f"audit: {sync.last(done.stderr)}")
        told = json.loads(done.stdout)["result"]
        rows = sync.sync(name, case, folder)
    records = sorted((sync.HOME / "runs").glob("*.json"), key=lambda path: path.stat().st_mtime)
    record = json.loads(records[-1].read_text())["sandbox"]["tap"]
    if "exact: true" not in (folder / f"taps/{name}/plugin.yaml").read_text():
        raise sync.Broken("its description was not written")
    return rows, told["proposal"], record


def main():
    failed = False
    for name in sys.argv[1:] or TEN:
        with tempfile.TemporaryDirectory(prefix="dativo-confined-") as folder:
            try:
                rows, proposal, record = confined(name, pathlib.Path(folder))
                print(f"{name:24}{rows:8} rows  {record['backend']}: {record['granted']}\n{'':24}{proposal}", flush=True)
            except sync.Broken as error:
                failed = True
                print(f"{name:24}failed: {error}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())

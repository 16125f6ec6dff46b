"""Prints what works of the third-party plugins that Dativo describes.

Each is installed into an environment of its own, asked for what it is and, with made-up settings and
no network, for its streams; where its source can be had here it moves rows through `dativo run`,
under a contract, into Parquet, which are compared with the source. Exits with 1 if anything that
its description says works does not.
"""
import argparse
import json
import pathlib
import re
import shutil
import sys
import tempfile

import sync
from cases import CASES
from sync import ROOT, Broken

STEPS = ["install", "about", "discover", "sync"]
#: Steps in which a plugin itself answers.
ASKED = ["about", "discover", "sync"]
ROLES = ["tap", "target"]


def kept_apart():
    """Environments of `--all` lie beside those that stay, with a copy of what is locked."""
    home = sync.CACHE / "conformance-all"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    if (sync.HOME / "dativo.lock").exists():
        shutil.copy(sync.HOME / "dativo.lock", home)
    sync.HOME = home


def known(role):
    """The third-party plugins of the catalog."""
    listed = sync.dativo("plugins", "list", "--all", "--role", role, "--json", folder=ROOT)
    if not listed.stdout:
        sys.exit(listed.stderr)
    return [p for p in json.loads(listed.stdout)["result"]["plugins"] if "package" in p]


def examined(plugin, folder, syncs):
    """What works, by step; texts are errors."""
    try:
        sync.install([plugin["name"]], folder, plugin["role"])
    except Broken as error:
        return {"install": str(error)}
    if plugin["role"] != "tap" or plugin["name"] not in CASES or not syncs:
        return tried(plugin, folder)
    try:
        with CASES[plugin["name"]](folder) as case:
            # A service is led to loopback in the job only.
            found = tried(plugin, folder, None if case.env else case.config)
            found["sync"] = synced(plugin["name"], case, folder)
            return found
    except Broken as error:
        return {**tried(plugin, folder), "sync": str(error)}


def tried(plugin, folder, config=None):
    """What `dativo plugins test` finds."""
    options = ["--made-up"]
    if config is not None:
        path = folder / "test.json"
        path.write_text(json.dumps(config))
        options = ["--config", path]
    done = sync.dativo(
        "plugins", "test", plugin["name"], "--role", plugin["role"], *options, "--json",
        folder=folder,
    )
    if not done.stdout:
        return {"install": sync.last(done.stderr)}
    status = json.loads(done.stdout)["result"]["plugins"][0]["status"]
    return {step: word(outcome) for step, outcome in status.items()}


def word(outcome):
    if isinstance(outcome, dict):
        return "needs a server" if "needs" in outcome else outcome["broken"]
    return outcome


def synced(name, case, folder):
    """`N rows`, or the error."""
    try:
        return f"{sync.sync(name, case, folder)} rows"
    except Broken as error:
        return str(error)


def write(plugin, text):
    """Puts what came of the sync under `status` of the description."""
    path = ROOT / f"{plugin['role']}s" / plugin["name"] / "plugin.yaml"
    outcome = "works" if works("sync", text) else json.dumps({"broken": text}, ensure_ascii=False)
    kept = re.sub(r"^  sync: .*\n", "", path.read_text(), flags=re.M)
    path.write_text(f"{kept}  sync: {outcome}\n")


def shown(text):
    return "-" if text is None else text if len(text) <= 60 else text[:59] + "…"


def works(step, text):
    return text == "works" or step == "sync" and text is not None and text.endswith(" rows")


def promised(plugin, step, text):
    """Whether the description says that a step works which does not."""
    return plugin["status"].get(step) == "works" and text is not None and not works(step, text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--no-sync", action="store_true")
    parser.add_argument("--only-sync", action="store_true", help="only taps that can be synced here")
    parser.add_argument(
        "--all", action="store_true", help="every plugin, its environment removed after its row"
    )
    parser.add_argument("--write", action="store_true", help="keep what came of syncs under status")
    got = parser.parse_args()
    if got.all:
        kept_apart()
    counts, broken = {role: dict.fromkeys(STEPS, 0) for role in ROLES}, []
    rows, reached = dict.fromkeys(ROLES, 0), 0
    print(f"{'plugin':36} {'version':10} {'quirks':16} " + " ".join(f"{step:14}" for step in STEPS))
    for plugin in [plugin for role in ROLES for plugin in known(role)]:
        if got.names and plugin["name"] not in got.names:
            continue
        if got.only_sync and (plugin["role"] != "tap" or plugin["name"] not in CASES):
            continue
        with tempfile.TemporaryDirectory(prefix="dativo-conformance-") as folder:
            folder = pathlib.Path(folder)
            found = examined(plugin, folder, syncs=not got.no_sync)
        if got.all:
            shutil.rmtree(sync.HOME / "plugins/python", ignore_errors=True)
        if got.write and "sync" in found:
            write(plugin, found["sync"])
        cells = [found.get(step) for step in STEPS]
        for step, text in zip(STEPS, cells):
            counts[plugin["role"]][step] += works(step, text)
            if promised(plugin, step, text):
                broken.append(f"{plugin['role']} {plugin['name']}: {step}: {text}")
        rows[plugin["role"]] += 1
        reached += plugin["role"] == "tap" and any(works(step, found.get(step)) for step in ASKED)
        print(
            f"{plugin['role'] + ' ' + plugin['name']:36} {plugin.get('version', ''):10} "
            f"{','.join(plugin['quirks']) or '-':16} " + " ".join(f"{shown(c):14}" for c in cells),
            flush=True,
        )
    for role in ROLES:
        words = ", ".join(f"{step} {count}" for step, count in counts[role].items())
        print(f"{rows[role]} {role}s, of which work: {words}")
    print(f"taps that reach about or discover: {reached}")
    if got.all:
        shutil.rmtree(sync.HOME, ignore_errors=True)
    for line in broken:
        print(f"described as working: {line}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()

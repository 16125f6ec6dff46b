"""Packages of taps, made here as wheels, so that plugins are installed without an index."""
import base64
import hashlib
import pathlib
import zipfile

TINY = '''\
import argparse, json, pathlib, sys
import tiny_lib

ABOUT = {
    "name": "tap-tiny", "description": "Counts. Slowly.", "version": "1.0.0",
    "capabilities": ["about", "catalog", "discover", "state", "test", "stream-maps"],
    "settings": {"type": "object", "required": ["count", "api_token"], "properties": {
        "count": {"type": ["integer", "null"], "description": "How far to count. From nothing."},
        "api_token": {"type": "string", "secret": True},
        "api_url": {"type": "string", "default": "https://api.tiny.example/v1"},
        "mode": {"type": "string", "enum": ["up", "down"], "default": "up"},
        "stream_maps": {"type": "object"},
    }},
}

def main():
    parser = argparse.ArgumentParser()
    for option in ("--config", "--catalog", "--properties", "--state", "--format"):
        parser.add_argument(option)
    for option in ("--about", "--discover", "--test"):
        parser.add_argument(option, action="store_true")
    got = parser.parse_args()
    if got.about:
        return print(json.dumps(ABOUT))
    config = json.loads(pathlib.Path(got.config).read_text())
    schema = {"type": "object", "properties": {"id": {"type": "integer"}, "by": {"type": "string"}}}
    if got.discover:
        return print(json.dumps({"streams": [
            {"stream": "n", "tap_stream_id": "n", "schema": schema, "key_properties": ["id"]}]}))
    if got.test:
        return sys.exit(0 if config["api_token"] == "right" else "the token is wrong")
    chosen = got.properties if tiny_lib.OLD else got.catalog
    if not chosen:
        return sys.exit("no catalog")
    if tiny_lib.OLD:
        print("a log line on standard output")
    start = json.loads(pathlib.Path(got.state).read_text())["n"] if got.state else 0
    say = lambda **message: print(json.dumps(message))
    say(type="SCHEMA", stream="n", schema=schema, key_properties=["id"])
    for number in range(start, config["count"]):
        say(type="RECORD", stream="n", record={"id": number, "by": sys.prefix})
    say(type="STATE", value={"n": config["count"]})
'''


def wheel(folder, name, version="1.0.0", code="", script=None, requires=(), headers=()):
    """Writes one wheel; returns its path."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *headers]
    metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
    files = {
        f"{module}.py": code,
        f"{info}/METADATA": "\n".join(metadata) + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if script:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{script} = {module}:main\n"
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record += f"{path},sha256={digest.decode()},{len(text.encode())}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    path = pathlib.Path(folder) / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in files.items():
            archive.writestr(zipfile.ZipInfo(inner, (2024, 1, 1, 0, 0, 0)), text)
    return path


def tiny(folder, is_old=False):
    """tap-tiny and what it depends on."""
    wheel(folder, "tiny-lib", code=f"OLD = {is_old}\n")
    wheel(
        folder,
        "tap-tiny",
        code=TINY,
        script="tap-tiny",
        requires=["tiny-lib>=1"],
        headers=[
            "Summary: A tap that counts",
            "License: MIT",
            "Author: Ada",
            "Project-URL: Homepage, https://tiny.example",
            "Requires-Python: >=3.8",
        ],
    )

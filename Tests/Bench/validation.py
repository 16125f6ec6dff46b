"""dativo-validate under full contracts, beside validators that are fed the same records and schema."""
import json
import pathlib
import shutil
import statistics
import subprocess

from workloads import workloads

HERE = pathlib.Path(__file__).resolve().parent

# Each reads Singer lines from a file, checks every record, and fails if one is wrong.
JSONSCHEMA_RS = """
import json, sys, jsonschema_rs
validator = jsonschema_rs.validator_for(json.load(open(sys.argv[2])), validate_formats=True)
for line in open(sys.argv[1], "rb"):
    message = json.loads(line)
    if message["type"] == "RECORD" and not validator.is_valid(message["record"]):
        sys.exit(line)
"""
JSONSCHEMA_RS_PARSED = """
import json, sys, time, jsonschema_rs
validator = jsonschema_rs.validator_for(json.load(open(sys.argv[2])), validate_formats=True)
rows = [m["record"] for m in map(json.loads, open(sys.argv[1], "rb")) if m["type"] == "RECORD"]
start = time.process_time()
if not all(map(validator.is_valid, rows)):
    sys.exit("invalid")
print(time.process_time() - start)
"""
FASTJSONSCHEMA = """
import json, sys, fastjsonschema
schema = json.load(open(sys.argv[2]))
schema["$schema"] = "http://json-schema.org/draft-07/schema#"
check = fastjsonschema.compile(schema)
for line in open(sys.argv[1], "rb"):
    message = json.loads(line)
    if message["type"] == "RECORD":
        check(message["record"])
"""
SINGER_SDK = """
import json, sys
from singer_sdk.sinks.core import JSONSchemaValidator
validator = JSONSchemaValidator(json.load(open(sys.argv[2])), validate_formats=True)
for line in open(sys.argv[1], "rb"):
    message = json.loads(line)
    if message["type"] == "RECORD":
        try:
            validator.validate(message["record"])
        except Exception:
            pass  # It divides in doubles: 16473.51 is no multiple of 0.01 to it.
"""

# Its own start and the reading of the contract count too, as they do for the others.
DATACONTRACT_CLI = """
import os, sys
from datacontract.data_contract import DataContract
os.chdir(sys.argv[1])
run = DataContract(data_contract_file="contract.odcs.yaml").test()
sys.exit(0 if run.result in ("passed", "warning") else str(run.result))
"""
FEW_RECORDS = 100_000


def for_datacontract_cli(work, path, contract, yaml):
    """A folder with bare records and the contract that names them as its server."""
    folder = work / "datacontract-cli"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    code = (
        "import json, sys, yaml\n"
        "document = yaml.safe_load(open(sys.argv[1]))\n"
        "document['servers'] = [{'server': 'here', 'type': 'local', 'path': 'data.json', 'format': 'json'}]\n"
        # It has no bounds of dates: with them it ends in an error.
        "for one in document['schema'][0]['properties']:\n"
        "    if one['logicalType'] in ('date', 'timestamp'):\n"
        "        for key in ('minimum', 'maximum'): one.get('logicalTypeOptions', {}).pop(key, None)\n"
        "json.dump(document, open(sys.argv[2], 'w'), default=str)\n"
    )
    subprocess.run([yaml, "-c", code, contract, folder / "contract.odcs.yaml"], check=True)
    left = FEW_RECORDS
    with open(path, "rb") as source, open(folder / "data.json", "w") as out:
        for line in source:
            message = json.loads(line)
            if message["type"] == "RECORD" and left:
                out.write(json.dumps(message["record"]) + "\n")
                left -= 1
    return folder


def streams(cache, work, only, lineitem):
    """Name, file, records and contract of each."""
    found = [("lineitem", lineitem, 1_199_969, HERE / "lineitem.odcs.yaml")]
    for name in ("flights", "events"):
        [workload] = workloads(cache, work, name)
        found.append((workload.name, workload.path, workload.records, HERE / f"{name}.odcs.yaml"))
    return [stream for stream in found if only in stream[0]]


def compare(arguments, work, measure, bin_):
    cache = pathlib.Path(arguments.cache)
    print("| stream | program | records | CPU s | wall s | peak MiB | MB per CPU s | records per CPU s |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for name, path, records, contract in streams(cache, work, arguments.only, arguments.input):
        done = subprocess.run([bin_ / "dativo", "contract", "convert", contract, "--to", "json-schema"],
                              check=True, capture_output=True)
        schema = work / "schema.json"
        schema.write_bytes(done.stdout)
        head = work / "head.singer"
        few = min(records, 20_000)
        with open(path, "rb") as source, open(head, "wb") as out:
            out.writelines(line for _, line in zip(range(few + 1), source))
        python = cache / "py/bin/python"
        sdk = cache / "singer-sdk/bin/python"
        programs = [
            ("dativo-validate", [bin_ / "dativo-validate", "--contract", contract], path, records),
            ("jsonschema-rs, lines", [python, "-c", JSONSCHEMA_RS, path, schema], "/dev/null", records),
            ("fastjsonschema", [python, "-c", FASTJSONSCHEMA, path, schema], "/dev/null", records),
            ("singer-sdk", [sdk, "-c", SINGER_SDK, head, schema], "/dev/null", few),
            ("datacontract-cli", [cache / "datacontract-cli/bin/python", "-c", DATACONTRACT_CLI,
                                  for_datacontract_cli(work, path, contract, python)], "/dev/null",
             min(records, FEW_RECORDS)),
        ]
        results = {}
        for _ in range(arguments.runs):
            for program, command, stdin, count in programs:
                results.setdefault((program, count), []).append(measure(list(map(str, command)), stdin, work))
        parsed = [
            float(subprocess.run([python, "-c", JSONSCHEMA_RS_PARSED, path, schema], check=True,
                                 capture_output=True, text=True).stdout)
            for _ in range(arguments.runs)
        ]
        results[("jsonschema-rs, parsed records, validation alone", records)] = [(cpu, cpu, 0) for cpu in parsed]
        megabytes = pathlib.Path(path).stat().st_size / 1e6
        for (program, count), runs in results.items():
            cpu, wall, rss = (statistics.median(run[i] for run in runs) for i in range(3))
            print(f"| {name} | {program} | {count:,} | {cpu:.2f} | {wall:.2f} | {rss:.0f} | "
                  f"{megabytes * count / records / cpu:,.0f} | {count / cpu:,.0f} |", flush=True)
        if name == "lineitem":
            stage(arguments, work, measure, bin_, path, contract)


def stage(arguments, work, measure, bin_, path, contract):
    """What the middle stage adds to a pipe: `cat | validate | target` against `cat | target`."""
    config = work / "stage.json"
    config.write_text(json.dumps({"destination": "stage", "compression": "zstd"}))
    target = f"'{bin_ / 'dativo-target-parquet'}' --config '{config}'"
    validate = f"'{bin_ / 'dativo-validate'}' --contract '{contract}'"
    commands = {
        "tap | target": f"set -o pipefail; cat '{path}' | {target}",
        "tap | validate | target": f"set -o pipefail; cat '{path}' | {validate} | {target}",
    }
    results = {}
    for _ in range(arguments.runs):
        for name, command in commands.items():
            shutil.rmtree(work / "stage", ignore_errors=True)
            results.setdefault(name, []).append(measure(["bash", "-c", command], "/dev/null", work))
    for name, runs in results.items():
        cpu, wall, _ = (statistics.median(run[i] for run in runs) for i in range(3))
        print(f"| lineitem | {name} | 1,199,969 | {cpu:.2f} | {wall:.2f} | | | |", flush=True)

"""The contract that `infer` draws up accepts the very data it was drawn from, whatever they are."""
import json
import random

import pytest

from conftest import lines, record, run, schema

DAY = "{:04}-{:02}-{:02}"


def day(dice):
    return DAY.format(dice.randint(1970, 2030), dice.randint(1, 12), dice.randint(1, 28))


def clock(dice, seconds=True):
    text = f"{dice.randrange(24):02}:{dice.randrange(60):02}"
    return text + f":{dice.randrange(60):02}" if seconds else text


def parts(dice):
    return dice.randint(1, 28), dice.randint(1, 12), dice.randint(1970, 2030)


# What a column's texts look like: the text of one cell.
TEXTS = {
    "integer": lambda d: str(d.randint(-10**6, 10**6)),
    "long": lambda d: str(d.choice([2**63 - 1, -(2**63), 2**63, 10**25, 0, 7])),
    "padded": lambda d: f"{d.randrange(10**5):05}",
    "plus": lambda d: f"+{d.randrange(1000)}",
    "decimal": lambda d: f"{d.randint(-9999, 9999)}.{d.randrange(100):02}",
    "dot": lambda d: d.choice([".5", "5.", "1.5", "-.25"]),
    "exponent": lambda d: d.choice(["1e5", "2.5E-3", "1E+2", "0e0"]),
    "comma": lambda d: f"{d.randint(1, 999)},{d.randrange(100):02}",
    "special": lambda d: d.choice(["NaN", "Infinity", "-inf", "1.5", "null", "N/A"]),
    "boolean": lambda d: d.choice(["true", "false"]),
    "Boolean": lambda d: d.choice(["True", "False", "TRUE", "FALSE"]),
    "yes": lambda d: d.choice(["yes", "no", "Y", "N"]),
    "bit": lambda d: d.choice(["0", "1"]),
    "day": day,
    "slashed": lambda d: "{2}/{1:02}/{0:02}".format(*parts(d)),
    "us": lambda d: "{1:02}/{0:02}/{2}".format(*parts(d)),
    "eu": lambda d: "{:02}.{:02}.{}".format(*parts(d)),
    "short": lambda d: "{}/{}/{}".format(*parts(d)),
    "compact": lambda d: "{2}{1:02}{0:02}".format(*parts(d)),
    "T": lambda d: f"{day(d)}T{clock(d)}",
    "Z": lambda d: f"{day(d)}T{clock(d)}Z",
    "z": lambda d: f"{day(d)}t{clock(d)}z",
    "offset": lambda d: f"{day(d)}T{clock(d)}+02:00",
    "+0200": lambda d: f"{day(d)}T{clock(d)}+0200",
    "+02": lambda d: f"{day(d)} {clock(d)}+02",
    "blank": lambda d: f"{day(d)} {clock(d)}",
    "fraction": lambda d: f"{day(d)} {clock(d)}.{d.randrange(10**6)}",
    "minutes": lambda d: f"{day(d)} {clock(d, seconds=False)}",
    "Tminutes": lambda d: f"{day(d)}T{clock(d, seconds=False)}",
    "minutesZ": lambda d: f"{day(d)}T{clock(d, seconds=False)}Z",
    "minutes+": lambda d: f"{day(d)}T{clock(d, seconds=False)}+0200",
    "leap": lambda d: f"{day(d)}T23:59:60{d.choice(['', 'Z'])}",
    "midnight": lambda d: f"{day(d)}T24:00:00",
    "time": clock,
    "hour": lambda d: clock(d, seconds=False),
    "am": lambda d: f"{d.randint(1, 12)}:{d.randrange(60):02} {d.choice(['AM', 'PM'])}",
    "zero": lambda d: d.choice(["0000-01-01", "0001-01-01", "9999-12-31"]),
    "nodate": lambda d: d.choice(["2023-02-29", "2024-02-29", "2024-13-01"]),
    "mixed": lambda d: d.choice([day(d), f"{day(d)} {clock(d)}", f"{day(d)}T{clock(d)}Z"]),
    "uuid": lambda d: "-".join(f"{d.getrandbits(4 * n):0{n}x}" for n in (8, 4, 4, 4, 12)),
    "email": lambda d: f"u{d.randrange(99)}@example.org",
    "choice": lambda d: d.choice(["new", "paid", "sent"]),
    "space": lambda d: d.choice([" 1", "1 ", " ", "x"]),
    "json": lambda d: d.choice(['{"a": 1}', "[1, 2]", "{}", "{not", '""']),
    "text": lambda d: d.choice(["", "é", "a,b", 'q"q', "line\nbreak", "'", "#", "😀", "-", ": "]),
}


def cells(dice, name, count):
    """A column, with blanks and quoted blanks, and now and then a cell of another kind."""
    make = TEXTS[name]
    blanks = dice.choice([0, 0, 0.2])
    strays = dice.choice([0, 0, 0.05])
    for _ in range(count):
        if dice.random() < blanks:
            yield dice.choice([None, ""])
        elif dice.random() < strays:
            yield TEXTS[dice.choice(list(TEXTS))](dice)
        else:
            yield make(dice)


def quoted(dice, cell):
    """As a cell of CSV: nothing for None, a quoted blank for an empty text."""
    if cell is None:
        return ""
    if cell == "" or dice.random() < 0.1 or any(c in cell for c in ',"\n\r'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def infer(folder, data):
    (folder / "c.yaml").unlink(missing_ok=True)
    done = run("dativo", "contract", "infer", data, "--output", "c.yaml", cwd=folder)
    assert done.code == 0, done
    linted = run("dativo", "lint", "c.yaml", cwd=folder)
    assert linted.code == 0, linted


def holds(folder, data):
    done = run("dativo", "contract", "test", "--contract", "c.yaml", data, "--json", cwd=folder,
               env={"DATIVO_DUCKDB": "/nowhere"})  # fmt: skip
    checks = json.loads(done.out)["result"]["checks"]
    broken = [it for it in checks if it["status"] in ("failed", "warning") and it["rule"] != "data"]
    assert done.code == 0 and broken == [], (broken, (folder / "c.yaml").read_text())


def passes(folder, stream):
    """The stream passes the gate in strict mode, nothing of it in violation."""
    done = run("dativo-validate", "--contract", "c.yaml", "--mode", "strict", "--report", "r.json", stdin=stream, cwd=folder)
    assert done.code == 0, (done, (folder / "c.yaml").read_text())
    for one in json.loads((folder / "r.json").read_text())["streams"].values():
        assert one["violations"] == [] and one["read"] == one["passed"]


def check_csv(folder, dice, names, count):
    columns = {f"{name}_{n}": list(cells(dice, name, count)) for n, name in enumerate(names)}
    rows = [",".join(columns)]
    # A row of one blank cell would be a blank line.
    rows += [",".join(quoted(dice, cell) for cell in row) for row in zip(*columns.values())]
    (folder / "t.csv").write_text("\n".join(rows) + "\n", newline="")
    infer(folder, "t.csv")
    holds(folder, "t.csv")
    (folder / "tap.json").write_text(json.dumps({"files": [{"path": "t.csv", "stream": "t", "sample_rows": 0}]}))
    tap = run("dativo-tap-csv", "--config", "tap.json", cwd=folder)
    assert tap.code == 0, tap
    passes(folder, tap.out)


@pytest.mark.parametrize("name", TEXTS)
def test_csv_of_each_kind_of_cell(tmp_path, name):
    dice = random.Random(name)
    for count in (1, 40):
        check_csv(tmp_path, dice, [name, "integer", name], count)


@pytest.mark.parametrize("seed", range(12))
def test_csv_of_many_kinds(tmp_path, seed):
    dice = random.Random(seed)
    names = dice.choices(list(TEXTS), k=12)
    check_csv(tmp_path, dice, [*names, "integer"], dice.choice([2, 25, 400]))


def json_value(dice, kind, depth=0):
    """A value of a column of JSON: of its kind, null, absent, or now and then something else."""
    chance = dice.random()
    if chance < 0.08:
        return None
    if chance < 0.1:
        kind = dice.choice([*TEXTS, "object", "array"])
    if kind == "object" and depth < 3:
        inner = random.Random(f"{kind}{depth}").sample(list(TEXTS), 3) + ["array"]
        return {f"k{name}": json_value(dice, name, depth + 1) for name in inner if dice.random() < 0.9}
    if kind == "array" and depth < 3:
        item = dice.choice(["day", "integer", "object", "+0200"])
        return [json_value(dice, item, depth + 1) for _ in range(dice.randrange(4))]
    if kind not in TEXTS:
        return dice.choice([{}, []])
    text = TEXTS[kind](dice)
    if kind in ("integer", "long", "bit"):
        return int(text)
    if kind in ("decimal", "exponent"):
        return float(text)
    return text == "true" if kind == "boolean" else text


@pytest.mark.parametrize("seed", range(24))
def test_lines_of_json(tmp_path, seed):
    dice = random.Random(seed)
    kinds = dice.choices([*TEXTS, "object", "array", "object"], k=10)
    rows = [{f"{kind}_{n}": json_value(dice, kind) for n, kind in enumerate(kinds) if dice.random() < 0.97}
            for _ in range(dice.choice([1, 30, 300]))]  # fmt: skip
    (tmp_path / "t.jsonl").write_bytes(lines(*rows))
    infer(tmp_path, "t.jsonl")
    holds(tmp_path, "t.jsonl")
    passes(tmp_path, lines(schema("t", {}), *[record("t", row) for row in rows]))

"""Random records are masked as Python, which knows the policies only, would do it."""
import json
import random

import pytest

from conftest import record, schema
from mask_cases import FORMS, contract, gate, mac  # noqa: F401 (gate is a fixture)

RANDOM = {
    "h": ("string", "hash"), "i": ("integer", "hash"), "l": ("string", "last4"), "t": ("string", {"truncate": 2}),
    "d": ("string", "drop"), "d2": ("integer", "drop"), "n": ("number", "null"), "r": ("string", "redact"),
    "p": ("string", None), "q": ("number", None),
}


def random_contract():
    document = contract([])
    properties = document["schema"][0]["properties"]

    def described(name):
        kind, action = RANDOM[name]
        mask = [] if action is None else [{"property": "dativo.mask", "value": action}]
        return {"name": name, "logicalType": kind, "customProperties": mask}

    properties += [described(name) for name in RANDOM]
    inner = [described(name) for name in ("h", "d", "p")]
    properties.append({"name": "o", "logicalType": "object", "properties": inner})
    properties.append({"name": "a", "logicalType": "array", "items": {"logicalType": "object", "properties": inner}})
    properties.append({"name": "m", "logicalType": "map", "map": {
        "key": {"name": "k", "logicalType": "string"}, "value": {**described("l"), "name": "v"}}})
    return document


def expected(name, value):
    """The masked value of a field; `...` for one that is dropped."""
    kind, action = RANDOM[name]
    if action is None:
        return value
    if action == "drop":
        return ...
    is_text = isinstance(value, str)
    if value is None or action == "null":
        return None
    if action == "redact":
        return "[redacted]" if is_text else None
    if action == "hash":
        if is_text or isinstance(value, bool):
            return mac(value if is_text else str(value).lower())
        return mac(repr(value)) if isinstance(value, (int, float)) else None
    if action == "last4":
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            return None
        places = [i for i, c in enumerate(value) if not c.isascii() or c.isalnum()]
        hidden = places if len(places) <= 4 else places[:-4]
        return "".join("*" if i in hidden else c for i, c in enumerate(value))
    return value[:2] if is_text else None


def masked_members(value, names=("h", "d", "p")):
    if not isinstance(value, dict):
        return None
    made = {k: expected(k, v) if k in names else v for k, v in value.items()}
    return {k: v for k, v in made.items() if v is not ...}


def masked_record(row):
    made = masked_members({k: v for k, v in row.items()}, tuple(RANDOM))
    if "o" in made:
        made["o"] = masked_members(made["o"])
    if "a" in made:
        made["a"] = [masked_members(x) for x in made["a"]] if isinstance(made["a"], list) else None
    if "m" in made:
        m = made["m"]
        made["m"] = {k: expected("l", v) for k, v in m.items()} if isinstance(m, dict) else None
    return made


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_random_records_are_masked_as_the_oracle_does(gate, seed, form):
    chance = random.Random(seed)

    def fitting(kind):
        if chance.random() < 0.1:
            return None
        if kind == "string":
            return "".join(chance.choice('ab1 -"\\\né日{}[],:') for _ in range(chance.randrange(9)))
        return chance.randrange(-(10**12), 10**12) if kind == "integer" else chance.randrange(-999, 999) + 0.5

    def members(names):
        chosen = [name for name in names if chance.random() < 0.8]
        if chance.random() < 0.3:
            chance.shuffle(chosen)
        return {name: fitting(RANDOM[name][0]) for name in chosen}

    def row(number):
        made = {"id": number, **members(RANDOM)}
        if chance.random() < 0.7:
            made["o"] = {**members(["h", "d", "p"]), **({"z": [1]} if chance.random() < 0.2 else {})}
        if chance.random() < 0.7:
            made["a"] = [members(["h", "d", "p"]) for _ in range(chance.randrange(3))]
        if chance.random() < 0.7:
            made["m"] = {fitting("string") or "": fitting("string") for _ in range(chance.randrange(3))}
        if chance.random() < 0.1:
            made[chance.choice(list(RANDOM) + ["o", "a", "m"])] = chance.choice(
                [None, 5, -7, True, "añ\n", "", [1, "x"], {"a": {"b": 1}}, [[{}]], {"h": {"h": 1}}])
        if chance.random() < 0.1:
            made["unknown"] = {"h": 1}
        return made

    rows = [row(number) for number in range(400)]
    styles = [(", ", ": "), (",", ":"), (" ,  ", " : ")]
    texts = [
        json.dumps(FORMS[form]("o", r), separators=chance.choices(styles, [8, 1, 1])[0], ensure_ascii=chance.random() < 0.5)
        for r in rows
    ]
    head = [schema("o", {"id": {}})] if form == "singer" else []
    result = gate(*head, *texts, document=random_contract(), mode="warn")
    assert result.returncode == 0, result.text
    got = [r["record"].get("data", r["record"]) for r in result.records]
    for one, raw in zip(got, rows, strict=True):
        assert one == masked_record(raw)

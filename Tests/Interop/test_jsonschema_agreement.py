"""Our verdicts and those of jsonschema-rs, on random schemas and values.

DATIVO_SEED repeats a run; DATIVO_PAIRS says how many pairs of a schema and a value are judged.
"""
import collections
import decimal
import json
import os
import random

import jsonschema_rs
import pytest

from conftest import run
from random_schemas import DRAFTS, Dice, Maker, near, text
from random_texts import VALID, texts

# The same pairs in every run, so that a difference is a change of ours; scripts/soak makes others.
SEED = int(os.environ.get("DATIVO_SEED", "41"))
PAIRS = int(os.environ.get("DATIVO_PAIRS", 100_000))
VALUES = 10
THEIRS = {
    4: jsonschema_rs.Draft4Validator, 6: jsonschema_rs.Draft6Validator,
    7: jsonschema_rs.Draft7Validator, 2019: jsonschema_rs.Draft201909Validator,
    2020: jsonschema_rs.Draft202012Validator,
}


def is_theirs(draft, schema, instance, letter):
    """Whether a difference is a known fault of jsonschema-rs."""
    if letter == "I":
        return False
    # Theirs rounds a number written with a point to a double where it fits none: 2^53 + 1 in effect.
    if "9007199254740993.0" in instance:
        return True
    # In 2019-09, items that `contains` accepts are left to `unevaluatedItems`: only the draft after
    # it makes them count. jsonschema-rs lets them count in both.
    return draft == 2019 and '"contains"' in schema and '"unevaluatedItems"' in schema


def test_agreement():
    print("DATIVO_SEED", SEED)
    chance = Dice(SEED)
    cases = []
    for place in range(PAIRS // VALUES):
        draft = list(DRAFTS)[place % len(DRAFTS)]
        schema = Maker(chance, draft).document()
        values = [near(chance, schema, schema) for _ in range(VALUES)]
        cases.append((draft, text(schema), [text(value) for value in values]))
    lines = "".join(f'{{"schema":{schema},"data":[{",".join(values)}]}}\n' for _, schema, values in cases)
    done = run("schema-check", stdin=lines)
    assert done.code == 0, done
    answers = done.out.split("\n")[:-1]
    assert len(answers) == len(cases)
    different, theirs_alone, sure, verdicts = [], 0, 0, collections.Counter()
    for (draft, schema, values), answer in zip(cases, answers):
        letters, _, skipped = answer.partition(" ")
        assert not answer.startswith("!") and not skipped, f"seed {SEED}: {schema}: {answer}"
        judge = THEIRS[draft](schema)
        for instance, letter in zip(values, letters):
            theirs = judge.is_valid(json.loads(instance, parse_float=decimal.Decimal))
            verdicts[theirs] += 1
            sure += letter == "V"
            if (letter.lower() == "v") == theirs and letter != "I":
                continue
            if is_theirs(draft, schema, instance, letter):
                theirs_alone += 1
            else:
                different.append(f"{schema}\n    {instance}\n    ours {letter}, theirs {theirs}")
    print(f"{sum(verdicts.values())} pairs, {verdicts[True]} valid, {sure} of them surely, "
          f"{len(different)} different, {theirs_alone} by a fault of theirs")
    assert not different, f"seed {SEED}\n" + "\n".join(sorted(different, key=len)[:20])
    # Neither verdict may have an easy time of it, nor the fast check.
    assert min(verdicts.values()) > PAIRS // 5 and sure > PAIRS // 20


def is_strict(form, value):
    """Whether a text is one that we refuse by the specification and jsonschema-rs accepts."""
    # RFC 5891 has no capitals in a label that is not of ASCII alone, nor encoded in Punycode;
    # theirs are mapped first.
    if form in ["idn-hostname", "idn-email"] and not value.isascii() and value.lower() != value:
        return True
    return form in ["hostname", "email", "idn-hostname", "idn-email"] and "xn--" in value.lower()


@pytest.mark.parametrize("form", VALID)
def test_formats(form):
    print("DATIVO_SEED", SEED)
    values = texts(random.Random(SEED), form, 2_000)
    line = json.dumps({"schema": {"format": form}, "draft": DRAFTS[2020], "formats": True, "data": values})
    done = run("schema-check", stdin=line + "\n")
    assert done.code == 0, done
    judge = jsonschema_rs.Draft202012Validator({"format": form}, validate_formats=True)
    letters = done.out.split(" ")[0]
    assert len(letters) == len(values)
    different = []
    for value, letter in zip(values, letters):
        theirs = judge.is_valid(value)
        if letter == "I" or (letter.lower() == "v") != theirs:
            # The index manipulation of the pointers' last draft, "0-1", is not theirs.
            if form == "relative-json-pointer" and letter in "vV" and ("+" in value or "-" in value):
                continue
            # What stands before an `@` may be of any script in ours: such addresses are in use.
            if form == "email" and letter in "vV" and not value.isascii():
                continue
            # RFC 5321 has any printable character after a backslash, theirs a few.
            if form in ["email", "idn-email"] and letter in "vV" and "\\" in value:
                continue
            if letter != "i" or not is_strict(form, value):
                different.append(f"{value!r}: ours {letter}, theirs {theirs}")
    assert not different, f"seed {SEED}\n" + "\n".join(sorted(different, key=len)[:20])

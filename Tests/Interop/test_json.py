"""Our JSON reader and writer against Python's, on generated and on damaged documents."""
import json
import os
import random

from conftest import run

COUNT = int(os.environ.get("DATIVO_ROUNDS", 20)) * 200


def text(rng):
    pool = ["a", "\\", '"', "\n", "\x00", "\x1f", "é", "ß", "\u2028", "😀", "𝒳", "日本", "/", " "]
    return "".join(rng.choice(pool) for _ in range(rng.choice([0, 1, 3, 17, 70])))


def number(rng):
    return rng.choice(
        [
            0,
            -1,
            2**63 - 1,
            -(2**63),
            2**64,
            rng.randrange(-(10**40), 10**40),
            rng.random(),
            rng.uniform(-1e300, 1e300),
            5e-324,
            1.7976931348623157e308,
        ]
    )


def value(rng, depth):
    kinds = "nbtis" if depth > 4 else "nbtisaaoo"
    match rng.choice(kinds):
        case "n":
            return None
        case "b":
            return rng.random() < 0.5
        case "t" | "s":
            return text(rng)
        case "i":
            return number(rng)
        case "a":
            return [value(rng, depth + 1) for _ in range(rng.randrange(6))]
        case "o":
            return {text(rng): value(rng, depth + 1) for _ in range(rng.randrange(20))}


def answers(documents):
    result = run("json-echo", stdin=b"".join(document + b"\n" for document in documents))
    assert result.code == 0, result
    out = result.out.split("\n")[:-1]
    assert len(out) == len(documents)
    return out


def test_generated_documents_come_back_equal():
    rng = random.Random(20261125)
    values = [value(rng, 0) for _ in range(COUNT)]
    documents = [
        json.dumps(
            item,
            ensure_ascii=rng.random() < 0.5,
            separators=rng.choice([(",", ":"), (", ", ": ")]),
        ).encode()
        for item in values
    ]
    for item, document, answer in zip(values, documents, answers(documents)):
        assert answer.startswith("ok "), (answer, document)
        assert json.loads(answer[3:]) == item
        # Python's dictionaries keep the order, as ours must.
        assert json.dumps(json.loads(answer[3:])) == json.dumps(item)


def test_damaged_documents_are_refused_just_when_python_refuses_them():
    rng = random.Random(7)
    documents = []
    while len(documents) < COUNT:
        document = bytearray(json.dumps(value(rng, 1), ensure_ascii=False).encode())
        for _ in range(rng.choice([1, 1, 2, 5])):
            place = rng.randrange(len(document) + 1)
            match rng.randrange(3):
                case 0:
                    document[place:place] = rng.choice(
                        [b",", b"}", b"]", b'"', b"\\", b"0", b"-", b".", b"e", b"\xff", b"\xc3", b" "]
                    )
                case 1:
                    del document[place : place + 1]
                case 2:
                    document[place : place + 1] = bytes([rng.randrange(256)])
        if b"\n" not in document:
            documents.append(bytes(document))
    refused = 0
    for document, answer in zip(documents, answers(documents)):
        try:
            expected = json.loads(document.decode("utf-8"), parse_constant=strict)
            json.dumps(expected, ensure_ascii=False).encode("utf-8")
        except (ValueError, UnicodeError):
            assert answer.startswith("no "), (document, answer)
            refused += 1
            continue
        assert answer.startswith("ok "), (document, answer)
        assert json.loads(answer[3:]) == expected
    assert COUNT // 4 < refused < COUNT


def strict(name):
    raise ValueError(f"{name} is not JSON")


def test_numbers_keep_every_digit():
    documents = [
        b"1.10", b"1E+2", b"-0.0", b"123456789012345678901234567890.123456789",
        b"1e400", b"0.1e-7", b"-0",
    ]  # fmt: skip
    assert answers(documents) == ["ok " + document.decode() for document in documents]


def test_the_last_of_equal_keys_stands_and_depth_is_limited():
    deep = b"[" * 5000 + b"]" * 5000
    out = answers([b'{"a":1,"b":2,"a":3}', deep, rb'"\ud83d\ude00"', rb'"\ud83d"', b""])
    assert json.loads(out[0][3:]) == {"a": 3, "b": 2}
    assert out[1] == "no tooDeep"
    assert out[2] == 'ok "😀"'
    assert out[3] == "no loneSurrogate"
    assert out[4] == "no unexpectedEnd"

"""Streams at random: SCHEMA, RECORD and STATE lines of nested columns, and the rows they stand for."""
import json

import pyarrow as pa

from random_kinds import SCALARS, Scalar, Time, blank, junk, quoted

NAMES = [
    "a", "A", "b", "id", "name", "a b", "a.b", "é", "e\u0301", "漢字", "😀", 'quote"', "back\\slash", "a/b", "~0",
    "element", "list", "key_value", "", " ", "_", "x" * 200, "null", "a\tb", "%", "type", "stream", "record",
]


class Object:
    """Columns by their names; the top level of a record is one, too."""

    def __init__(self, chance, depth, unit, wild):
        names = chance.sample(NAMES, chance.choice([1, 1, 2, 3, 5] if depth else [1, 2, 4, 8, 14]))
        self.columns = {name: kind(chance, depth + 1, unit, wild) for name in names}

    @property
    def schema(self):
        return {"type": "object", "properties": {name: one.schema for name, one in self.columns.items()}}

    def value(self, chance):
        """Keys in any order, some absent, some twice, some that no column has."""
        made, members = {}, []
        names = list(self.columns)
        if chance.random() < 0.2:
            chance.shuffle(names)
        for name in names:
            if chance.random() < 0.1:
                continue
            text, made[name] = nullable(chance, self.columns[name])
            if chance.random() < 0.02:
                members.insert(chance.randrange(len(members) + 1), (name, junk(chance)))
            members.append((name, text))
        if chance.random() < 0.05:
            members.insert(chance.randrange(len(members) + 1), ("undeclared" + chance.choice(NAMES), junk(chance)))
        return written(chance, members), made

    def same(self, kind, cell, expected):
        made, _ = expected
        types = {field.name: field.type for field in kind} if isinstance(kind, pa.StructType) else kind
        return all(
            same(one, types.get(name), cell.get(name), made.get(name)) for name, one in self.columns.items()
        )


class List:
    def __init__(self, chance, depth, unit, wild):
        self.element = kind(chance, depth + 1, unit, wild)

    @property
    def schema(self):
        return {"type": "array", "items": self.element.schema}

    def value(self, chance):
        pairs = [nullable(chance, self.element) for _ in range(chance.choice([0, 0, 1, 2, 3, 7]))]
        texts = [blank(chance) + text + blank(chance) for text, _ in pairs]
        return "[" + (",".join(texts) or blank(chance)) + "]", [value for _, value in pairs]

    def same(self, kind, cell, expected):
        made, text = expected
        # A list of anything is kept as it is written.
        if isinstance(kind, pa.JsonType):
            return cell == text
        return len(cell) == len(made) and all(
            same(self.element, kind.value_type, one, other) for one, other in zip(cell, made)
        )


class Map:
    """Any keys, whose values are of one kind; of equal keys the last stands."""

    def __init__(self, chance, depth, unit, wild):
        self.element = kind(chance, depth + 1, unit, wild)

    @property
    def schema(self):
        return {"type": "object", "additionalProperties": self.element.schema}

    def value(self, chance):
        members, made = [], {}
        for _ in range(chance.choice([0, 0, 1, 2, 3, 30])):
            name = chance.choice(NAMES) if chance.random() < 0.7 else str(chance.randrange(10))
            text, made[name] = nullable(chance, self.element)
            members.append((name, text))
        return written(chance, members), made

    def same(self, kind, cell, expected):
        made, text = expected
        if isinstance(kind, pa.JsonType):
            return cell == text
        return [key for key, _ in cell] == list(made) and all(
            same(self.element, kind.item_type, one, other) for (_, one), other in zip(cell, made.values())
        )


class Nullable:
    """Another kind, or null, said in one of the ways of JSON Schema."""

    def __init__(self, chance, inner):
        self.inner, self.way = inner, chance.randrange(5)

    @property
    def schema(self):
        inner = self.inner.schema
        if not inner or self.way == 0:
            return inner
        if self.way < 3 and inner.get("type"):
            types = inner["type"] if isinstance(inner["type"], list) else [inner["type"]]
            return inner | {"type": ["null", *types] if self.way == 1 else [*types, "null"]}
        branches = [inner, {"type": "null"}]
        return {"anyOf" if self.way == 3 else "oneOf": branches}


def kind(chance, depth, unit, wild):
    if depth < 5 and chance.random() < 0.3:
        return Nullable(chance, chance.choice([Object, List, Map])(chance, depth, unit, wild))
    made = chance.choice(SCALARS)(chance, wild and chance.random() < 0.3)
    if isinstance(made, Time):
        made.unit = unit
    return Nullable(chance, made)


def nullable(chance, kind):
    if chance.random() < 0.15:
        return "null", None
    text, value = kind.inner.value(chance)
    return text, (value, text)


def same(kind, type, cell, expected):
    """Whether a cell of an Arrow type is what was made; a column that a file lacks is null."""
    if expected is None or cell is None:
        return expected is None and cell is None
    return kind.inner.same(type, cell, expected)


def written(chance, members):
    """An object with whitespace here and there."""
    parts = [
        blank(chance) + quoted(chance, name) + blank(chance) + ":" + blank(chance) + text + blank(chance)
        for name, text in members
    ]
    return "{" + (",".join(parts) or blank(chance)) + "}"


class Stream:
    """One stream: its columns, which may grow, and the rows made so far by their number."""

    def __init__(self, chance, name, unit, wild):
        self.name, self.unit, self.wild = name, unit, wild
        self.top = Object(chance, 0, unit, wild)
        self.number = "n\u00ba"
        self.rows = {}

    def schema_line(self, chance):
        schema = self.top.schema
        schema["properties"] = {self.number: {"type": "integer"}} | schema["properties"]
        members = [
            ("type", '"SCHEMA"'), ("stream", quoted(chance, self.name)), ("schema", json.dumps(schema)),
            ("key_properties", json.dumps([self.number] if chance.random() < 0.5 else [])),
        ]
        return written(chance, members)

    def record_line(self, chance):
        text, made = self.top.value(chance)
        number = len(self.rows)
        self.rows[number] = made
        inner = text[1:-1].strip()
        first = f'"{self.number}":{number}'
        text = "{" + first + ("," + text[1:] if inner else "}")
        members = [("type", '"RECORD"'), ("stream", quoted(chance, self.name)), ("record", text)]
        if chance.random() < 0.3:
            members.append(("time_extracted", '"2026-01-02T03:04:05.678Z"'))
        if chance.random() < 0.05:
            chance.shuffle(members)
        if chance.random() < 0.9:
            return "{" + ",".join(f'"{key}":{value}' for key, value in members) + "}"
        return written(chance, members)

    def grow(self, chance):
        """One more column."""
        free = [name for name in NAMES if name not in self.top.columns]
        if free:
            self.top.columns[chance.choice(free)] = kind(chance, 1, self.unit, self.wild)

    def scalars(self):
        """The columns that may be sorted by."""
        return {
            name: one.inner for name, one in self.top.columns.items()
            if isinstance(one.inner, Scalar) and " " not in name and name.strip()
        }

    def divide(self, chance, count):
        """The names of columns to divide by; they have few values from here on, short ones."""
        able = [
            name for name, one in self.scalars().items()
            if one.partition and not one.wild and len(name) < 50 and not name.endswith(")")
        ]
        chosen = chance.sample(able, min(count, len(able)))
        for name in chosen:
            one = self.top.columns[name].inner
            pool = []
            while len(pool) < 4:
                text, value = one.value(chance)
                if len(text) < 60:
                    pool.append((text, value))
            one.value = lambda chance, pool=pool: chance.choice(pool)
        return chosen

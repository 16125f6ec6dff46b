"""Random schemas over the keywords of a draft, and values that are near to valid by them.

Numbers are kept as the text that JSON has, since most of what is of interest about them is lost in
a double: `text` writes them out.
"""
import decimal
import json
import random
import re

DRAFTS = {
    4: "http://json-schema.org/draft-04/schema#",
    6: "http://json-schema.org/draft-06/schema#",
    7: "http://json-schema.org/draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema",
    2020: "https://json-schema.org/draft/2020-12/schema",
}
TYPES = ["null", "boolean", "integer", "number", "string", "object", "array"]
NAMES = ["foo", "bar", "baz", "a", "é", "e\u0301", "x-1", "", "a/b", "~", "\u0301"]
STRINGS = [
    "", "a", "ab", "abc", "b", "é", "e\u0301", "😀", "😀😀", "12", "12\n", "٣", "foo", "bar", "\u0000",
    "a b", "\u2028", "\ufeff", "baab", "x" * 12, "Σ",
]
PATTERNS = [
    "^a", "b$", "^[0-9]{2}$", r"\d", r"^\w+$", "^.$", "^.{2}$", "a|b", "(?=a)ab", r"\s", "^[^a]*$",
    r"^\u00e9$", "^(ab)*$", r"\p{L}", "^$", "o{2}", r"[\s\S]", r"^\S+$", "^(?!foo)", r"\W", r"\bb",
]
NUMBERS = [
    "0", "-0", "0.0", "1", "1.0", "1e0", "10e-1", "-1", "2", "3", "4", "5", "7", "0.1", "0.2", "0.3",
    "0.01", "19.99", "20", "0.005", "1e-7", "1.5", "2.5", "-2.5", "100", "1e2", "7.000", "1e18",
    "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993.0", "1e400",
    "-1e400", "18446744073709551615", "18446744073709551616", "-9223372036854775808",
    "9223372036854775807", "9223372036854775808", "123456789012345678901234567890",
    "0.1234567890123456789", "0.12345678901234567891", "1234567890.12345", "-0.00001",
]
# In draft 4, whose jsonschema-rs calls 1.0 no integer as we do not, no whole number is written so.
PLAIN = [literal for literal in NUMBERS if not re.search("[.e]", literal) or re.search("[1-9]$", literal)
         and "e" not in literal]
STEPS = ["1", "2", "3", "0.1", "0.01", "0.3", "0.5", "1e-3", "2.5", "1e2", "7", "1e-38", "0.7"]
MARK = "\u0001"


def number(literal):
    """What stands for a number in the values that are made here."""
    return MARK + literal


def text(value):
    """A value as JSON text."""
    return re.sub(r'"\\u0001([^"]*)"', r"\1", json.dumps(value))


class Dice(random.Random):
    """Chance, and the numbers that it chooses among."""

    def draft(self, draft):
        self.numbers = PLAIN if draft == 4 else NUMBERS
        self.steps = [step for step in STEPS if draft > 4 or step != "1e2"]


class Maker:
    """Makes the schemas of one draft."""

    def __init__(self, chance, draft):
        self.chance, self.draft = chance, draft
        chance.draft(draft)
        self.definitions = {}
        self.key = "definitions" if draft < 2019 else "$defs"
        self.id = "id" if draft == 4 else "$id"
        self.dynamic = draft >= 2019 and chance.random() < 0.15
        self.depth = 0

    def document(self):
        """A whole schema."""
        # A definition may refer to those made before it, so that none leads round in a circle.
        for place in range(self.chance.choice([0, 0, 1, 2, 3])):
            made = self.schema(1)
            name = f"d{place}"
            if isinstance(made, dict) and self.chance.random() < 0.25:
                made.pop("$ref", None)
                made[self.id] = f"http://example.com/{name}"
                if self.dynamic:
                    self.anchor(made, self.draft == 2020 or self.chance.random() < 0.5)
                name = "/" + name
            self.definitions[name] = made
        root = self.flat() if self.chance.random() < 0.25 else self.schema(0)
        if self.draft < 2019 and "$ref" in root:
            root = {"allOf": [root]}
        if self.dynamic:
            self.anchor(root, True)
        root["$schema"] = DRAFTS[self.draft]
        root[self.id] = "http://example.com/root"
        if self.definitions:
            root[self.key] = {name.strip("/"): made for name, made in self.definitions.items()}
        return root

    def flat(self):
        """A schema as streams have it: members, each with a type and a few bounds."""
        chance = self.chance
        members = {}
        for name in chance.sample(NAMES, chance.randrange(1, 6)):
            members[name] = made = {}
            self.kinds(made, 3)
            for group in chance.sample([self.numbers, self.strings, self.choices], chance.choice([0, 1, 1])):
                group(made, 3)
            if chance.random() < 0.1:
                made["items"] = {"type": chance.sample(TYPES, 2)}
            if chance.random() < 0.1:
                members[name] = {"anyOf": [made, {"type": "null"}]}
        root = {"type": "object", "properties": members}
        if chance.random() < 0.3:
            root["additionalProperties"] = False
        if chance.random() < 0.3:
            root["required"] = chance.sample(NAMES, 1)
        return root

    def anchor(self, made, is_set):
        """Lets dynamic references find a schema."""
        made.update({"$recursiveAnchor": is_set} if self.draft == 2019 else {"$dynamicAnchor": "n"})

    def reference(self):
        name = self.chance.choice(list(self.definitions))
        if name.startswith("/"):
            return name[1:]
        # Within a definition of its own address a bare fragment would mean that definition.
        return f"http://example.com/root#/{self.key}/{name}"

    def schema(self, depth, inner=False):
        """A schema; one that is `inner` judges a part of the value, and may lead to the root."""
        chance = self.chance
        dice = chance.random()
        if self.draft > 4 and depth > 0 and dice < 0.06:
            return chance.random() < 0.6
        if inner and dice < 0.09:
            if self.dynamic and chance.random() < 0.7:
                return {"$recursiveRef": "#"} if self.draft == 2019 else {"$dynamicRef": "#n"}
            return {"$ref": "http://example.com/root"}
        made = {}
        if self.definitions and dice < 0.22:
            made["$ref"] = self.reference()
            if chance.random() < 0.5:
                return made
        groups = [self.kinds, self.numbers, self.strings, self.arrays, self.objects, self.choices]
        if depth < 3:
            groups += [self.combine] * 2
        if depth < 2:
            groups += [self.arrays, self.objects] * 2
        for group in chance.sample(groups, chance.choice([1, 1, 2, 2, 3])):
            group(made, depth + 1)
        if self.draft >= 2019 and chance.random() < 0.12:
            made["unevaluatedProperties"] = self.rest(depth + 1)
        if self.draft >= 2019 and chance.random() < 0.08:
            made["unevaluatedItems"] = self.rest(depth + 1)
        return made

    def rest(self, depth):
        """What is to be true of what is left: often nothing may be."""
        return False if self.chance.random() < 0.5 else self.schema(depth + 1, inner=True)

    def kinds(self, made, depth):
        if self.chance.random() < 0.6:
            made["type"] = self.chance.choice(TYPES)
        else:
            made["type"] = self.chance.sample(TYPES, self.chance.randrange(1, 4))

    def numbers(self, made, depth):
        for key in self.chance.sample(["minimum", "maximum", "multipleOf"], self.chance.randrange(1, 3)):
            made[key] = number(self.chance.choice(self.chance.steps if key == "multipleOf" else self.chance.numbers))
        for key in ["minimum", "maximum"]:
            if self.chance.random() < 0.3:
                name = "exclusive" + key.capitalize()
                if self.draft > 4:
                    made[name] = number(self.chance.choice(self.chance.numbers))
                elif key in made:
                    made[name] = self.chance.random() < 0.7

    def strings(self, made, depth):
        chance = self.chance
        for key in chance.sample(["minLength", "maxLength", "pattern"], chance.randrange(1, 3)):
            made[key] = chance.choice(PATTERNS) if key == "pattern" else chance.randrange(0, 4)

    def choices(self, made, depth):
        chance = self.chance
        if self.draft > 4 and chance.random() < 0.4:
            made["const"] = value(chance, 1)
            return
        found = {}
        for _ in range(chance.randrange(1, 5)):
            one = value(chance, 1)
            found[comparable(one)] = one
        made["enum"] = list(found.values())

    def arrays(self, made, depth):
        chance = self.chance
        keys = ["items", "items", "minItems", "maxItems", "uniqueItems"]
        if self.draft > 4:
            keys += ["contains"]
        for key in set(chance.sample(keys, chance.randrange(1, 4))):
            if key == "uniqueItems":
                made[key] = chance.random() < 0.8
            elif key in ["minItems", "maxItems"]:
                made[key] = chance.randrange(0, 4)
            elif key == "contains":
                made[key] = self.schema(depth + 1, inner=True)
                for bound in ["minContains", "maxContains"]:
                    if self.draft >= 2019 and chance.random() < 0.3:
                        made[bound] = chance.randrange(0, 3)
            elif chance.random() < 0.5:
                made["items"] = self.schema(depth + 1, inner=True)
                if self.draft == 4 and isinstance(made["items"], bool):
                    made["items"] = {}
            else:
                first = [self.schema(depth + 1, inner=True) for _ in range(chance.randrange(1, 3))]
                made["prefixItems" if self.draft == 2020 else "items"] = first
                if chance.random() < 0.5:
                    made["items" if self.draft == 2020 else "additionalItems"] = self.rest(depth + 1)

    def objects(self, made, depth):
        chance = self.chance
        keys = ["properties", "properties", "required", "patternProperties", "additionalProperties"]
        keys += ["minProperties", "maxProperties", "dependent"]
        if self.draft > 4:
            keys += ["propertyNames"]
        for key in set(chance.sample(keys, chance.randrange(1, 4))):
            names = chance.sample(NAMES, chance.randrange(1, 4))
            if key == "properties":
                made[key] = {name: self.schema(depth + 1, inner=True) for name in names}
            elif key == "required":
                made[key] = names
            elif key == "patternProperties":
                made[key] = {chance.choice(PATTERNS): self.schema(depth + 1, inner=True)}
            elif key == "additionalProperties":
                made[key] = self.rest(depth + 1)
            elif key == "propertyNames":
                made[key] = self.schema(3)
            elif key != "dependent":
                made[key] = chance.randrange(0, 4)
            else:
                self.dependent(made, depth, names)

    def dependent(self, made, depth, names):
        apart = self.draft >= 2019
        if self.chance.random() < 0.5:
            made["dependentRequired" if apart else "dependencies"] = {names[0]: names[1:] or ["foo"]}
        else:
            made["dependentSchemas" if apart else "dependencies"] = {names[0]: self.schema(depth + 1)}

    def combine(self, made, depth):
        chance = self.chance
        key = chance.choice(["allOf", "anyOf", "oneOf", "not"] + ["if"] * (self.draft >= 7))
        if key == "not":
            made[key] = self.schema(depth + 1)
        elif key == "if":
            for part in ["if", "then", "else"]:
                if part == "if" or chance.random() < 0.7:
                    made[part] = self.schema(depth + 1)
        else:
            made[key] = [self.schema(depth + 1) for _ in range(chance.randrange(1, 4))]


def comparable(value):
    """Equal for values that JSON Schema calls equal, as far as a list of choices may have them."""
    if isinstance(value, str) and value.startswith(MARK):
        return decimal.Decimal(value[1:])
    if isinstance(value, list):
        return tuple(map(comparable, value))
    if isinstance(value, dict):
        return frozenset((key, comparable(member)) for key, member in value.items())
    return (type(value).__name__, value)


def value(chance, depth=0):
    """Any value."""
    kinds = ["null", "bool", "number", "number", "string", "string"]
    kind = chance.choice(kinds + ["array", "object"] * (depth < 3) * 2)
    if kind == "null":
        return None
    if kind == "bool":
        return chance.random() < 0.5
    if kind == "number":
        return number(chance.choice(chance.numbers))
    if kind == "string":
        return chance.choice(STRINGS)
    if kind == "array":
        return [value(chance, depth + 1) for _ in range(chance.choice([0, 1, 2, 2, 3]))]
    names = chance.sample(NAMES, chance.choice([0, 1, 2, 3]))
    return {name: value(chance, depth + 1) for name in names}


def near(chance, schema, root, depth=0):
    """A value that has a fair chance of being valid."""
    if not isinstance(schema, dict) or depth > 6 or chance.random() < 0.12:
        return value(chance, depth)
    if ("$dynamicRef" in schema or "$recursiveRef" in schema) and chance.random() < 0.7:
        return near(chance, root, root, depth + 2)
    if "$ref" in schema and chance.random() < 0.7:
        name = schema["$ref"].rsplit("/", 1)[-1]
        made = {**root.get("definitions", {}), **root.get("$defs", {})}
        return near(chance, made.get(name, root), root, depth + 1)
    if "const" in schema and chance.random() < 0.8:
        return schema["const"]
    if "enum" in schema and chance.random() < 0.8:
        return chance.choice(schema["enum"])
    for key in ["allOf", "anyOf", "oneOf"]:
        if key in schema and chance.random() < 0.4:
            return near(chance, chance.choice(schema[key]), root, depth + 1)
    for key in ["then", "if", "else"]:
        if key in schema and chance.random() < 0.3:
            return near(chance, schema[key], root, depth + 1)
    return shaped(chance, schema, root, depth)


def shaped(chance, schema, root, depth):
    """A value of a kind that the schema says something about."""
    kinds = schema.get("type")
    if kinds is None:
        kinds = []
        if "minimum" in schema or "maximum" in schema or "multipleOf" in schema:
            kinds.append("number")
        if "minLength" in schema or "maxLength" in schema or "pattern" in schema:
            kinds.append("string")
        if any("tems" in key or key == "contains" for key in schema):
            kinds.append("array")
        if any("ropert" in key or key in ["required", "dependencies"] for key in schema):
            kinds.append("object")
    kind = chance.choice(kinds) if isinstance(kinds, list) and kinds else kinds or "any"
    if kind in ["integer", "number"]:
        bounds = [schema[key] for key in ["minimum", "maximum", "multipleOf"] if key in schema]
        return chance.choice(bounds) if bounds and chance.random() < 0.3 else number(chance.choice(chance.numbers))
    if kind == "string":
        return chance.choice(STRINGS)
    if kind == "array":
        first = schema.get("prefixItems", schema["items"] if isinstance(schema.get("items"), list) else [])
        rest = schema.get("items", schema.get("contains", schema.get("unevaluatedItems", True)))
        rest = schema.get("additionalItems", True) if isinstance(rest, list) else rest
        count = chance.choice([0, 1, 2, 2, 3, 4])
        return [
            near(chance, first[place] if place < len(first) else rest, root, depth + 1)
            for place in range(count)
        ]
    if kind == "object":
        return members(chance, schema, root, depth)
    return value(chance, depth)


def members(chance, schema, root, depth):
    known = schema.get("properties", {})
    names = [name for name in known if chance.random() < 0.7]
    names += [name for name in schema.get("required", []) if chance.random() < 0.8]
    names += [name for name in NAMES if chance.random() < 0.08]
    rest = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    return {name: near(chance, known.get(name, rest), root, depth + 1) for name in names}

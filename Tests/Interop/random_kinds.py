"""Kinds of columns at random: a JSON Schema, values as JSON text, and what a reader must see of them.

A kind is asked three things: `schema` describes it, `value(chance)` makes the JSON text of one value
beside what is expected of it, and `same(type, cell, expected)` holds a cell of that Arrow type against
it. Times and dates are counts of their unit; the text stands for values that went on as text.
"""
import base64
import datetime as dt
import decimal
import json
import math
import uuid

import pyarrow as pa

decimal.getcontext().prec = 2000
D = decimal.Decimal
LETTERS = ["abc", "XYZ", "0189", " /\\\"'", "\t\n\r\b\f\x00\x1f\x7f", "éüßñ", "e\u0301", "漢字", "😀🇩🇪𝒳", "\u2028\ufeff\uffff"]


def blank(chance):
    return "".join(chance.choices(" \t\r", k=chance.randrange(1, 4))) if chance.random() < 0.1 else ""


def quoted(chance, text):
    """A JSON string, its characters escaped or not as chance has it."""
    if chance.random() < 0.5:
        return json.dumps(text, ensure_ascii=chance.random() < 0.3)
    parts = []
    for letter in text:
        if letter in "\"\\" or letter < " " or chance.random() < 0.2:
            units = letter.encode("utf-16-be").hex()
            if chance.random() < 0.5:
                units = units.upper()
            parts += ["\\u" + units[at:at + 4] for at in range(0, len(units), 4)]
        else:
            parts.append("\\/" if letter == "/" and chance.random() < 0.5 else letter)
    return '"' + "".join(parts) + '"'


def some_text(chance):
    length = chance.choice([0, 1, 2, 5, 12, 40, 40, chance.choice([300, 9000])])
    pools = chance.sample(LETTERS, chance.randrange(1, 4))
    return "".join(chance.choice(chance.choice(pools)) for _ in range(length))


def junk(chance, depth=0):
    """Any JSON value, as text."""
    pick = chance.randrange(7 if depth < 3 else 5)
    if pick < 5:
        return chance.choice(["null", "true", "-0", "1e400", "12345678901234567890123", "0.10"]) \
            if pick else quoted(chance, some_text(chance))
    inner = [junk(chance, depth + 1) for _ in range(chance.randrange(4))]
    if pick == 5:
        return "[" + ",".join(blank(chance) + text for text in inner) + "]"
    return "{" + ",".join(quoted(chance, some_text(chance)) + ": " + text for text in inner) + "}"


def number(chance, value):
    """The number as JSON may write it: with zeros behind the point, or an exponent."""
    text = f"{value:f}"
    pick = chance.random()
    if pick < 0.08:
        return text + ("0" if "." in text else ".0")
    if pick < 0.16 and value:
        _, digits, exponent = value.as_tuple()
        sign = "-" if value < 0 else ""
        letter = chance.choice(["e", "E"])
        plus = chance.choice(["", "+"]) if exponent >= 0 else ""
        return f"{sign}{int(''.join(map(str, digits)))}{letter}{plus}{exponent}"
    return text


class Scalar:
    """A kind that makes a value and compares it by its text, unless a subclass knows better."""

    partition = False
    """Whether its values may name folders."""

    def __init__(self, chance, wild=False):
        self.wild = wild
        """Whether values come that the declared type does not hold, so that the column is widened."""
        self.schema = self.describe(chance)

    def same(self, kind, cell, expected):
        value, text = expected
        if pa.types.is_string(kind):
            return cell == (json.loads(text) if text[0] == '"' else text)
        return self.equal(kind, cell, value)

    def equal(self, kind, cell, value):
        return cell == value

    def folder(self, text, value):
        """Whether a folder of this name is the one of the value."""
        return text == str(value)


class Boolean(Scalar):
    partition = True

    def describe(self, chance):
        return {"type": "boolean"}

    def value(self, chance):
        value = chance.random() < 0.5
        return ("true" if value else "false"), value

    def folder(self, text, value):
        return text == str(value).lower()


class Number(Scalar):
    def equal(self, kind, cell, value):
        if isinstance(cell, float):
            return cell == float(value) and math.copysign(1, cell) == math.copysign(1, value)
        return D(cell) == value

    def folder(self, text, value):
        return D(text) == value


class Integer(Number):
    partition = True

    def describe(self, chance):
        self.large = chance.random() < 0.2
        kind = {"type": "number", "airbyte_type": "integer"} if chance.random() < 0.2 else {"type": "integer"}
        return kind | ({"maximum": 2**64 - 1} if self.large else {})

    def value(self, chance):
        top = 2**64 if self.large else 2**63
        low = -top + 1 if self.large else -top
        pick = chance.random()
        if pick < 0.3:
            value = chance.choice([0, 1, -1, low, top - 1, 10**17, 10**18, -(10**18), 999999999999999999])
        else:
            value = chance.randrange(-(10**chance.randrange(1, 18)), 10**chance.randrange(1, 18))
        if self.wild and chance.random() < 0.02:
            value = chance.choice([2**63, -(2**63) - 1, 10**38 - 1, 10**40])
        return number(chance, D(value)), D(value)


class Double(Number):
    def describe(self, chance):
        return {"type": chance.choice(["number", ["integer", "number"]])}

    def value(self, chance):
        pick = chance.random()
        if pick < 0.2:
            value = chance.choice([0.0, 5e-324, 1.7976931348623157e308, -2.2250738585072014e-308, 1e22, 1e23, 0.1])
        elif pick < 0.5:
            value = chance.randrange(-(10**6), 10**6) / 10 ** chance.randrange(7)
        elif pick < 0.8:
            value = math.ldexp(chance.random() - 0.5, chance.randrange(-1060, 1024))
        else:
            value = float(chance.randrange(-(2**53), 2**53))
        if not self.wild and chance.random() < 0.03:
            value = -0.0
        text = repr(value)
        if self.wild and chance.random() < 0.02:
            text = chance.choice(["12345678901234567890.123456789", "0.12345678901234567891", "1e400", "-1e-400"])
        elif text.endswith(".0") and chance.random() < 0.5:
            text = text[:-2]
        elif "e" not in text and chance.random() < 0.2:
            text = f"{D(value):f}"[:1200] if abs(value) > 1e-30 or not value else text
        return text, D(text)

    def equal(self, kind, cell, value):
        if not isinstance(cell, float):
            return D(cell) == value
        exact = D(repr(cell)) == value or D(cell) == value
        return exact and math.copysign(1, cell) == (-1 if value.is_signed() else 1)


class Decimal(Number):
    partition = True

    def describe(self, chance):
        self.precision = chance.choice([1, 4, 9, 10, 18, 19, 28, 37, 38])
        self.scale = chance.choice([0, self.precision, chance.randrange(self.precision + 1)])
        self.number = chance.random() < 0.3
        if self.number:
            self.scale = min(self.scale, 9)
            self.precision = min(38, self.scale + chance.randrange(1, 20))
            return {
                "type": "number",
                "multipleOf": float(f"1e-{self.scale}"),
                "maximum": 10 ** (self.precision - self.scale),
            }
        form = chance.choice(["singer.decimal", "x-singer.decimal"])
        return {"type": "string", "format": form, "precision": self.precision, "scale": self.scale}

    def value(self, chance):
        digits = chance.choice([1, self.precision, chance.randrange(1, self.precision + 1)])
        most = 10**digits - 1
        units = chance.choice([0, most, -most, chance.randrange(-most, most + 1)])
        if self.wild and chance.random() < 0.02:
            units *= chance.choice([10**3, 10**30])
        value = D(units).scaleb(-self.scale)
        text = number(chance, value)
        return (text if self.number or chance.random() < 0.3 else quoted(chance, text)), value


class Text(Scalar):
    partition = True

    def describe(self, chance):
        return {"type": chance.choice(["string", ["string", "integer"], ["string", "number", "boolean"]])}

    def value(self, chance):
        if chance.random() < 0.05:
            text = junk(chance)
            if text != "null":
                return text, json.loads(text) if text[0] == '"' else text
        # Two spellings of one letter are two values, and two folders.
        value = chance.choice(["é", "e\u0301"]) if chance.random() < 0.1 else some_text(chance)
        return quoted(chance, value), value

    def folder(self, text, value):
        return text == value


class Free(Scalar):
    """Anything, kept as it is written."""

    def describe(self, chance):
        return chance.choice([{}, {"type": "object"}, {"type": "array"}, {"type": ["object", "string"]}])

    def value(self, chance):
        text = junk(chance)
        while text == "null":
            text = junk(chance)
        return text, text

    def same(self, kind, cell, expected):
        return cell == expected[1]


class Binary(Scalar):
    def describe(self, chance):
        return {"type": "string", "contentEncoding": "base64"}

    def value(self, chance):
        value = chance.randbytes(chance.choice([0, 1, 2, 3, 100]))
        return quoted(chance, base64.b64encode(value).decode()), value


class Uuid(Scalar):
    partition = True

    def describe(self, chance):
        return {"type": "string", "format": "uuid"}

    def value(self, chance):
        value = uuid.UUID(int=chance.choice([0, 2**128 - 1, chance.getrandbits(128)]))
        text = str(value)
        if self.wild and chance.random() < 0.03:
            text = chance.choice([text.upper(), text.replace("-", ""), ""])
        return quoted(chance, text), value

    def equal(self, kind, cell, value):
        return cell == value.bytes


class Date(Scalar):
    partition = True

    def describe(self, chance):
        return {"type": "string", "format": "date"}

    def value(self, chance):
        day = dt.date(1, 1, 1) + dt.timedelta(chance.choice([0, 3652058, chance.randrange(3652059)]))
        return quoted(chance, day.isoformat()), (day - dt.date(1970, 1, 1)).days

    def folder(self, text, value):
        return dt.date.fromisoformat(text) == dt.date(1970, 1, 1) + dt.timedelta(value)


def clock(chance, seconds):
    """A time of the day as texts have it, and its nanoseconds."""
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    text = f"{hour:02}" if hour > 9 or chance.random() < 0.8 else str(hour)
    text += f":{minute:02}"
    if not second and chance.random() < 0.3:
        return text, seconds * 10**9
    if not second and minute and chance.random() < 0.2:
        text, second = text[:-2] + f"{minute - 1:02}", 60
    fraction = "".join(chance.choices("0123456789", k=chance.choice([0, 0, 1, 3, 6, 9, 10, 20])))
    text += f":{second:02}" + ("." + fraction if fraction else "")
    return text, seconds * 10**9 + int((fraction + "0" * 9)[:9])


class Time(Scalar):
    unit = 1000
    """Nanoseconds in the unit that the table has."""

    def describe(self, chance):
        return {"type": "string", "format": "time"}

    def value(self, chance):
        text, nanos = clock(chance, chance.choice([0, 86399, chance.randrange(86400)]))
        return quoted(chance, text + chance.choice(["", "", "Z"])), nanos // self.unit


class Timestamp(Time):
    partition = True

    def describe(self, chance):
        self.local = chance.random() < 0.3
        more = {"airbyte_type": "timestamp_without_timezone"} if self.local else {}
        return {"type": "string", "format": "date-time"} | more

    def value(self, chance):
        first, last = dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30)
        if self.unit == 1:
            first, last = dt.datetime(1677, 9, 23), dt.datetime(2262, 4, 10)
        span = int((last - first).total_seconds())
        moment = first + dt.timedelta(seconds=chance.choice([0, span, chance.randrange(span)]))
        day = moment.date().isoformat()
        of_day = moment.hour * 3600 + moment.minute * 60 + moment.second
        text, nanos = clock(chance, of_day)
        zone, east = "", 0
        if not self.local and chance.random() < 0.7:
            hours, minutes = chance.randrange(24), chance.choice([0, 30, 59])
            sign = chance.choice([1, -1])
            east = sign * (hours * 60 + minutes) * 60
            zone = ("+" if sign > 0 else "-") + f"{hours:02}" + chance.choice([":", ""]) + f"{minutes:02}"
            if chance.random() < 0.3:
                zone, east = chance.choice(["Z", "z"]), 0
        days = (moment.date() - dt.date(1970, 1, 1)).days
        count = ((days * 86400 - east) * 10**9 + nanos) // self.unit
        if of_day == 0 and chance.random() < 0.3:
            return quoted(chance, day), days * 86400 * 10**9 // self.unit
        return quoted(chance, day + chance.choice("TTt ") + text + zone), count

    def folder(self, text, value):
        whole, _, fraction = text.partition(".")
        since = dt.datetime.fromisoformat(whole) - dt.datetime(1970, 1, 1)
        nanos = (since.days * 86400 + since.seconds) * 10**9 + int((fraction + "0" * 9)[:9])
        return nanos == value * self.unit


SCALARS = [Boolean, Integer, Double, Decimal, Text, Free, Binary, Uuid, Date, Time, Timestamp]

"""A contract with something of everything, a good record, and changes that are one defect each."""
from contract_data import contract, prop

GOOD = {
    "id": 2, "code": "AB", "email": "a@b.co", "uid": "8756daf0-085e-4b61-9190-c212d66c76df",
    "age": 20, "amt": 1.25, "d": "2024-02-03", "ts": "2024-02-03T01:02:03Z", "st": "NEW",
    "flag": True, "tags": ["a", "b"], "addr": {"zip": "12345", "city": "X"},
}  # fmt: skip
# One defect each: what is changed, and the check that must fail.
DEFECTS = {
    "bad_date": ({"d": "03/02/2024"}, ("/d", "format")),
    "bad_multiple": ({"amt": 1.255}, ("/amt", "multipleOf")),
    "bad_uuid": ({"uid": "xyz"}, ("/uid", "format")),
    "empty_required": ({"code": ""}, ("/code", "pattern")),
    "excl_max": ({"age": 100}, ("/age", "exclusiveMaximum")),
    "flag_str": ({"flag": "true"}, ("/flag", "type")),
    "impossible_date": ({"d": "2024-02-30"}, ("/d", "format")),
    "int_as_float": ({"age": 20.5}, ("/age", "type")),
    "missing_required": ({"code": ...}, ("/code", "required")),
    "nested_missing": ({"addr": {"city": "X"}}, ("/addr/zip", "required")),
    "null_required": ({"code": None}, ("/code", "required")),
    "unanchored": ({"code": "xxABxx"}, None),
    "valid_values": ({"st": "OLD"}, ("/st", "invalidValues")),
    "repeated_key": ({"id": 2}, ("/id", "primaryKey")),
    "wrong_item": ({"tags": ["a", 1]}, ("/tags/*", "type")),
    "repeated_item": ({"tags": ["a", "a"]}, ("/tags", "uniqueItems")),
}


def orders(tmp_path):
    values = {"metric": "invalidValues", "arguments": {"validValues": ["NEW"]}, "mustBe": 0}
    return contract(tmp_path, [
        prop("id", "integer", primaryKey=True, required=True),
        prop("code", "string", {"pattern": "[A-Z]{2}"}, required=True),
        prop("email", "string", {"format": "email"}),
        prop("uid", "string", {"format": "uuid"}),
        prop("age", "integer", {"exclusiveMaximum": 100, "format": "i32"}),
        prop("amt", "number", {"multipleOf": 0.01}),
        prop("d", "date", {"format": "yyyy-MM-dd"}),
        prop("ts", "timestamp"),
        prop("st", "string", quality=[values]),
        prop("flag", "boolean"),
        prop("tags", "array", {"uniqueItems": True}, items={"logicalType": "string"}),
        prop("addr", "object", properties=[
            prop("zip", "string", {"pattern": "^[0-9]{5}$"}, required=True), prop("city", "string"),
        ]),
    ])  # fmt: skip

"""A contract with every section of each version of ODCS, and random ways to spoil one."""
import copy

VERSIONS = ["v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0"]


def full(version):
    """A valid contract of a version that uses every form of it."""
    new, newest = version >= "v3.1", version >= "v3.2"
    custom = [{"property": "shop.scope", "value": "run"}]
    definitions = [{"url": "https://example.org/x", "type": "businessDefinition"}]
    member = {"username": "ann", "role": "Owner", "dateIn": "2024-01-01"}
    athena = {"server": "a", "type": "athena", "schema": "s", "catalog": "c"}
    athena["staging_dir" if version < "v3.0.2" else "stagingDir"] = "s3://x/y"
    rules = [
        {"type": "sql", "query": "select 1", "mustBeLessThan": 3, "dimension": "accuracy"},
        {"type": "custom", "engine": "soda", "implementation": {"a": 1}},
        {"type": "text", "description": "be good"},
    ]
    if new:
        rules.append({"metric": "rowCount", "mustBeBetween": [1, 100]})
        values = {"metric": "invalidValues", "arguments": {"validValues": ["a"]}, "mustBe": 0}
    else:
        rules.append({"type": "library", "rule": "rowCount", "mustBeBetween": [1, 100]})
        values = {"rule": "validValues", "validValues": ["a"], "mustBe": 0}
    exclusive = (10, 100) if new else (True, False)
    properties = [
        {"name": "id", "logicalType": "integer", "primaryKey": True, "primaryKeyPosition": 1,
         "required": True, "unique": True, "physicalType": "bigint",
         "logicalTypeOptions": {"minimum": 0, "exclusiveMaximum": exclusive[1], "format": "i64"}},
        {"name": "amount", "logicalType": "number", "classification": "restricted",
         "logicalTypeOptions": {"minimum": 0, "maximum": 9.5, "multipleOf": 0.01,
                                "exclusiveMinimum": 0 if new else True, "format": "f64"}},
        {"name": "code", "logicalType": "string", "quality": [values], "tags": ["a"],
         "examples": ["x", 1], "criticalDataElement": True, "partitioned": True,
         "partitionKeyPosition": 1, "encryptedName": "id", "transformLogic": "x",
         "transformSourceObjects": ["o.id"], "transformDescription": "y",
         "logicalTypeOptions": {"minLength": 1, "maxLength": 9, "pattern": "^a", "format": "uuid"}},
        {"name": "day", "logicalType": "date", "businessName": "Day",
         "logicalTypeOptions": {"format": "yyyy-MM-dd", "minimum": "2020-01-01"}},
        {"name": "list", "logicalType": "array",
         "items": {"logicalType": "object", "properties": [{"name": "x", "logicalType": "boolean"}]},
         "logicalTypeOptions": {"minItems": 0, "maxItems": 9, "uniqueItems": True}},
        {"name": "nested", "logicalType": "object", "properties": [{"name": "y", "logicalType": "string"}],
         "logicalTypeOptions": {"minProperties": 0, "maxProperties": 9, "required": ["y"]}},
    ]
    contract = {
        "apiVersion": version, "kind": "DataContract", "id": "x", "version": "1.0.0",
        "status": "active", "name": "n", "tenant": "t", "tags": ["a", "b"], "domain": "d",
        "dataProduct": "p", "contractCreatedTs": "2024-01-01T00:00:00Z",
        "description": {"purpose": "p", "usage": "u", "limitations": "l"},
        "servers": [
            {"server": "s", "type": "postgres", "host": "h", "port": 5432, "database": "d",
             "schema": "public", "environment": "prod", "roles": [{"role": "r"}]},
            {"server": "l", "type": "local", "path": "p", "format": "csv"},
            {"server": "o", "type": "s3", "location": "s3://b/k", "format": "json", "delimiter": "array"},
            {"server": "c", "type": "custom", "port": 1, "warehouse": "w"}, athena,
        ],
        "schema": [{"name": "o", "physicalName": "p_o", "physicalType": "table",
                    "logicalType": "object", "properties": properties, "quality": rules,
                    "authoritativeDefinitions": definitions, "customProperties": custom}],
        "support": [{"channel": "c", "url": "https://example.org", "tool": "t", "scope": "s"}],
        "price": {"priceAmount": 1.5, "priceCurrency": "EUR", "priceUnit": "GB"},
        "team": [member],
        "roles": [{"role": "r", "access": "read", "firstLevelApprovers": "a"}],
        "slaDefaultElement": "o.day",
        "slaProperties": [{"property": "latency", "value": 4, "unit": "d", "element": "o.day"},
                          {"property": "generalAvailability", "value": "2024-01-01T00:00:00Z"}],
        "authoritativeDefinitions": definitions, "customProperties": custom,
    }
    if new:
        contract["team"] = {"name": "team", "members": [member], "tags": ["x"]}
        contract["servers"].append({"server": "h", "type": "hive", "host": "h", "database": "d", "id": "h1"})
        contract["slaProperties"][0] |= {"description": "d", "scheduler": "cron", "schedule": "* * *"}
        properties.append({"name": "at", "logicalType": "timestamp", "id": "at",
                           "logicalTypeOptions": {"timezone": True, "defaultTimezone": "Etc/UTC"}})
        properties.append({"name": "ref", "logicalType": "integer",
                           "relationships": [{"to": "o.id", "type": "foreignKey"}]})
        contract["schema"][0]["relationships"] = [{"from": ["o.id"], "to": ["o.ref"]}]
    if newest:
        contract["context"] = {"instructions": "i", "verifiedStatements": [{"question": "q"}],
                               "constraints": [{"constraint": "c"}]}
        properties.append({"name": "m", "logicalType": "map", "deprecated": False,
                           "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "integer"}}})
        properties.append({"name": "v", "logicalType": "vector", "semanticType": "column",
                           "logicalTypeOptions": {"dimensions": 3, "elementType": "float32"}})
        properties[2]["enum"] = [{"value": "a", "label": "A"}, {"value": 1}]
        properties[2]["synonyms"] = [{"synonym": "s", "locale": "en"}]
        contract["servers"][0]["port"] = "${PORT}"
        del contract["status"]
    return contract


def places(value, path=()):
    """Every place below a value, deepest last."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield from places(child, (*path, key))


VALUES = [0, -1, 1.5, "text", "", True, [], ["a"], {}, {"a": 1}, "v3.0.2", "2024-01-01", [1, 1], [2]]
KEYS = ["extra", "name", "type", "value", "metric", "rule", "arguments", "id", "items", "properties",
        "logicalType", "format", "location", "context", "from", "mustBe", "mustBeLessThan", "query",
        "engine", "physicalName", "vendor", "deprecated", "validValues", "username", "encoding"]


def spoil(contract, dice, version):
    """A copy with one random change, the change in words, and its place."""
    contract = copy.deepcopy(contract)
    path = dice.choice(list(places(contract)))
    if path[0] in ("apiVersion", "kind"):  # these say that it is a contract at all
        path = ("id",)
    holder = contract
    for step in path[:-1]:
        holder = holder[step]
    last, what = path[-1], dice.choice(["remove", "replace", "add", "rename", "copy"])
    if what == "remove":
        del holder[last]
    elif what == "replace":
        holder[last] = copy.deepcopy(dice.choice(VALUES))
    elif what == "rename" and isinstance(holder, dict):
        holder[str(last) + "x"] = holder.pop(last)
    elif isinstance(holder[last], dict):
        path = (*path, dice.choice(KEYS))
        holder[last][path[-1]] = copy.deepcopy(dice.choice(VALUES))
    elif what == "copy":
        holder[last] = copy.deepcopy(contract[dice.choice(sorted(set(contract) - {"apiVersion"}))])
    else:
        holder[last] = copy.deepcopy(dice.choice(VALUES))
    return contract, f"{version} {what} {'/'.join(map(str, path))}", path


def as_text(contract, path):
    """A copy whose scalar at a place is the text that YAML has for it; None if there is none."""
    contract = copy.deepcopy(contract)
    holder = contract
    try:
        for step in path[:-1]:
            holder = holder[step]
        if isinstance(holder[path[-1]], (dict, list)):
            holder[path[-1]] = [str(value) for value in holder[path[-1]]]
        else:
            holder[path[-1]] = str(holder[path[-1]])
    except (KeyError, IndexError, TypeError):
        return None
    return contract

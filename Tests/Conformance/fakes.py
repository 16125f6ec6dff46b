"""Taps of web services, answered from loopback: rows are made up after the schemas that the tap tells,
and served where the tap looks for them."""
import contextlib
import json
import pathlib

import servers
import sync

LOOPBACK = pathlib.Path(__file__).with_name("loopback")

#: By plugin: the settings, and by stream the address and the members that lead to the rows there.
SERVICES = {
    "fedidb": (
        {},
        {
            "servers": ("api.fedidb.org/v1/servers", ["data"]),
            "software": ("api.fedidb.org/v1/software", []),
            "popular_accounts": ("api.fedidb.org/v1/popular-accounts", ["data"]),
        },
    ),
    "norwaycitybikeapi": (
        {"city_name": "oslo", "client_identifier": "dativo"},
        {
            "stations": (
                "gbfs.urbansharing.com/oslobysykkel.no/station_information.json", ["data", "stations"],
            ),
        },
    ),
    "bitso": (
        {"key": "k", "secret": "s"},
        {"books": ("api.bitso.com/v3/available_books", ["payload"])},
    ),
    "geekbot": ({"api_key": "k"}, {"standups": ("api.geekbot.com/v1/standups", [])}),
    "neon": ({"api_key": "k"}, {"projects": ("console.neon.tech/api/v2/projects", ["projects"])}),
    "checkly": (
        {"account_id": "a", "token": "t"},
        {
            "locations": ("api.checklyhq.com/v1/locations", []),
            "runtimes": ("api.checklyhq.com/v1/runtimes", []),
        },
    ),
    "bitly": (
        {"token": "t"},
        {
            "campaigns": ("api-ssl.bitly.com/v4/campaigns", ["campaigns"]),
            "channels": ("api-ssl.bitly.com/v4/channels", ["channels"]),
        },
    ),
    "jotform": (
        {"api_key": "k"},
        {"folders": ("api.jotform.com/user/folders", ["content"])},
    ),
    "betterstack": (
        {"token": "t"},
        {"monitor_groups": ("uptime.betterstack.com/api/v2/monitor-groups", ["data"])},
    ),
    "dbt": (
        {"account_ids": ["1"], "api_key": "k"},
        {"accounts": ("cloud.getdbt.com/api/v2/accounts", ["data"])},
    ),
    "forem": (
        {"api_key": "k", "tag": "data"},
        {"articles": ("dev.to/api//articles", [])},
    ),
    "meteotrentino": (
        {}, {"meteotrentino_sky_conditions": ("manager.meteo.report/api/sky_conditions/", [])},
    ),
    "randomdata": (
        {"record_count": 3},
        {"company": ("random-data-api.com/api/company/random_company", [])},
    ),
}


def made_up(schema, name, number):
    """A value that the schema allows; nothing that it does not describe."""
    for branches in (schema.get("anyOf"), schema.get("oneOf")):
        if branches:
            return made_up(next(b for b in branches if b.get("type") != "null"), name, number)
    if schema.get("enum"):
        return next(value for value in schema["enum"] if value is not None)
    types = schema.get("type", "string")
    type_ = types if isinstance(types, str) else next(t for t in types if t != "null")
    if type_ == "object":
        inner = schema.get("properties") or {}
        return {key: made_up(value, key, number) for key, value in inner.items()}
    if type_ == "array":
        items = schema.get("items")
        return [made_up(items, name, number)] if isinstance(items, dict) and items else []
    if type_ == "boolean":
        return number % 2 == 0
    if type_ == "integer":
        return number
    if type_ == "number":
        return number + 0.25
    formats = {"date-time": f"2024-01-{number:02}T00:00:00Z", "date": f"2024-01-{number:02}"}
    formats["time"] = f"09:00:{number:02}"
    formats["uuid"] = f"00000000-0000-4000-8000-{number:012}"
    return formats.get(schema.get("format"), f"{name} {number} ünï")


def compared(schema, row):
    """The columns whose values leave a tap as they came: no times, nothing without a type."""
    kinds = ("string", "integer", "number", "boolean")

    def is_plain(column):
        types = column.get("type", [])
        types = [types] if isinstance(types, str) else types
        return any(kind in types for kind in kinds) and "format" not in column

    return {name: row[name] for name in row if is_plain(schema["properties"][name])}


def answer(rows, members):
    """The rows of the first page; the others are empty."""

    def page(query):
        isfirst = query.get("page", "1") in ("0", "1") and query.get("offset", "0") == "0"
        body = rows if isfirst else []
        for member in reversed(members):
            body = {member: body}
        # What a service tells of its limits beside the rows.
        return {**body, "limit-left": 1000} if members else body

    return page


@contextlib.contextmanager
def served(name, folder, make):
    """The case of a service: its streams as the tap tells them, three rows each."""
    config, streams = SERVICES[name]
    path = folder / "discover.json"
    path.write_text(json.dumps(config))
    told = sync.dativo("discover", name, "--config", path, "--json", folder=folder)
    if told.returncode:
        raise sync.Broken(sync.last(told.stderr))
    catalog = {s["stream"]: s["schema"] for s in json.loads(told.stdout)["result"]["streams"]}
    answers, expected = {}, {}
    for stream, (address, members) in streams.items():
        schema = catalog[stream]
        rows = [made_up(schema, stream, number) for number in (1, 2, 3)]
        answers[f"/{address}"] = answer(rows, members)
        expected[stream] = [compared(schema, row) for row in rows]
    with servers.http_server(answers) as url:
        yield make(
            config,
            expected,
            select=[f"{stream}.*" for stream in streams],
            env={"PYTHONPATH": str(LOOPBACK), "DATIVO_LOOPBACK": url},
        )

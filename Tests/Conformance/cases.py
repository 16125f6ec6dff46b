"""The taps that can be synced here, each with its configuration and the rows of its source."""
import contextlib
import dataclasses
import datetime
import json

import fakes
import servers
import sources
from sources import PEOPLE


@dataclasses.dataclass
class Case:
    config: dict
    #: The rows of each stream, in the columns that are compared.
    streams: dict
    select: list = dataclasses.field(default_factory=list)
    env: dict = dataclasses.field(default_factory=dict)
    #: What messages call a stream, where that is not its name.
    messages: dict = dataclasses.field(default_factory=dict)


#: By plugin: a context manager that prepares the source in a folder and yields the case.
CASES = {}


def case(name):
    def keep(function):
        CASES[name] = contextlib.contextmanager(function)
        return function

    return keep


def texts(rows):
    return [{key: str(value) for key, value in row.items()} for row in rows]


@case("jsonl")
def _(folder):
    rows = [
        {"id": n, "at": f"2024-01-{n:02}T00:00:00Z", "x": n / 8, "note": "ünï" * (n % 3)}
        for n in range(1, 29)
    ]
    sources.jsonl(folder / "events.jsonl", rows)
    config = {"path": str(folder / "events.jsonl"), "stream_name": "events", "primary_keys": ["id"]}
    read = [{**row, "at": datetime.datetime.fromisoformat(row["at"])} for row in rows]
    yield Case(config, {"events": read})


@case("jsonfile")
def _(folder):
    (folder / "people.json").write_text(json.dumps(PEOPLE))
    yield Case({"paths": [str(folder / "people.json")], "stream_name": "people"}, {"people": PEOPLE})


@case("csv-folder")
def _(folder):
    (folder / "csv").mkdir()
    sources.csv(folder / "csv/people.csv")
    config = {
        "filesystem": "local", "path": f"{folder}/csv/", "read_mode": "one_stream_per_file",
        "stream_name": "people",
    }
    yield Case(config, {"people": texts(PEOPLE)})


@case("dbf")
def _(folder):
    rows = [
        {"ID": 1, "NAME": "Ada", "OK": True}, {"ID": 2, "NAME": "Bob", "OK": False},
        {"ID": 3, "NAME": "Cy", "OK": True},
    ]
    sources.dbf(folder / "people.dbf", rows)
    yield Case({"path": f"{folder}/*.dbf", "fs_root": "file:///"}, {"people": rows})


@case("dimdate")
def _(folder):
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=n) for n in range(60)]
    rows = [
        {
            "date": day, "year": day.year, "month_of_year": day.month, "day_of_month": day.day,
            "weekday_name": day.strftime("%A"), "day_of_year": day.timetuple().tm_yday,
        }
        for day in days
    ]
    config = {"start_date": "2024-01-01", "end_date": days[-1].isoformat()}
    yield Case(config, {"calendar": rows})


@case("geo")
def _(folder):
    shapes = [
        {"type": "Feature", "properties": {"name": name, "size": size},
         "geometry": {"type": "Point", "coordinates": [size, size]}}
        for name, size in (("a", 1), ("b", 2), ("c", 3))
    ]
    path = folder / "shapes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": shapes}))
    config = {"files": [{"paths": [str(path)], "table_name": "shapes", "primary_keys": ["name"]}]}
    rows = [
        {"name": name, "geometry": f"POINT ({size}.0000000000000000 {size}.0000000000000000)"}
        for name, size in (("a", 1), ("b", 2), ("c", 3))
    ]
    yield Case(config, {"shapes": rows})


@case("spreadsheets")
def _(folder):
    rows = [{"id": row["id"], "name": row["name"], "height": row["height"]} for row in PEOPLE]
    sources.xlsx(folder / "people.xlsx", rows)
    file = {
        "path": str(folder / "people.xlsx"), "format": "excel", "table_name": "xl",
        "worksheet": "S1", "primary_keys": ["id"],
    }
    yield Case({"files": [file]}, {"xl": rows})


@case("filesanywhere")
def _(folder):
    # The tap does not read doubled quotes.
    people = PEOPLE[:2]
    sources.csv(folder / "people.csv", people)
    entry = {
        "path": f"file://{folder}", "name": "people", "pattern": "people\\.csv",
        "start_date": "2017-01-01T00:00:00Z", "key_properties": ["id"], "format": "csv",
    }
    rows = [{"name": row["name"], "born": row["born"]} for row in people]
    yield Case({"tables": [entry]}, {"people": rows})


@case("rest-api-msdk")
def _(folder):
    rows = [{"id": n, "total": n * 1.5, "note": f"order {n}"} for n in range(1, 41)]
    with servers.http_server({"/rest/orders": {"data": rows}}) as url:
        stream = {
            "name": "orders", "path": "/rest/orders", "records_path": "$.data[*]",
            "primary_keys": ["id"], "num_inference_records": 30,
        }
        yield Case({"api_url": url, "streams": [stream]}, {"orders": rows})


@case("feed")
def _(folder):
    items = "".join(
        f"<entry><id>e{n}</id><title>Entry {n} &amp; more</title>"
        f"<updated>2024-01-{n:02}T00:00:00Z</updated></entry>" for n in range(1, 6)
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{items}</feed>'
    with servers.http_server({"/feed.xml": feed}) as url:
        config = {
            "feed_urls": [f"{url}/feed.xml"], "feed_fields": ["title"],
            "feed_entry_fields": ["title"], "feed_entry_replication_key": "updated",
            "start_date": "2020-01-01T00:00:00Z",
        }
        rows = [
            {"entry_id": f"e{n}", "entry_title": f"Entry {n} & more", "feed_title": "News"}
            for n in range(1, 6)
        ]
        yield Case(config, {"feed": rows})


def service(name):
    @case(name)
    def _(folder):
        with fakes.served(name, folder, Case) as made:
            yield made


for name in fakes.SERVICES:
    service(name)

TABLE = """
create table orders (id int primary key, name varchar(40), total numeric(10, 2), at timestamp);
insert into orders values (1, 'Ada', 12.50, '2024-02-29 12:00:00'), (2, 'Zoë', 0.01, '2024-03-01 00:00:01'),
 (3, null, -7.00, null);
"""
ORDERS = [
    {"id": 1, "name": "Ada", "total": 12.5, "at": datetime.datetime(2024, 2, 29, 12)},
    {"id": 2, "name": "Zoë", "total": 0.01, "at": datetime.datetime(2024, 3, 1, 0, 0, 1)},
    {"id": 3, "name": None, "total": -7.0, "at": None},
]


@case("meltanolabs-postgres")
def _(folder):
    with servers.postgres(TABLE) as (host, port):
        config = {
            "host": host, "port": port, "user": "postgres", "password": "x", "database": "postgres",
            "filter_schemas": ["public"],
        }
        yield Case(config, {"public-orders": ORDERS})


@case("pipelinewise-postgres")
def _(folder):
    with servers.postgres(TABLE) as (host, port):
        config = {
            "host": host, "port": port, "user": "postgres", "password": "x", "dbname": "postgres",
            "filter_schemas": "public", "default_replication_method": "FULL_TABLE",
        }
        yield Case(config, {"public-orders": ORDERS})


def mysql(folder, messages):
    with servers.mariadb(TABLE) as (host, port):
        config = {
            "host": host, "port": str(port), "user": "tap", "password": "x", "filter_dbs": "shop",
        }
        yield Case(config, {"shop-orders": ORDERS}, messages=messages)


@case("mysql")
def _(folder):
    yield from mysql(folder, {"shop-orders": "orders"})


@case("pipelinewise-mysql")
def _(folder):
    yield from mysql(folder, {})


@case("airbyte-file")
def _(folder):
    sources.csv(folder / "people.csv")
    config = {
        "dataset_name": "people", "format": "csv", "url": str(folder / "people.csv"),
        "provider": {"storage": "local"},
    }
    yield Case(config, {"people": PEOPLE})


@case("airbyte-hardcoded-records")
def _(folder):
    product = {"id": 1, "make": "Mazda", "model": "MX-5", "year": 2008, "price": 2869}
    yield Case({"count": 500}, {"products": [product] * 500}, select=["products"])


@case("airbyte-faker")
def _(folder):
    config = {"count": 250, "seed": 42, "parallelism": 1, "records_per_slice": 100}
    rows = [{"id": n} for n in range(1, 251)]
    yield Case(config, {"users": rows}, select=["users"])

"""`dativo contract test`: rules in SQL, relationships and service levels, which need the rows as a table."""
import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import run
from contract_data import DUCKDB, NO_DUCKDB, as_csv, as_file, as_table, contract, places, prop, sql, test


def outcome(tmp_path, rule, env=DUCKDB, data=None, column=False, **options):
    """The one check of a rule in SQL."""
    name = prop("name", "string", **({"quality": [rule]} if column else {}))
    file = contract(tmp_path, [prop("id", "integer"), name],
                    o={} if column else {"quality": [rule]}, version="v3.0.2")  # fmt: skip
    result = test(file, data or as_file(tmp_path), env=env, **options)
    [check] = [it for it in result["checks"] if it["rule"] == "sql"]
    return check["status"], check["message"]


@pytest.mark.parametrize("place", ["{object}", "${object}", "{table}", "${table}", "{model}", '"{table}"', "o"])
def test_sql_rules_find_the_table(place, tmp_path):
    rule = sql(f"SELECT count(*) FROM {place} WHERE id > 1;", mustBe=3)
    assert outcome(tmp_path, rule) == ("passed", "3, expected 3")


@pytest.mark.parametrize("place", ["{property}", "${property}", "{column}", "${column}", '"${column}"'])
def test_sql_rules_find_the_column(place, tmp_path):
    rule = sql(f"SELECT count({place}) FROM {{object}} -- not null\n", mustBeGreaterThan=3)
    assert outcome(tmp_path, rule, column=True) == ("failed", "3, expected more than 3")


@pytest.mark.parametrize(
    "query, demand, expected",
    [
        ("SELECT sum(price) FROM o", {"mustBe": 23.055}, ("passed", "23.055, expected 23.055")),
        ("SELECT max(2::HUGEINT ** 3) FROM o", {"mustBeBetween": [7, 9]}, "passed"),
        ("WITH x AS (SELECT * FROM o) SELECT count(*) FROM x", {"mustBeLessThan": 4}, "failed"),
        ("SELECT 50", {"mustBeLessOrEqualTo": 50, "unit": "percent"}, ("passed", "50 percent, expected at most 50")),
        ("SELECT count(*) FROM o", {"mustBe": 9, "severity": "warning"}, "warning"),
        ("SELECT count(*) FROM o", {}, "skipped"),
        ("SELECT NULL", {"mustBe": 0}, "failed"),
        ("SELECT 1 WHERE false", {"mustBe": 0}, ("failed", "the query has no row")),
        ("SELECT nix FROM o", {"mustBe": 0}, "failed"),
        ("SELECT id FROM o", {"mustBe": 1}, ("failed", "the query returns 4 rows; one value is needed")),
        ("SELECT 1 FROM range(1000)", {"mustBe": 1}, ("failed", "the query returns 100 or more rows; one value is needed")),
        ("SELECT 1, 2", {"mustBe": 1}, ("failed", "the query returns 2 columns; one value is needed")),
        ("SELECT 'nan'::DOUBLE", {"mustBe": 1}, ("failed", "the result is NaN, which no bound can be compared with")),
        ("SELECT '-inf'::DOUBLE", {"mustBe": 1}, ("failed", "the result is minus infinity, which no bound can be compared with")),
        # Nothing but one SELECT, and nothing but the data.
        ("DROP VIEW o", {"mustBe": 0}, "failed"),
        ("SELECT 1; SELECT 2", {"mustBe": 1}, ("failed", "the query is refused: only one SELECT is run")),
        ("WITH x AS (SELECT 1) DELETE FROM o", {"mustBe": 0}, "failed"),
        ("SELECT 1 /* ' */", {"mustBe": 1}, "passed"),
        ("/* a */ SELECT /* {table}; DROP TABLE o /* within */ $x */ 1 -- b /*", {"mustBe": 1}, "passed"),
        ("SELECT '/* text */'", {"mustBe": "/* text */"}, "passed"),
        ("SELECT 1 /* no end", {"mustBe": 1}, "failed"),
        ("SELECT 1 /* a */; SELECT 2", {"mustBe": 1}, "failed"),
        ("SELECT 'paid'", {"mustBe": "paid"}, "passed"),
        ("SELECT 'open'", {"mustBe": "paid"}, "failed"),
        ("SELECT 'open'", {"mustNotBe": "paid"}, "passed"),
        ("SELECT 'paid'", {"mustNotBe": "paid"}, "failed"),
        ("SELECT true", {"mustBe": "paid"}, "failed"),
        ("SELECT false", {"mustNotBe": True}, "passed"),
        ("SELECT $$;$$", {"mustBe": 1}, "failed"),
        ("SELECT E'\\''; DROP VIEW o --'", {"mustBe": 1}, "failed"),
        ("SELECT count(*) FROM read_text('/etc/passwd')", {"mustBe": 1}, "failed"),
        ("SELECT count(*) FROM glob('/etc/*')", {"mustBeGreaterThan": 0}, "failed"),
        ("SELECT getenv('HOME')", {"mustBe": 0}, "failed"),
        ("SELECT ';' = ';'", {"mustBe": 0}, "failed"),
    ],
)
def test_sql_rules_are_judged(query, demand, expected, tmp_path):
    found = outcome(tmp_path, sql(query, **demand))
    assert found == expected if isinstance(expected, tuple) else found[0] == expected, found


def test_rules_in_sql_are_told_apart(tmp_path):
    rules = [sql("SELECT count(*) FROM o", mustBe=9, name="all orders are here"),
             sql("SELECT count(*)\n  FROM o WHERE id IS NULL AND name IS NOT NULL AND name <> 'somebody'", mustBe=1)]
    file = contract(tmp_path, [prop("id", "integer"), prop("name", "string")], o={"quality": rules}, version="v3.0.2")
    data = as_file(tmp_path)
    names = ["all orders are here", "SELECT count(*) FROM o WHERE id IS NULL AND name IS NOT …"]
    result = test(file, data, env=DUCKDB, code=1)
    assert [it["name"] for it in result["checks"] if it["rule"] == "sql"] == names
    for form in ("text", "junit", "html"):
        done = run("dativo", "contract", "test", "--contract", file, data, "--format", form, env=DUCKDB)
        assert all(f"sql ({name})" in done.out for name in names), done


def test_a_query_has_a_time_limit(tmp_path):
    query = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = b.range % 5"
    status, message = outcome(tmp_path, sql(query, mustBe=1), query_seconds="1")
    assert status == "skipped" and "more than 1 seconds" in message


def test_sql_rules_without_duckdb_or_without_a_table_are_skipped(tmp_path):
    rule = sql("SELECT count(*) FROM o", mustBe=4)
    assert outcome(tmp_path, rule, env=NO_DUCKDB) == (
        "skipped", "DuckDB is neither on PATH nor named by DATIVO_DUCKDB",
    )  # fmt: skip
    status, message = outcome(tmp_path, rule, data=as_csv(tmp_path))
    assert status == "skipped" and "only Parquet data" in message


def test_sql_rules_see_exactly_the_committed_files(tmp_path):
    rule = sql("SELECT count(*) FROM {table}", mustBe=4)
    assert outcome(tmp_path, rule, data=as_table(tmp_path))[0] == "passed"


def test_relationships_and_service_levels(tmp_path):
    now = dt.datetime.now(dt.timezone.utc)
    pq.write_table(pa.table({"id": [1, 2]}), tmp_path / "people.parquet")
    pq.write_table(
        pa.table({"id": [1, 2, 3, 4], "who": [1, 2, None, 9],
                  "at": [now - dt.timedelta(days=days) for days in (1, 2, 3, 40)]}),
        tmp_path / "orders.parquet",
    )  # fmt: skip
    objects = [
        {"name": "people", "properties": [prop("id", "integer")]},
        {"name": "orders", "properties": [
            prop("id", "integer"), prop("at", "timestamp"),
            prop("who", "integer", relationships=[{"to": "people.id"}]),
        ]},
    ]  # fmt: skip
    levels = [{"property": "retention", "value": 30, "unit": "d", "element": "orders.at"},
              {"property": "freshness", "value": 36, "unit": "h", "element": "orders.at"},
              {"property": "availability", "value": "99.9"}]  # fmt: skip
    file = contract(tmp_path, [], objects=objects, slaProperties=levels)
    data = [tmp_path / "people.parquet", tmp_path / "orders.parquet"]
    result = test(file, *data, code=1, env=DUCKDB)
    assert places(result["failed_checks"]) == [("/at", "retention"), ("/who", "foreignKey")]
    assert ("/at", "freshness") in places(result["passed_checks"])
    assert [it["rule"] for it in result["skipped_checks"]] == ["availability"]
    [check] = [it for it in result["failed_checks"] if it["rule"] == "foreignKey"]
    assert check["message"] == "1, expected no row that points to none of people.id"
    result = test(file, *data, code=0)
    assert len(result["skipped_checks"]) == 4

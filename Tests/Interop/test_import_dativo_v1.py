"""Projects of the predecessor become jobs and contracts of ours; what does not come over is told."""
import json
import shutil

import duckdb
import pytest
import yaml

from conftest import ROOT, run
from test_odcs_schema import official  # noqa: F401 (a fixture)

PROJECT = ROOT / "Tests/Interop/dativo_v1"
SECRETS = ["minio-user", "minio-pass-4711", "hunter2hunter2", "never-shown-9"]


@pytest.fixture
def shop(tmp_path):
    shutil.copytree(PROJECT, tmp_path / "old")
    done = run("dativo", "import", "dativo-v1", "old", "--output", "new", "--json", cwd=tmp_path)
    assert done.code == 0, done
    answer = json.loads(done.out)
    assert answer["command"] == "import dativo-v1" and answer["ok"]
    return tmp_path, answer["result"]


def load(folder, name):
    return yaml.safe_load((folder / "new" / name).read_text())


def notes(result, status, file):
    return [(n["line"], n["message"]) for n in result["notes"] if n["status"] == status and n["file"] == file]


def test_which_files_are_made(shop):
    folder, result = shop
    made = sorted(str(path.relative_to(folder / "new")) for path in (folder / "new").rglob("*.yaml"))
    assert made == [
        "contracts/csv_orders.odcs.yaml", "contracts/hubspot_contacts.odcs.yaml",
        "contracts/pg_orders.odcs.yaml", "contracts/stripe_charges.odcs.yaml",
        "csv_orders.yaml", "hubspot_contacts.yaml", "pg_orders.yaml", "stripe_charges.yaml",
    ]
    assert {job["file"]: job["from"] for job in result["jobs"]}["new/csv_orders.yaml"] == (
        "old/jobs/acme/csv_orders.yaml"
    )
    assert sum(result["counts"].values()) == len(result["notes"])


def test_the_csv_job_runs_end_to_end(shop):
    folder, _ = shop
    job = load(folder, "csv_orders.yaml")
    assert job["retry"] == {"attempts": 3, "initial_seconds": 1, "max_seconds": 10}
    assert job["validation"] == {"mode": "strict"} and job["tenant"] == "acme"
    lint = run("dativo", "lint", "csv_orders.yaml", cwd=folder / "new")
    assert lint.code == 0, lint
    done = run("dativo", "run", "csv_orders.yaml", cwd=folder / "new")
    assert done.code == 0, done
    rows = duckdb.sql(
        f"select * from read_parquet('{folder}/new/lake/orders/*.parquet') order by order_id"
    )
    columns = dict(zip(rows.columns, map(str, rows.types)))
    assert columns["order_id"] == "BIGINT" and columns["amount"] == "DOUBLE"
    assert columns["express"] == "BOOLEAN" and columns["ordered_at"].startswith("TIMESTAMP")
    got = [(r[0], r[1], r[2], r[3], r[5]) for r in rows.fetchall()]
    assert got == [
        (1, "Ada", 12.5, True, "first"), (2, "Bob", 7.0, False, None),
        (3, "Cy", 0.99, True, "00123"), (4, "Dee", 1000000.01, False, None),
    ]


def test_a_value_that_breaks_the_asset_stops_the_job(shop):
    folder, _ = shop
    data = folder / "old/data/orders.csv"
    data.write_text(data.read_text().replace("12.50", "twelve"))
    done = run("dativo", "run", "csv_orders.yaml", cwd=folder / "new")
    assert done.code == 2 and "amount" in done.err, done


def test_contracts_are_valid(shop, official):
    folder, result = shop
    for made in result["contracts"]:
        lint = run("dativo", "contract", "lint", made["file"], cwd=folder)
        assert lint.code == 0, lint
        contract = yaml.safe_load((folder / made["file"]).read_text())
        assert [error.message for error in official["v3.1.0"].iter_errors(contract)] == []
    contract = load(folder, "contracts/csv_orders.odcs.yaml")
    assert contract["id"] == "0b1c7c9e-4a57-4a2e-9d55-6a3c0e5f7a10" and contract["version"] == "1.0"
    assert contract["description"] == {"purpose": "Orders of the shop", "usage": "Reports"}
    assert contract["team"]["members"][0] == {"username": "data@acme.example", "role": "owner"}
    assert contract["slaProperties"] == [{"property": "retention", "value": 90, "unit": "d"}]
    fields = {field["name"]: field for field in contract["schema"][0]["properties"]}
    assert fields["order_id"]["primaryKey"] and fields["order_id"]["required"]
    assert fields["customer"]["classification"] == "PII"
    assert fields["customer"]["quality"][0]["arguments"] == {"validValues": ["Ada", "Bob", "Cy", "Dee"]}
    assert fields["ordered_at"]["logicalType"] == "timestamp"
    kept = {p["property"]: p["value"] for p in contract["customProperties"]}
    assert kept["v1.finops"] == {"cost_center": "SALES-1"}
    contacts = load(folder, "contracts/hubspot_contacts.odcs.yaml")["schema"][0]["properties"]
    assert contacts[2]["logicalType"] == "number" and contacts[2]["physicalType"] == "decimal(5,2)"
    assert contacts[3]["items"] == {"logicalType": "string"}
    assert "logicalType" not in contacts[4]


def test_services_and_databases_get_the_taps_of_the_catalog(shop):
    folder, _ = shop
    stripe = load(folder, "stripe_charges.yaml")
    assert stripe["source"]["tap"] == "stripe" and stripe["source"]["select"] == ["charges.*"]
    assert stripe["source"]["config"]["client_secret"] == "${STRIPE_API_KEY}"
    assert stripe["source"]["config"]["start_date"] == "2024-01-01T00:00:00Z"
    assert stripe["validation"] == {"mode": "warn"}
    target = stripe["target"]
    assert target["config"]["destination"] == "s3://acme-lake/raw/stripe"
    assert target["config"]["s3"] == {"endpoint": "${S3_ENDPOINT}"}
    assert target["config"]["partition_by"] == ["day(created)"]
    assert target["env"] == {"AWS_ACCESS_KEY_ID": "${LAKE_KEY}", "AWS_SECRET_ACCESS_KEY": "${LAKE_SECRET}"}
    contract = load(folder, "contracts/stripe_charges.odcs.yaml")["schema"][0]["properties"]
    assert contract[1]["classification"] == "financial"

    hubspot = load(folder, "hubspot_contacts.yaml")
    assert hubspot["source"]["config"]["access_token"] == "${HUBSPOT_API_KEY}"
    assert hubspot["target"]["config"]["s3"] == {"endpoint": "http://localhost:9000", "path_style": True}
    assert hubspot["target"]["env"]["AWS_SECRET_ACCESS_KEY"] == "${ACME_S3_SECRET_ACCESS_KEY}"

    pg = load(folder, "pg_orders.yaml")
    assert pg["source"]["tap"] == "meltanolabs-postgres"
    assert pg["source"]["config"] == {
        "host": "${PGHOST}", "user": "reader", "password": "${ACME_POSTGRES_PASSWORD}",
        "database": "${PGDATABASE}", "port": 5433, "filter_schemas": ["public"],
    }
    assert pg["source"]["metadata"] == {
        "public-orders": {"replication-method": "INCREMENTAL", "replication-key": "updated_at"}
    }
    assert load(folder, "contracts/pg_orders.odcs.yaml")["schema"][0]["physicalName"] == "public-orders"


def test_what_is_told_has_its_place(shop):
    folder, result = shop
    left = notes(result, "not_carried", "old/jobs/acme/custom_reader.yaml")
    assert any(line == 9 and "custom reader" in message for line, message in left)
    sheet = notes(result, "not_carried", "old/jobs/acme/sheet.yaml")
    assert any("google_sheets" in message for _, message in sheet)
    assert any("assets/gone.yaml" in message for _, message in sheet)
    old = notes(result, "deprecated", "old/assets/stripe/v1.0/charges.yaml")
    assert any(line == 1 and "asset:" in message for line, message in old)
    assert any(line == 10 and "governance" in message for line, message in old)
    assert any("asset_definition" in m for _, m in notes(result, "deprecated", "old/jobs/acme/pg_orders.yaml"))
    orders = notes(result, "not_carried", "old/jobs/acme/csv_orders.yaml")
    assert {"infrastructure", "logging", "target.branch"} <= {m.split(":")[0] for _, m in orders}
    assert any("row_count" in m for _, m in notes(result, "not_carried", "old/assets/csv/v1.0/orders.yaml"))
    env = notes(result, "not_carried", "old/secrets/acme/postgres.env")
    assert env == [(1, "secrets (PGUSER, PGPASSWORD)")]


def test_no_value_of_a_secret_is_written_or_shown(shop):
    folder, result = shop
    text = json.dumps(result) + "".join(p.read_text() for p in (folder / "new").rglob("*.yaml"))
    told = run("dativo", "import", "dativo-v1", "old", "--output", "other", "--all", cwd=folder)
    assert told.code == 0
    for secret in SECRETS:
        assert secret not in text + told.out + told.err, secret


def test_schedules_are_listed(shop):
    _, result = shop
    first, second, third = result["schedules"]
    assert first == {
        "name": "orders_hourly", "job": "new/csv_orders.yaml", "cron": "0 * * * *",
        "interval_seconds": None, "timezone": "UTC", "enabled": True,
    }
    assert second["interval_seconds"] == 21600 and not second["enabled"]
    assert third["job"] is None


def test_jobs_lint_but_for_taps_that_are_not_installed(shop):
    folder, _ = shop
    done = run("dativo", "lint", "--json", cwd=folder / "new")
    answer = json.loads(done.out)
    assert [e["message"] for e in answer["errors"] if "not installed" not in e["message"]] == []
    assert len(answer["result"]["files"]) == 8


def test_what_is_refused(shop):
    folder, _ = shop
    again = run("dativo", "import", "dativo-v1", "old", "--output", "new", cwd=folder)
    assert again.code == 64 and "is there already" in again.err
    assert run("dativo", "import", "dativo-v1", "nothing", cwd=folder).code == 78
    (folder / "empty").mkdir()
    none = run("dativo", "import", "dativo-v1", "empty", cwd=folder)
    assert none.code == 78 and "no job and no asset" in none.err
    (folder / "old/jobs/acme/broken.yaml").write_text("a: [1\nb: 2\n")
    broken = run("dativo", "import", "dativo-v1", "old", "--output", "third", cwd=folder)
    assert broken.code == 78 and "broken.yaml:" in broken.out
    assert (folder / "third/csv_orders.yaml").exists()

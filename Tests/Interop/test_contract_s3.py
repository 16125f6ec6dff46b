"""`dativo contract test` and `infer` on tables in a bucket: as on those of a folder."""
import json

from conftest import run
from s3_pipeline import pipeline, server  # noqa: F401  (fixtures)


def test_tables_of_a_bucket(pipeline, tmp_path):  # noqa: F811
    pipeline.finish(200)
    place = f"s3://{pipeline.root}"
    access = ["--config", pipeline.config]
    contract = tmp_path / "c.yaml"
    done = run("dativo", "contract", "infer", place, *access, "--output", contract)
    assert done.code == 0, done
    text = contract.read_text()
    assert text.count("# 100 records") == 2 and "  - name: orders" in text and "  - name: items" in text
    # An object that no commit names does not count.
    with pipeline.server.files.open_input_file(f"{pipeline.root}/{pipeline.files()[0]}") as file:
        pipeline.write("orders/stray.parquet", file.read())

    def result(path, code):
        done = run("dativo", "contract", "test", "--contract", contract, path, *access, "--json")
        assert done.code == code, done
        return json.loads(done.out)["result"]

    whole = result(place, 0)
    assert whole["records"] == 200 and whole["summary"]["failed"] == 0
    assert whole["data"] == [f"{place}/items", f"{place}/orders"]
    rule = '    quality:\n      - {type: sql, query: "SELECT count(*) FROM {table}", mustBe: 100}\n'
    rule += "      - {type: library, rule: rowCount, mustBe: 99}\n"
    contract.write_text(text.replace("  - name: orders\n", f"  - name: orders\n{rule}"))
    one = result(f"{place}/orders", 1)
    told = {it["rule"]: (it["status"], it["message"]) for it in one["checks"] if it["status"] != "passed"}
    assert told == {
        "sql": ("skipped", "queries reach files of this machine, not those of a bucket"),
        "rowCount": ("failed", "100, expected 99"), "data": ("skipped", "no DATA was given for the object"),
    }  # fmt: skip
    file = f"{place}/{pipeline.files()[0]}"
    done = run("dativo", "contract", "test", "--contract", contract, file, *access, "--object", "orders", "--json")
    assert json.loads(done.out)["result"]["data"] == [file]
    done = run("dativo", "contract", "test", "--contract", contract, f"{place}/order", *access)
    assert done.code == 78 and "Did you mean orders?" in done.err
    done = run("dativo", "contract", "test", "--contract", contract, place, *access,
               env={"AWS_SECRET_ACCESS_KEY": "wrong"})  # fmt: skip
    assert done.code == 77, done

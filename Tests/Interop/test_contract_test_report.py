"""`dativo contract test`: what the report looks like in each format, and data that cannot be read."""
import html.parser
import json
import xml.etree.ElementTree as xml



from conftest import run
from contract_data import as_records, records, simple, test


def test_formats(tmp_path):
    rows = [{"id": 1, "name": "<script>alert(1)</script>&\"'\x01]]>" * 2, "price": 1, "at": "x", "ok": 1}]
    file, data = simple(tmp_path), records(tmp_path, rows)
    base = ["dativo", "contract", "test", "--contract", file, data]
    text = run(*base)
    assert text.code == 1 and "failed  o  name   maxLength" in text.out
    assert text.out.strip().splitlines()[-1].startswith("failed: ") and "1 record" in text.out
    done = run(*base, "--format", "junit", "--output", tmp_path / "report.xml")
    assert done.code == 1 and "The report is in" in done.out
    root = xml.fromstring((tmp_path / "report.xml").read_bytes())
    assert root.tag == "testsuites"
    [suite] = root
    cases = suite.findall("testcase")
    failures = [case for case in cases if case.find("failure") is not None]
    assert suite.get("name") == "o" and int(suite.get("tests")) == len(cases)
    assert int(suite.get("failures")) == int(root.get("failures")) == len(failures) == 3
    assert {case.get("name") for case in failures} == {"name: maxLength", "at: format", "ok: type"}
    assert all(case.get("classname") == "c-1.o" for case in cases)
    assert "<script>" in failures[0].find("failure").get("message")
    done = run(*base, "--format", "html")
    assert done.code == 1 and "alert(1)&lt;/script&gt;" in done.out
    tags = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(done.out)
    assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in tags}
    assert not any(name.startswith("on") or name in ("src", "href") for _, all in tags for name in all)
    assert [tag for tag, _ in tags].count("tr") == len(cases) + 1
    done = run(*base, "--format", "json", "--output", tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text())["result"]["summary"]["failed"] == 3
    assert run(*base, "--mode", "warn").code == 0


def test_what_cannot_be_read(tmp_path):
    file = simple(tmp_path)
    bad = tmp_path / "x.parquet"
    bad.write_bytes(b"PAR1nonsense")
    assert "no Parquet file" in test(file, bad, code=65)[0]["message"]
    (tmp_path / "x.json").write_text("[{}]")
    assert "JSON array" in test(file, tmp_path / "x.json", code=65)[0]["message"]
    (tmp_path / "x.csv").write_text('id,name\n1,"unclosed\n')
    test(file, tmp_path / "x.csv", code=65)
    test(file, tmp_path / "none.csv", code=74)
    (tmp_path / "empty").mkdir()
    test(file, tmp_path / "empty", code=65)
    file.write_text(file.read_text().replace('"integer"', '"whole"'))
    [error] = test(file, as_records(tmp_path), code=78)
    assert error["line"] and error["file"] == str(file)
    test(tmp_path / "none.yaml", as_records(tmp_path), code=78)

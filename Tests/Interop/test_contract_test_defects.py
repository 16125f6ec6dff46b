"""`dativo contract test`: one defect each, and the check that must fail."""
import pytest

from conftest import ROOT
from contract_data import places, records, test
from contract_defects import DEFECTS, GOOD, orders

CORPUS = ROOT.parent / "shared/corpus/odcs/cases"


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_is_named_with_its_line(name, tmp_path):
    change, expected = DEFECTS[name]
    bad = {key: value for key, value in {**GOOD, "id": 1, **change}.items() if value is not ...}
    result = test(orders(tmp_path), records(tmp_path, [GOOD, bad]), code=1 if expected else 0)
    assert places(result["failed_checks"]) == ([expected] if expected else [])
    assert result["records"] == 2 and result["violating"] == (1 if expected else 0)
    for check in result["failed_checks"]:
        assert (check["count"], check["line"], check["row"]) == (1, 2, None)
        assert check["data"].endswith("data.jsonl") and check["message"]
    assert ("/code", "pattern") in places(result["checks"]) and len(result["passed_checks"]) >= 28


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here; DEFECTS has its cases")
@pytest.mark.parametrize("case", sorted(CORPUS.glob("*")) if CORPUS.is_dir() else [], ids=lambda it: it.name)
def test_the_cases_of_the_corpus(case):
    result = test(case / "contract.odcs.yaml", case / "data.json")
    expected = DEFECTS[case.name][1]
    assert places(result["failed_checks"]) == ([expected] if expected else [])
    assert all(check["line"] == 2 for check in result["failed_checks"])

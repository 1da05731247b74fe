"""The guide to adding a source must show what works."""

import re
from pathlib import Path

from linkage.contracts import load_contract

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "add-a-source.md"


def test_the_contract_in_the_guide_loads(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    path = tmp_path / "clubs.yaml"
    path.write_text(block[1], encoding="utf-8")
    contract = load_contract(path)
    assert contract.key == ["member_id"]
    assert contract.people[0].role == "member"

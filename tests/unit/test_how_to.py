"""What the how-to pages tell people to type."""

import csv
import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOW_TO = sorted((ROOT / "docs" / "how-to").glob("*.md"))
PERMITS = "sample_data/extracts/parking_permits/2026-10-01/parking_permits.csv"


def test_every_command_is_written_with_the_folder_of_its_program() -> None:
    bare = re.compile(r"(?<![\w/.-])resident-index [a-z-]")
    assert [page.name for page in HOW_TO if bare.search(page.read_text())] == []


def test_the_form_of_the_example_is_of_somebody_in_the_sample_data() -> None:
    page = (ROOT / "docs" / "how-to" / "apply-once.md").read_text()
    (command,) = [line for line in page.splitlines() if "resident-index match" in line]
    words = shlex.split(command)
    asked = dict(zip(words[2::2], words[3::2], strict=True))
    with (ROOT / PERMITS).open() as file:
        found = [
            row
            for row in csv.DictReader(file)
            if row["surname_of_applicant"] == asked["--surname"]
            and row["forename_of_applicant"] == asked["--forename"]
            and row["date_of_birth_of_applicant"] == asked["--birth-date"]
            and row["postcode"] == asked["--postcode"]
        ]
    assert len(found) == 1

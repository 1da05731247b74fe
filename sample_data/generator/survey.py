"""A made-up maturity survey: the 22 councils of Wales and the sample council, with invented answers.

Names of councils are public facts. Every answer is drawn by chance and says nothing of any council. Only how many of
the Vale of Glamorgan were asked and answered is as in the Wales Audit Office's report of 2018.
"""

import csv
from pathlib import Path

import numpy as np

SAMPLE = "Sample council"
VALE = "Vale of Glamorgan"
COUNCILS = (
    "Blaenau Gwent", "Bridgend", "Caerphilly", "Cardiff", "Carmarthenshire", "Ceredigion", "Conwy", "Denbighshire",
    "Flintshire", "Gwynedd", "Isle of Anglesey", "Merthyr Tydfil", "Monmouthshire", "Neath Port Talbot", "Newport",
    "Pembrokeshire", "Powys", "Rhondda Cynon Taf", "Swansea", "Torfaen", VALE, "Wrexham",
)  # fmt: skip
CHARACTERISTICS = (
    "leadership", "corporate_standards", "data_protection", "data_analytics", "data_driven_decisions", "open_data",
)  # fmt: skip
REPORTED = {(VALE, "officers"): (55, 33), (VALE, "members"): (47, 7)}
"""Asked and answered, as the report has them."""
SEED = 2018
SKIPPED = 0.03
"""Share of questions that a respondent leaves out."""


def write_survey(folder: Path, seed: int = SEED) -> None:
    """Write `answers.csv` and `invited.csv`.

    Args:
        folder: Where to; made where it is missing.
        seed: The same seed writes the same files.
    """
    random = np.random.default_rng(seed)
    answers: list[tuple[str, str, int, str, int]] = []
    invited: list[tuple[str, str, int]] = []
    for council in (*COUNCILS, SAMPLE):
        leaning = {name: random.normal(1.9, 0.45) for name in CHARACTERISTICS}
        for group, share in (("officers", random.uniform(0.3, 0.8)), ("members", random.uniform(0.1, 0.55))):
            drawn = int(random.integers(25, 60)) if group == "officers" else int(random.integers(30, 75))
            asked, answered = REPORTED.get((council, group), (drawn, round(drawn * share)))
            invited.append((council, group, asked))
            answers += _of_group(random, council, group, answered, leaning)
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "answers.csv",
        ("council", "respondent_group", "respondent", "characteristic", "level"),
        answers,
    )
    _write(folder / "invited.csv", ("council", "respondent_group", "invited"), invited)


def _of_group(
    random: np.random.Generator, council: str, group: str, answered: int, leaning: dict[str, float]
) -> list[tuple[str, str, int, str, int]]:
    rows = []
    for respondent in range(1, answered + 1):
        for place, name in enumerate(CHARACTERISTICS):
            level = int(np.clip(round(random.normal(leaning[name], 0.7)), 1, 3))
            # Whoever is counted as having answered answered the first question.
            if place == 0 or random.random() > SKIPPED:
                rows.append((council, group, respondent, name, level))
    return rows


def _write(
    path: Path,
    columns: tuple[str, ...],
    rows: list[tuple[str, str, int, str, int]] | list[tuple[str, str, int]],
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    write_survey(Path("sample_data") / "survey")

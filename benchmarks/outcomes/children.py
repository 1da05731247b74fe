"""Children month after month: what of the changes that two teams have come to know is told in that very month.

`python -m benchmarks.outcomes.children --seed 4 --residents 8000 --months 6`; with `--all`, of every child.
"""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from benchmarks.outcomes.council import views
from linkage.evaluate import Town, read_town
from linkage.evaluate.children import ENOUGH, WHAT
from linkage.outcomes import View
from linkage.outcomes.children import watch_children
from linkage.outcomes.children.listed import minors
from linkage.schema import CROSSWALK, WATCHED_CHILD, Table
from linkage.texts import is_one_of
from pipeline.child_truth import truth_of_children
from sample_data.generator import generate
from service.outcomes_page import CHILDREN


def every_child(view: View) -> View:
    """The view with every resident under 18 on the list."""
    crosswalk = view.rows(CROSSWALK, "resident_id")
    records = crosswalk.loc[is_one_of(crosswalk["resident_id"], minors(view)), "record_id"]
    asked = pd.DataFrame(
        {"watch_id": "all", "record_id": records, "is_watched": True, "purpose": "safeguarding"}
    )
    asked = asked.assign(
        reason="measured", asked_by="benchmark", asked_at=pd.Timestamp("2026-01-01", tz="UTC")
    )

    def read(table: Table) -> pd.DataFrame:
        return asked[table.names].copy() if table.name == WATCHED_CHILD.name else view.read(table)

    return replace(view, read=read)


def follow(
    seen: Iterable[View], town: Town, *, everybody: bool
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """What two teams came to know, each in the month in which they did, and all that was told in the last month.

    Args:
        seen: The council month after month.
        town: The truth.
        everybody: As if every child were listed.

    Returns:
        Changes with `is_told` in that month, of all but the first month: those that two teams know of, and those of
        which two state what is so since; and the last month's rows with `is_right`.
    """
    known, told = {"known_by": [], "stated_by": []}, pd.DataFrame()
    before = dict.fromkeys(known, pd.MultiIndex.from_arrays([[]] * len(WHAT), names=WHAT))
    for number, month in enumerate(seen):
        view = every_child(month) if everybody else month
        truth = truth_of_children(watch_children(view), view, town)
        told = truth.told
        for name, parts in known.items():
            now = truth.happened[truth.happened[name] >= ENOUGH]
            keys = pd.MultiIndex.from_frame(now[WHAT].astype(object))
            if number:
                parts.append(now[~keys.isin(before[name])])
            before[name] = before[name].append(keys)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in known.items()}, told


def main(
    seed: Annotated[list[int], typer.Option(help="Councils.")],
    residents: Annotated[int, typer.Option(help="Residents of each.")] = 8000,
    months: Annotated[int, typer.Option(help="Months.")] = 6,
    profile: Annotated[str, typer.Option(help="camden or vale.")] = "camden",
    everybody: Annotated[bool, typer.Option("--all", help="As if every child were listed.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Record the results; `make reference` then writes the page.")
    ] = False,
) -> None:
    """Measure each council, and print or record what was found."""
    measured = []
    for number in seed:
        with tempfile.TemporaryDirectory(prefix="ri-children-") as folder:
            out = Path(folder)
            generate(residents=residents, months=months, seed=number, profile=profile, out=out)  # type: ignore[arg-type]
            nation = "wales" if profile == "vale" else "england"
            known, told = follow(
                views(out / "extracts", nation), read_town(out / "truth"), everybody=everybody
            )
        show(number, known, told)
        about = {"seed": number, "profile": profile, "residents": residents, "months": months}
        right = told["is_right"].astype(bool)
        measured.append(
            about
            | {
                "known": counted(known["known_by"]["is_told"]),
                "stated": counted(known["stated_by"]["is_told"]),
            }
            | {"right": counted(right)}
        )
    if keep:
        CHILDREN.write_text(json.dumps(measured, indent=1), encoding="utf-8")


def counted(flags: pd.Series) -> dict[str, int]:
    """How many of how many."""
    return {"numerator": int(flags.sum()), "denominator": len(flags)}


def show(seed: int, both: dict[str, pd.DataFrame], told: pd.DataFrame) -> None:
    """Print figures by kind."""
    judged, known, stated = told.astype({"is_right": bool}), both["known_by"], both["stated_by"]
    print(f"seed {seed}: told in the first month {known['is_told'].sum()} of {len(known)}, ", end="")
    print(f"of those merely stated by two {stated['is_told'].sum()} of {len(stated)}, ", end="")
    print(f"right {int(judged['is_right'].sum())} of {len(judged)}")
    missed = known[~known["is_told"]]
    print(
        f"missed: {missed['is_mixed'].sum()} of people whose records are joined or parted wrongly, ", end=""
    )
    print(f"{(~missed['is_mixed']).sum()} of others")
    print(known.groupby("kind")["is_told"].agg(["size", "sum"]).to_string())
    print(judged.groupby("finding")["is_right"].agg(["size", "sum"]).to_string(), flush=True)


if __name__ == "__main__":
    typer.run(main)

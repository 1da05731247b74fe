"""The command line: `python -m benchmarks.linkage [--cases accuracy,speed] [--small]`."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.linkage.bars import bars_of
from benchmarks.linkage.cases import CASES, GROUPS, PEERS_AT_LARGEST, SMALL, Bench, Measure, Sizes
from benchmarks.linkage.page import PAGE, page_of
from benchmarks.linkage.results import (
    RESULTS,
    engine_digest,
    environment_here,
    now,
    read_results,
    with_case,
    write_results,
)
from benchmarks.linkage.running import PEERS_PYTHON
from benchmarks.linkage.showing import rich_table, shown, shown_bars
from benchmarks.linkage.workloads import ROOT
from service.listing import console

TRIED = ROOT / "build" / "linkage-benchmark"


def chosen(asked: str, *, peers_at_largest: bool) -> dict[str, Measure]:
    """The cases of the names asked for: groups, whole names, or beginnings of names as far as a /.

    Raises:
        typer.BadParameter: There is no such case.
    """
    every = {**CASES, **(PEERS_AT_LARGEST if peers_at_largest else {})}
    names = [name.strip() for name in asked.split(",") if name.strip()]
    for name in names:
        if not any(f"{case}/".startswith(f"{name}/") for case in every):
            raise typer.BadParameter(
                f"There is no case {name}. Expected some of {', '.join((*GROUPS, *every))}."
            )
    return {
        case: measure
        for case, measure in every.items()
        if not names or any(f"{case}/".startswith(f"{name}/") for name in names)
    }


def measure_all(cases: dict[str, Measure], bench: Bench, results_path: Path, page_path: Path) -> None:
    """Measure cases one after the other; each is in the results and on the page as soon as it is there."""
    environment, out = environment_here(), console()
    for name, measure in cases.items():
        out.rule(name)
        engine = engine_digest()
        case: dict[str, Any] = measure(bench)
        if engine_digest() != engine:
            engine = f"{engine}, changed while it was measured"
        case |= {"measured_at": now(), "engine": engine}
        results = with_case(read_results(results_path), name, case, environment)
        results["bars"] = bars_of(results["cases"])
        write_results(results_path, results)
        page_path.write_text(page_of(results), encoding="utf-8")
        out.print(rich_table(shown(name, case)))
    out.print(rich_table(shown_bars(read_results(results_path)["bars"])))


def main(
    cases: Annotated[
        str, typer.Option(help="Cases by name or group, parted by commas; all when not given.")
    ] = "",
    small: Annotated[
        bool, typer.Option(help="Try the bench on few records; leaves the results alone.")
    ] = False,
    peers: Annotated[bool, typer.Option(help="Run the peers too; without them bars stay unmeasured.")] = True,
    peers_at_5m: Annotated[
        bool, typer.Option("--peers-at-5m", help="Splink at the largest size too: hours, and over 20 GB.")
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where records and runs are kept meanwhile; a temporary folder if not given."),
    ] = None,
) -> None:
    """Measure the engine beside its peers."""
    if peers and not PEERS_PYTHON.exists():
        raise typer.BadParameter("The peers' environment is not there. Run `make bench`, or give --no-peers.")
    asked = chosen(cases, peers_at_largest=peers_at_5m)
    results_path, page_path = (TRIED / RESULTS.name, TRIED / PAGE.name) if small else (RESULTS, PAGE)
    results_path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ri-linkage-", dir=folder) as place:
        bench = Bench(Path(place), SMALL if small else Sizes(), with_peers=peers, say=console().print)
        measure_all(asked, bench, results_path, page_path)


if __name__ == "__main__":
    typer.run(main)

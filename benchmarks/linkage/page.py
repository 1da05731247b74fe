"""The page of the benchmark, written from the results."""

from dataclasses import asdict
from typing import Any

from benchmarks.linkage.cases import Sizes
from benchmarks.linkage.results import Results
from benchmarks.linkage.showing import Shown, markdown, shown, shown_bars
from benchmarks.linkage.workloads import ROOT

PAGE = ROOT / "docs" / "reference" / "linkage-benchmark.md"

INTRODUCTION = """<!-- Written by `make bench` from `benchmarks/results/linkage.json`; do not edit. -->

# Benchmark of linkage

The engine beside other libraries, on the same machine, records, cleaning and blocking rules. `make bench` makes the
peers' environment and measures everything. `python -m benchmarks.linkage --cases accuracy,speed` measures some of it
and leaves the rest of the results as they are.

## How it is measured

* **Records.** Simulated people of `benchmarks/people`, who live in households: `easy`, `hard` (more errors, fewer
  values) and `alone` (nobody shares anything). `council`: one snapshot of the eleven sources of a council, by the
  generator of `sample_data`, ingested, validated and standardised as a run does it. The seed is not one that anything
  was worked out on. Febrl's data sets 3 and 4, the whole of them.
* **Sizes.** {usual:,} records (usual), {medium:,} (medium), {large:,} (large) and {largest:,} (largest).
* **Ours.** Told only the kind of each column and the blocking rules of `benchmarks/peers/rules.py`; it chooses the
  comparisons, trains without labels and has no threshold to choose. By default it adds blocking rules of its own:
  *given rules only* is without them. The council's records are linked by the specification that a run uses. Two
  threads, as the peers' database has.
* **Peers.** Splink as its documentation has it (*plain*) and with what a household shares put in one comparison by
  hand (*expert*); the Python Record Linkage Toolkit; GoldenMatch. F1, precision, recall and B-cubed F1 are of the
  clusters that each gives by itself: the peers' at a probability of .95, GoldenMatch plain where it cuts by itself.
  *Best threshold* is where the truth likes the pairwise F1 best, which no user can know. What was asked of ours is
  asked against that, with ours as it comes.
* **What limits the peers.** The toolkit compares pair by pair in Python objects, and GoldenMatch drops its scored
  pairs when memory runs short. So on people they run at the smaller size, and ours on those same records beside them.
  Febrl is small enough for all.
* **Seconds.** From the records in memory to the clusters, each run in a process of its own. Ours first links a slice
  of 2,000 records outside the clock, so that compiled kernels are loaded; on a new machine compiling them takes about
  a minute, once. Where speeds are compared the contenders take turns within one case, and the median of each counts:
  ours by the eight rules that the peers have too, and as it comes, with four more of its own.
* **Memory.** The largest resident size of the process, records and libraries included.
* **Calibration** is over all candidate pairs, in twenty bins of equal width. Most pairs are sure either way, so the
  error among those between .01 and .99 is told too.
"""
GROUPS = {
    "accuracy": "Accuracy",
    "all_peers": "Accuracy of every peer, on records that each does in minutes",
    "speed": "Speed and memory",
    "scaling": "Speed and memory from the large to the largest size",
    "peers_at_largest": "Splink at the largest size",
    "calibration": "Calibration",
    "determinism": "Determinism",
}


def page_of(results: Results) -> str:
    """The page as Markdown; without results it says so."""
    introduction = INTRODUCTION.format(**asdict(Sizes()))
    if not results["cases"]:
        return introduction + "\nNothing has been measured yet.\n"
    parts = [introduction, _section(shown_bars(results["bars"]), 2)]
    for group, heading in GROUPS.items():
        cases = {name: case for name, case in results["cases"].items() if name.partition("/")[0] == group}
        if cases:
            parts.append(f"## {heading}\n")
            parts += [_section(shown(name.partition("/")[2], case), 3) for name, case in cases.items()]
    return "\n".join([*parts, _environments(results)])


def _section(one: Shown, depth: int) -> str:
    title = one.title.replace("/", ", ")
    return f"{'#' * depth} {title[:1].upper()}{title[1:]}\n\n{markdown(one)}"


def _environments(results: Results) -> str:
    """Which state of the engine was measured where."""
    lines = ["## Machine and versions\n"]
    cases = results["cases"].items()
    for number, engine in sorted({(case["environment"], case["engine"]) for _, case in cases}):
        environment = results["environments"][number]
        here = {n: c for n, c in cases if (c["environment"], c["engine"]) == (number, engine)}
        versions = ", ".join(f"{name} {told}" for name, told in environment["versions"].items())
        lines.append(
            f"* {environment['cpu']}, {environment['cores']} cores, {environment['memory_gb']} GB, "
            f"{environment['system']}, Python {environment['python']}; {versions}. {_when(list(here.values()))} "
            f"Engine source `{engine}`. Cases: {', '.join(here)}."
        )
    return "\n".join(lines) + "\n"


def _when(cases: list[dict[str, Any]]) -> str:
    days = sorted({case["measured_at"][:10] for case in cases})
    return f"Measured {days[0]}." if len(days) == 1 else f"Measured {days[0]} to {days[-1]}."

"""The bench of linkage: what it runs, how it judges, what it keeps, and what it says of what was asked."""

import json
import resource
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer

from benchmarks.linkage import running
from benchmarks.linkage.__main__ import chosen, measure_all
from benchmarks.linkage.bars import bars_of
from benchmarks.linkage.cases import CASES, GROUPS, Bench, Sizes
from benchmarks.linkage.judging import calibrated, difference, judged
from benchmarks.linkage.page import PAGE, page_of
from benchmarks.linkage.results import RESULTS, read_results, with_case, write_results
from benchmarks.linkage.running import Contender, OursFailedError, run
from benchmarks.linkage.workloads import Workload
from benchmarks.ours import spec_of
from benchmarks.peers.rules import BLOCKING
from linkage.engine.defaults import with_defaults

TINY = Sizes(usual=300, all_peers=300, medium=300, large=300, largest=400)
HERE = {"cpu": "one", "cores": 2, "memory_gb": 8, "system": "Linux", "python": "3.11", "versions": {"a": "1"}}
TOLD = {"measured_at": "2026-01-02T00:00:00+00:00", "engine": "abc"}


def a_run(name: str, f1: float, *, records: int = 100, seconds: float = 1.0, peak: float = 1e9) -> dict:
    measures = dict.fromkeys(
        ("f1", "precision", "recall", "bcubed_precision", "bcubed_recall", "bcubed_f1"), f1
    )
    accuracy = (
        {"usual": measures} if name == "ours" else {"usual": measures, "best": {"threshold": 0.5, **measures}}
    )
    return {
        "name": name,
        "records": records,
        "seconds": {"total": seconds},
        "peak_rss_bytes": peak,
        "counts": {"records": records},
        "accuracy": accuracy,
    }


def a_result(folder: Path, clusters: dict[str, str], pairs: list[tuple[str, str, float]]) -> Path:
    folder.mkdir()
    ids = {"record_id": list(clusters), "cluster_id": list(clusters.values())}
    pq.write_table(pa.table(ids), folder / "clusters.parquet")
    left, right, score = (list(column) for column in zip(*pairs, strict=True))
    columns = {"record_id_l": left, "record_id_r": right, "score": score, "match_weight": score}
    pq.write_table(pa.table(columns), folder / "pairs.parquet")
    return folder


@pytest.fixture
def workload_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "workload"
    folder.mkdir()
    pq.write_table(pa.table({"record_id": ["a", "b", "c", "d"]}), folder / "records.parquet")
    np.save(folder / "person.npy", np.array([1, 1, 2, 2]))
    return folder


def bar(bars: list[dict], what: str) -> dict:
    return next(one for one in bars if one["what"].startswith(what))


def script(folder: Path, name: str, code: str) -> Contender:
    """A contender whose module is a script that is run with the same arguments."""
    (folder / f"{name}.py").write_text(f"import sys\n{code}\n")
    return Contender(name, folder / "python", (name,))


def with_python(folder: Path) -> Path:
    """A Python that finds modules in this folder first."""
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return folder


@pytest.mark.parametrize("data", ["people", "febrl"])
def test_ours_is_given_the_peers_rules_and_nothing_but_kinds_of_columns(data):
    given, own = spec_of(data, own_rules=False), spec_of(data, own_rules=True)
    assert [len(rule.keys) for rule in given.blocking_rules] == [len(rule) for rule in BLOCKING[data]]
    assert given.attributes == own.attributes == ()
    assert len(with_defaults(given).blocking_rules) == len(BLOCKING[data])
    assert len(with_defaults(own).blocking_rules) > len(BLOCKING[data])


def test_febrls_address_is_compared_with_its_street_number_and_blocked_without():
    spec = with_defaults(spec_of("febrl", own_rules=False))
    place = next(attribute for attribute in spec.attributes if attribute.role == "place")
    assert "same(line)" in {test for level in place.levels for test in level.when}
    assert ("postcode", "address_1") in {rule.keys for rule in spec.blocking_rules}


def test_a_run_is_judged_by_its_clusters_and_at_its_best_threshold(tmp_path, workload_folder):
    pairs = [("a", "b", 0.9), ("c", "d", 0.8), ("b", "c", 0.2)]
    out = a_result(tmp_path / "out", {"d": "x", "c": "x", "a": "y", "b": "x"}, pairs)
    found = judged(out, workload_folder, look_for_best=True)
    assert found["usual"]["precision"] == pytest.approx(1 / 3)
    assert found["usual"]["recall"] == 0.5
    assert found["best"]["threshold"] == 0.8
    assert found["best"]["f1"] == 1
    assert "best" not in judged(out, workload_folder, look_for_best=False)


def test_what_a_peer_finds_by_itself_is_its_best_where_no_threshold_is_better(tmp_path, workload_folder):
    out = a_result(
        tmp_path / "out", {"a": "x", "b": "x", "c": "y", "d": "y"}, [("a", "c", 0.9), ("a", "b", 0.2)]
    )
    assert judged(out, workload_folder, look_for_best=True)["best"] == {
        "threshold": None,
        **judged(out, workload_folder, look_for_best=False)["usual"],
    }


def test_a_result_that_lacks_a_record_or_knows_another_is_refused(tmp_path, workload_folder):
    lacking = a_result(tmp_path / "lacking", {"a": "x", "b": "x", "c": "y"}, [("a", "b", 0.9)])
    with pytest.raises(ValueError, match="every record in one cluster"):
        judged(lacking, workload_folder, look_for_best=False)
    strange = a_result(tmp_path / "strange", {"a": "x", "b": "x", "c": "y", "e": "y"}, [("a", "b", 0.9)])
    with pytest.raises(ValueError, match="1 record ids of a result"):
        judged(strange, workload_folder, look_for_best=False)


def test_calibration_tells_the_open_pairs_apart(tmp_path, workload_folder):
    everybody = {name: name for name in "abcd"}
    out = a_result(tmp_path / "out", everybody, [("a", "b", 1.0), ("a", "c", 0.0), ("b", "d", 0.5)])
    found = calibrated(out, workload_folder)
    assert (found["pairs"], found["open_pairs"]) == (3, 1)
    assert found["ece"] == pytest.approx(0.5 / 3)
    assert found["open_ece"] == pytest.approx(0.5)


def test_two_results_are_the_same_whatever_clusters_are_called_and_whichever_side_a_record_is_on(
    tmp_path, workload_folder
):
    one = a_result(
        tmp_path / "one", {"a": "x", "b": "x", "c": "y", "d": "z"}, [("a", "b", 3.0), ("c", "d", -1.0)]
    )
    same = a_result(
        tmp_path / "same", {"d": "p", "c": "q", "b": "r", "a": "r"}, [("d", "c", -1.0), ("b", "a", 3.0)]
    )
    assert difference(one, same, workload_folder) == {
        "same_clusters": True,
        "same_pairs": True,
        "largest_weight_difference": 0.0,
    }
    other = a_result(
        tmp_path / "other", {"a": "x", "b": "y", "c": "y", "d": "z"}, [("a", "b", 3.5), ("c", "d", -1.0)]
    )
    found = difference(one, other, workload_folder)
    assert not found["same_clusters"]
    assert found["largest_weight_difference"] == 0.5
    fewer = a_result(tmp_path / "fewer", {name: name for name in "abcd"}, [("a", "b", 3.0)])
    assert difference(one, fewer, workload_folder)["largest_weight_difference"] is None


def test_the_peak_memory_of_a_run_is_not_that_of_who_started_it(tmp_path):
    taken = np.ones(40_000_000)
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    code = """
import json, pathlib, resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
pathlib.Path(sys.argv[2], "result.json").write_text(json.dumps({"peak": peak}))
"""
    told = run(script(with_python(tmp_path), "peer", code), tmp_path, "people", tmp_path / "out")
    assert told["name"] == "peer"
    assert told["peak"] < here - taken.nbytes / 1024 / 2


def test_a_peer_that_fails_is_told_and_ours_that_fails_is_an_error(tmp_path, capfd):
    with_python(tmp_path)
    failing = script(tmp_path, "failing", "sys.exit('no such column')")
    assert run(failing, tmp_path, "people", tmp_path / "out") == {
        "name": "failing",
        "failed": "ended with exit code 1",
    }
    assert "no such column" in capfd.readouterr().err
    killed = script(tmp_path, "killed", "import os; os.kill(os.getpid(), 9)")
    assert "memory" in run(killed, tmp_path, "people", tmp_path / "out")["failed"]
    ours = Contender("ours", failing.python, failing.arguments, is_ours=True)
    with pytest.raises(OursFailedError, match="no such column"):
        run(ours, tmp_path, "people", tmp_path / "out")


def test_a_peer_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "PATIENCE", 0.2)
    slow = script(with_python(tmp_path), "slow", "import time; time.sleep(600)")
    assert run(slow, tmp_path, "people", tmp_path / "out")["failed"].startswith("stopped after")


def test_contenders_take_turns_and_one_that_failed_is_not_asked_again(tmp_path, monkeypatch):
    asked = []

    def told(contender, folder, data, out):
        asked.append(contender.name)
        out.mkdir()
        return a_run(contender.name, 1.0) if contender.is_ours else {"name": contender.name, "failed": "why"}

    monkeypatch.setattr("benchmarks.linkage.cases.run", told)
    monkeypatch.setattr("benchmarks.linkage.cases.judged", lambda *_, **__: {})
    monkeypatch.setattr(Workload, "made_in", lambda self, place: place)
    case = CASES["speed/easy/large"](Bench(tmp_path, TINY, say=lambda _: None))
    assert [one["name"] for one in case["runs"]] == asked
    both = ["ours", "ours, given rules only"]
    assert asked == [*both, "Splink expert", *both, "Splink plain", *both]
    asked.clear()
    steps = [(running.SPLINK_PLAIN, Workload("easy", 10))] * 2
    assert len(Bench(tmp_path, TINY, say=lambda _: None).alternate(steps)) == 1
    assert asked == ["Splink plain"]


def test_bars_of_figures_that_meet_and_that_miss():
    large = {"runs": [a_run("ours", 0.99, seconds=s) for s in (1.0, 2.0, 9.0)]}
    large["runs"] += [
        a_run("Splink plain", 0.95, seconds=20),
        a_run("Splink expert", 0.98, seconds=15, peak=3e9),
    ]
    grown = {
        "runs": [a_run("ours", 0.99, records=10), a_run("ours", 0.97, records=50, seconds=7.5, peak=4.1e9)]
    }
    bars = bars_of({"speed/easy/large": large, "scaling/easy": grown})
    faster = bar(bars, "times as fast as the quicker Splink, large, with 4 rules of its own besides")
    assert (faster["value"], faster["is_met"], faster["note"]) == (7.5, True, "target missed")
    # The leaner of the two takes as much as ours.
    assert (bar(bars, "peak memory as a share")["value"], bar(bars, "peak memory as a share")["is_met"]) == (
        1,
        False,
    )
    assert bar(bars, "seconds per million")["value"] == pytest.approx(1.5)
    assert bar(bars, "seconds per million")["is_met"] is False
    assert bar(bars, "peak memory in GB")["is_met"] is False
    assert bar(bars, "change of pairwise F1")["is_met"] is False
    errors = bar(bars, "errors, 1 - pairwise F1, as a share of Splink plain, speed/easy/large")
    assert (errors["value"], errors["is_met"]) == (pytest.approx(0.2), True)
    expert = bar(bars, "errors, 1 - B-cubed F1, as a share of Splink expert, speed/easy/large")
    assert (expert["value"], expert["is_met"]) == (pytest.approx(0.5), True)


def test_ours_must_be_above_the_best_peer_and_a_peer_that_failed_is_named():
    runs = [
        a_run("ours", 0.98),
        a_run("ours, given rules only", 0.97),
        a_run("Splink plain", 0.90),
        a_run("recordlinkage", 0.98),
    ]
    failed = {"name": "GoldenMatch plain", "failed": "why", "records": 100}
    margin = bar(
        bars_of({"accuracy/febrl3": {"runs": [*runs, failed]}}),
        "pairwise F1 above the best peer's, accuracy/febrl3",
    )
    assert (margin["value"], margin["is_met"]) == (0, False)
    assert "recordlinkage" in margin["note"]
    assert "given rules only 0.9700" in margin["note"]
    assert "no figure of GoldenMatch plain" in margin["note"]
    assert bar(bars_of({}), "pairwise F1 above")["is_met"] is None


def test_the_same_clusters_are_asked_of_every_other_run():
    check = {
        "what": "rows shuffled",
        "same_clusters": True,
        "same_pairs": True,
        "largest_weight_difference": 1e-10,
    }
    cases = {"determinism/easy": {"records": 10, "checks": [check]}}
    assert bar(bars_of(cases), "largest change of a weight")["is_met"]
    for spoilt in ({"same_clusters": False}, {"largest_weight_difference": 1e-8}):
        cases = {"determinism/easy": {"records": 10, "checks": [check | spoilt]}}
        assert bar(bars_of(cases), "largest change of a weight")["is_met"] is False
    absent = check | {"same_pairs": False, "largest_weight_difference": None}
    cases = {"determinism/easy": {"records": 10, "checks": [absent]}}
    assert bar(bars_of(cases), "largest change of a weight")["is_met"] is False


def test_a_case_takes_the_place_of_its_earlier_self_and_leaves_the_others(tmp_path):
    results = read_results(tmp_path / "none.json")
    results = with_case(results, "one", {"figure": 1}, HERE)
    results = with_case(results, "two", {"figure": 2}, HERE | {"cpu": "other"})
    assert [case["environment"] for case in results["cases"].values()] == [0, 1]
    results = with_case(results, "one", {"figure": 3}, HERE | {"cpu": "other"})
    assert results["cases"] == {
        "one": {"figure": 3, "environment": 0},
        "two": {"figure": 2, "environment": 0},
    }
    assert [environment["cpu"] for environment in results["environments"]] == ["other"]
    write_results(tmp_path / "new" / "kept.json", results)
    assert read_results(tmp_path / "new" / "kept.json") == results


def test_cases_are_chosen_by_group_or_name_and_the_largest_peers_only_when_asked_for():
    assert list(chosen("", peers_at_largest=False)) == list(CASES)
    assert list(chosen("speed/easy, determinism", peers_at_largest=False)) == [
        "determinism/easy",
        "speed/easy/medium",
        "speed/easy/large",
    ]
    assert {name.partition("/")[0] for name in chosen("", peers_at_largest=True)} == {
        *GROUPS,
        "peers_at_largest",
    }
    for wrong in ("spee", "peers_at_largest"):
        with pytest.raises(typer.BadParameter, match="no case"):
            chosen(wrong, peers_at_largest=False)


def test_cases_are_measured_kept_and_told_on_the_page(tmp_path):
    results_path, page_path = tmp_path / "linkage.json", tmp_path / "page.md"
    bench = Bench(tmp_path / "place", TINY, with_peers=False, say=lambda _: None)
    wanted = chosen("accuracy/easy,calibration/easy/usual,determinism", peers_at_largest=False)
    measure_all(wanted, bench, results_path, page_path)
    results = json.loads(results_path.read_text())
    assert sorted(results["cases"]) == ["accuracy/easy", "calibration/easy/usual", "determinism/easy"]
    runs = results["cases"]["accuracy/easy"]["runs"]
    assert [one["name"] for one in runs] == ["ours", "ours, given rules only"]
    assert runs[0]["accuracy"]["usual"]["f1"] > 0.9
    assert runs[0]["counts"]["records"] == TINY.usual
    assert runs[0]["warm_up_seconds"] > 0
    checks = results["cases"]["determinism/easy"]["checks"]
    assert [check["same_clusters"] for check in checks] == [True] * 3
    assert all(check["largest_weight_difference"] <= 1e-9 for check in checks)
    page = page_path.read_text()
    assert page == page_of(results)
    assert f"{runs[0]['accuracy']['usual']['f1']:.4f}" in page
    assert results["environments"][0]["cpu"] in page
    assert not list((tmp_path / "place").glob("run-*"))


def test_a_case_of_an_engine_that_was_changed_meanwhile_says_so(tmp_path, monkeypatch):
    digests = iter(["before", "after"])
    monkeypatch.setattr("benchmarks.linkage.__main__.engine_digest", lambda: next(digests))
    bench = Bench(tmp_path, TINY, say=lambda _: None)
    cases = {"accuracy/easy": lambda _: {"runs": [a_run("ours", 0.9)]}}
    measure_all(cases, bench, tmp_path / "linkage.json", tmp_path / "page.md")
    assert "Engine source `before, changed while it was measured`." in (tmp_path / "page.md").read_text()


def test_the_page_that_is_kept_tells_the_results_that_are_kept():
    assert PAGE.read_text(encoding="utf-8") == page_of(read_results(RESULTS)), (
        "run `python -m benchmarks.linkage`"
    )


def test_the_page_parts_what_different_engines_gave():
    results = read_results(Path("none"))
    for name, engine in (("accuracy/easy", "first"), ("accuracy/hard", "second")):
        results = with_case(results, name, {"runs": [a_run("ours", 0.9)], **TOLD, "engine": engine}, HERE)
    page = page_of(results | {"bars": bars_of(results["cases"])})
    assert "Engine source `first`. Cases: accuracy/easy.\n" in page
    assert "Engine source `second`. Cases: accuracy/hard.\n" in page

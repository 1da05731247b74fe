"""Training: records to a model, checked and kept; put in use when the gate lets it pass.

    extracts -> records -> model -> findings -> kept -> gate -> in use

A run links with the model in use and trains none. The DAG `train_model` runs the same functions in the same order.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from linkage.engine.calibration import FACT, calibrate
from linkage.engine.checks import check_model
from linkage.engine.finding import Finding, rejections
from linkage.engine.linking import Weigher, train_model
from linkage.engine.model import Model
from linkage.engine.prepared import Prepared, find_pairs
from linkage.engine.residents import prepare_records
from linkage.engine.stages import Stages
from linkage.settings import Settings
from linkage.store import migrate, models, runs
from linkage.store.database import connect
from pipeline.flow import make_records
from pipeline.memory import all_records
from pipeline.run import Run, plan_run

LOG = logging.getLogger(__name__)
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that was trained and checked.

    Attributes:
        model: The model, its calibration among its facts.
        findings: What each check found.
    """

    model: Model
    findings: list[Finding]

    @property
    def counts(self) -> dict[str, int]:
        """Figures of the training: records, classes and checks by outcome."""
        failed = sum(not finding.passed for finding in self.findings)
        refused = len(rejections(self.findings))
        return {
            "records": self.model.trained_on,
            "checks": len(self.findings),
            "warned": failed - refused,
            "refused": refused,
        }


Told = Callable[[Trained], None]


def train_prepared(prepared: Prepared, previous: Model | None, stages: Stages | None = None) -> Trained:
    """Train a model on prepared records and check it.

    Args:
        prepared: Records.
        previous: Model in use, to tell how far the new one is from it.
        stages: Told of progress.

    Raises:
        ModelError: Nothing can be learnt from these records.
    """
    stages = stages or Stages()
    with stages.stage("find pairs") as progress:
        _, candidates = find_pairs(prepared, progress)
    with stages.stage("train") as progress:
        model = train_model(prepared, candidates, progress)
    with stages.stage("weigh") as progress:
        match_weight, _ = Weigher.of(prepared, model).weigh_candidates(candidates, progress)
    model = model.with_facts(**{FACT: calibrate(prepared, candidates, model, match_weight)})
    return Trained(model, check_model(model, previous))


def train_on(run: Run) -> Trained:
    """Train a model on the records of a run, check it against the one in use and keep it, not yet in use.

    Args:
        run: A run whose records are made.

    Returns:
        The model and its findings; a model that the checks refuse is kept as `refused`.

    Raises:
        StoreError: The records are not there, or the database refuses.
        ModelError: Nothing can be learnt from these records.
    """
    with connect(run.settings) as database:
        migrate(database)
        previous = models.read_model_in_use(database)
        stages = Stages(report=LOG.info)
        with stages.stage("encode") as progress:
            prepared = prepare_records(all_records(run), progress=progress)
        trained = train_prepared(prepared, previous, stages)
        models.store_model(database, trained.model, trained.findings, trained_on_run=run.run_id)
        runs.end_training(database, run.run_id)
    return trained


def put_in_use(settings: Settings, version: str) -> None:
    """Put a kept model in use, if the gate lets it pass.

    Args:
        settings: Where things are.
        version: Version of the model.

    Raises:
        GateClosedError: A check refused it; names the checks. The model in use stays.
        StoreError: There is no such model, or the database refuses.
    """
    with connect(settings) as database:
        migrate(database)
        models.put_in_use(database, version)


def train_for(
    settings: Settings,
    snapshot_date: date | None = None,
    *,
    progress: Progress = lambda _: None,
    told: Told = lambda _: None,
) -> Trained:
    """Extracts of one snapshot -> a checked model in use.

    Args:
        settings: Where things are.
        snapshot_date: Snapshot whose records to train on; the latest when not given.
        progress: Told the name of each step as it begins.
        told: Given the model and its findings before the gate.

    Returns:
        The model, now in use, and its findings.

    Raises:
        GateClosedError: A source must be rejected, or a check refused the model; the model in use stays.
    """
    progress("plan")
    run = plan_run(settings, snapshot_date)
    make_records(run, progress=progress)
    progress("train")
    return train_run(run, told=told)


def train_run(run: Run, *, told: Told = lambda _: None) -> Trained:
    """Records of a run -> a checked model in use.

    Args:
        run: A run whose records are made.
        told: Given the model and its findings before the gate.

    Raises:
        GateClosedError: A check refused the model; the model in use stays.
        StoreError: The records are not there, or the database refuses.
    """
    trained = train_on(run)
    told(trained)
    put_in_use(run.settings, trained.model.version)
    return trained

"""Maturity in all seven characteristics, made of a run's scores, of those before it, and of the survey."""

import json
from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.products import read_declared
from linkage.products.survey import characteristic_levels, maturity_document, maturity_page
from linkage.schema import MATURITY_SCORE
from linkage.settings import Settings
from linkage.store import runs
from linkage.store.artefacts import StepFolder, StepManifest
from linkage.store.copy import query_table
from linkage.store.database import connect
from linkage.store.survey import maturity_history, read_survey_tables, record_levels
from linkage.store.transaction import reading
from pipeline.run import Run

STEP = "products/maturity"
PAGE = "maturity.html"
DOCUMENT = "maturity.json"


def measure_maturity(run: Run) -> StepManifest:
    """Levels of every council, the page and the document of a run that is measured: made anew each time.

    The survey is no input of the index, and so of no run's id.

    Args:
        run: A run whose products are measured.
    """

    def work(step: StepFolder) -> dict[str, Any]:
        with connect(run.settings) as database:
            levels, document = _levels_and_document(database, run.run_id)
            record_levels(database, run.run_id, levels)
        step.write_text(DOCUMENT, as_json(document))
        step.write_text(PAGE, maturity_page(document))
        own = levels[levels["council"].eq(document["council"])]
        counts = dict(zip(own["characteristic"], own["level"].fillna(0).astype(int).tolist(), strict=True))
        return {"councils": len(document["councils"]), "levels": counts}

    return run.folder.run_step(STEP, work, again=True)


def maturity_of_live(settings: Settings) -> dict[str, Any]:
    """The document of the live index with the survey as it stands now.

    Raises:
        StoreError: Nothing was ever published.
    """
    with connect(settings) as database:
        live = runs.live_run(database)
        if live is None:
            raise StoreError("No run has been published yet; `resident-index run` makes one.")
        levels, document = _levels_and_document(database, live)
        record_levels(database, live, levels)
    return document


def as_json(document: dict[str, Any]) -> str:
    """The document as text."""
    return json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n"


def _levels_and_document(database: sa.Engine, run_id: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    council = read_declared().council
    with reading(database) as connection:
        scores = query_table(connection, MATURITY_SCORE, "published")
        scores = scores[scores["run_id"].eq(run_id)].reset_index(drop=True)
        history = maturity_history(connection)
        answers, returns = read_survey_tables(connection)
    levels = characteristic_levels(answers, returns, scores, run_id=run_id, own_council=council)
    document = maturity_document(
        council=council,
        run_id=run_id,
        levels=levels,
        scores=scores,
        history=history,
        answers=answers,
        returns=returns,
    )
    return levels, document

"""Airflow's REST API against a server that answers as Airflow does."""

import json

import httpx
import pytest

from rehearsal.airflow_api import AirflowApi
from rehearsal.errors import RehearsalError


def answer(request: httpx.Request) -> httpx.Response:
    body = json.loads(request.content) if request.content else {}
    known = {
        ("POST", "/auth/token"): {"access_token": "t"},
        ("GET", "/api/v2/dags"): {"dags": [{"dag_id": "resident_index_other"}]},
        ("POST", "/api/v2/dags/d/dagRuns"): {"dag_run_id": f"run {sorted(body)}"},
        ("GET", "/api/v2/dags/d/dagRuns/a+b:c"): {"state": "running"},
    }
    found = known.get((request.method, request.url.path))
    return httpx.Response(404) if found is None else httpx.Response(200, json=found)


@pytest.fixture
def api() -> AirflowApi:
    client = httpx.Client(base_url="http://127.0.0.1:1", transport=httpx.MockTransport(answer))
    return AirflowApi("", client)


def test_a_run_is_triggered_with_the_logical_date_that_airflow_insists_on(api: AirflowApi) -> None:
    api.log_in("admin", "secret")
    assert api.trigger("d", {}) == "run ['conf', 'logical_date']"


def test_a_dag_whose_name_only_begins_alike_does_not_count(api: AirflowApi) -> None:
    assert not api.has_dag("resident_index")


def test_a_run_id_is_quoted(api: AirflowApi) -> None:
    assert api.run_state("d", "a+b:c") == "running"


def test_a_refusal_names_the_route_and_no_secret(api: AirflowApi) -> None:
    with pytest.raises(RehearsalError, match="404 to PATCH /api/v2/dags/other") as refused:
        api.unpause("other")
    assert "secret" not in str(refused.value)
    api.close()

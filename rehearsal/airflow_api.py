"""Airflow's REST API, as far as a rehearsal needs it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from rehearsal.errors import RehearsalError


class AirflowApi:
    """A login to Airflow's API server."""

    def __init__(self, address: str, client: httpx.Client | None = None) -> None:
        """Speak to a server.

        Args:
            address: Such as http://127.0.0.1:8080.
            client: Another way to send requests, for tests.
        """
        self._client = client or httpx.Client(base_url=address, timeout=30, trust_env=False)

    def log_in(self, name: str, password: str) -> None:
        """Fetch a token and use it from now on."""
        answer = self._ask("POST", "/auth/token", {"username": name, "password": password})
        self._client.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def has_dag(self, dag_id: str) -> bool:
        """Whether the DAG has been parsed."""
        listed = self._ask("GET", f"/api/v2/dags?dag_id_pattern={quote(dag_id)}&limit=100")
        return any(dag["dag_id"] == dag_id for dag in listed["dags"])

    def import_errors(self) -> list[str]:
        """File names of DAGs that cannot be imported."""
        return [error["filename"] for error in self._ask("GET", "/api/v2/importErrors")["import_errors"]]

    def unpause(self, dag_id: str) -> None:
        """Let the scheduler run the DAG."""
        self._ask("PATCH", f"/api/v2/dags/{quote(dag_id)}", {"is_paused": False})

    def trigger(self, dag_id: str, conf: Mapping[str, Any]) -> str:
        """Start a run, and give its id."""
        run = self._ask(
            "POST", f"/api/v2/dags/{quote(dag_id)}/dagRuns", {"logical_date": None, "conf": dict(conf)}
        )
        return str(run["dag_run_id"])

    def run_state(self, dag_id: str, run_id: str) -> str:
        """State of a run: queued, running, success or failed."""
        return str(self._ask("GET", self._run(dag_id, run_id))["state"])

    def task_states(self, dag_id: str, run_id: str) -> list[tuple[str, str]]:
        """Task id and state of every task of a run; mapped tasks once for each source."""
        answer = self._ask("GET", f"{self._run(dag_id, run_id)}/taskInstances?limit=1000")
        return [(task["task_id"], task["state"] or "waiting") for task in answer["task_instances"]]

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    @staticmethod
    def _run(dag_id: str, run_id: str) -> str:
        return f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id, safe='')}"

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise RehearsalError(f"Airflow's API server did not answer ({type(error).__name__}).") from None
        if answer.is_error:
            route = path.partition("?")[0]
            raise RehearsalError(f"Airflow's API answered {answer.status_code} to {method} {route}.")
        return answer.json()

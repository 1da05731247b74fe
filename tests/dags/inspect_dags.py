"""Print, as one line of JSON, what Airflow makes of a folder of DAGs. Run in a process of its own."""

import json
import sys
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import BundleDagBag
from airflow.models import Connection, Variable
from airflow.sdk import Connection as TaskConnection
from airflow.sdk import Variable as TaskVariable

reads: list[str] = []


def note(kind: str) -> Any:
    def read(*_: object, **__: object) -> str:
        reads.append(kind)
        return "{}"

    return classmethod(read)


def task_facts(task: Any) -> dict[str, Any]:
    timeout = task.execution_timeout
    return {
        "task_id": task.task_id,
        "owner": task.owner,
        "retries": task.retries,
        "execution_timeout": timeout.total_seconds() if timeout else None,
        "has_failure_callback": bool(task.on_failure_callback),
        "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        "group": task.task_group.group_id if task.task_group else None,
        "is_mapped": bool(task.is_mapped),
        "outlets": [outlet.uri for outlet in task.outlets],
    }


def dag_facts(dag: Any) -> dict[str, Any]:
    return {
        "tags": sorted(dag.tags),
        "doc": dag.doc_md or "",
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "params": sorted(dag.params),
        "tasks": [task_facts(task) for task in dag.tasks],
    }


for owner in (Variable, TaskVariable):
    owner.get = note("variable")
TaskConnection.get = note("connection")
Connection.get_connection_from_secrets = note("connection")

folder = Path(sys.argv[1])
before = set(sys.modules)
bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
brought = sorted({name.partition(".")[0] for name in set(sys.modules) - before})
facts = {
    "import_errors": {Path(path).name: text for path, text in bag.import_errors.items()},
    "modules": brought,
    "reads": reads,
    "dags": {dag_id: dag_facts(dag) for dag_id, dag in bag.dags.items()},
}
sys.stdout.write("\n" + json.dumps(facts) + "\n")

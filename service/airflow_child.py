"""The process in which Airflow runs: `python -m service.airflow_child STATUS_FILE 2026-08-01 2026-09-01`."""

import sys
from pathlib import Path

from airflow.configuration import conf
from airflow.dag_processing.dagbag import BundleDagBag

DAG_ID = "resident_index"


def main(status_path: Path, snapshots: list[str]) -> int:
    """Run the DAG for each snapshot in turn.

    Args:
        status_path: File to which a line `<snapshot> <run id>` is added for each success.
        snapshots: Dates, YYYY-MM-DD.

    Returns:
        0 when every run succeeded, 1 at the first that did not.
    """
    folder = Path(conf.get_mandatory_value("core", "dags_folder"))
    bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
    for snapshot in snapshots:
        run = bag.dags[DAG_ID].test(run_conf={"snapshot_date": snapshot})
        if run.state != "success":
            return 1
        run_id = run.get_task_instance("plan_run").xcom_pull(task_ids="plan_run")
        with status_path.open("a", encoding="utf-8") as status:
            status.write(f"{snapshot} {run_id}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))

"""The whole stack up and ready for the time of a block, and down again without a trace."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rehearsal import postgres, processes
from rehearsal.compose import Service
from rehearsal.errors import ComposeFileError, RehearsalError
from rehearsal.places import Places, container_ports, free_ports
from rehearsal.stack import Stack

PAUSE = 0.25
TASK_LOG_VOLUME = "airflow-logs"
Tell = Callable[[str], None]


@contextmanager
def raised(services: Sequence[Service], project: Path, logs: Path, tell: Tell) -> Iterator[Stack]:
    """All services, ready, for the time of the block.

    Args:
        services: Of the Compose file.
        project: The project's folder.
        logs: An empty folder for the services' output; it stays when everything else is removed.
        tell: Told one line for each step.

    Raises:
        RehearsalError: A service does not get ready in the time it is given, or cannot be ended.
    """
    scratch = Path(tempfile.mkdtemp(prefix="stack-")).resolve()
    stack = Stack({s.name: s for s in services}, _places(services, project, scratch), logs)
    try:
        _make_folders(stack)
        _start_all(stack, tell)
        yield stack
    except BaseException:
        _keep_task_logs(stack)
        _lower(stack, tell)
        raise
    _lower(stack, tell)


def _places(services: Sequence[Service], project: Path, scratch: Path) -> Places:
    return Places(
        project=project,
        scratch=scratch,
        postgres_programs=postgres.program_folder(),
        services=frozenset(s.name for s in services),
        ports=free_ports(container_ports(services)),
    )


def _make_folders(stack: Stack) -> None:
    mounts = [(service, mount) for service in stack.services.values() for mount in service.mounts]
    for service, mount in mounts:
        folder = stack.places.mounted(service, mount)
        if stack.places.scratch in folder.parents:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif not folder.is_dir():
            raise ComposeFileError(f"Service {service.name} mounts {folder}, which is no folder.")


def _start_all(stack: Stack, tell: Tell) -> None:
    """Start each service as soon as what it depends on is ready, until all are."""
    while waiting := stack.waiting():
        stack.check_alive()
        for service in waiting:
            if service.name in stack.began:
                if stack.look(service):
                    tell(f"{service.name} ready after {stack.seconds[service.name]:.1f} s")
            elif stack.may_start(service):
                stack.start(service)
        time.sleep(PAUSE)


def _keep_task_logs(stack: Stack) -> None:
    """Copy what Airflow's tasks have logged to where it outlives the temporary folders."""
    volume = stack.places.scratch / "volumes" / TASK_LOG_VOLUME
    for log in volume.rglob("attempt=*.log"):
        parts = [part.partition("=")[2] for part in log.relative_to(volume).parts if "run_id" not in part]
        shutil.copyfile(log, stack.logs / "-".join(["task", *filter(None, parts)]))


def _lower(stack: Stack, tell: Tell) -> None:
    """Stop every service, the last started first, and make sure that nothing is left."""
    began = time.monotonic()
    for name, running in reversed(stack.running.items()):
        if not processes.stop(running, stack.services[name].grace):
            stack.killed.append(name)
    for server in stack.servers.values():
        server.stop()
    shutil.rmtree(stack.places.scratch)
    left = processes.of_sessions({running.process.pid for running in stack.running.values()})
    if left:
        raise RehearsalError(f"{len(left)} processes are left: {', '.join(str(p.pid) for p in left)}.")
    tell(f"stopped everything after {time.monotonic() - began:.1f} s")

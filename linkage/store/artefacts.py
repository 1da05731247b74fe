"""A run's folder: each step leaves Parquet tables and a manifest that says what made them."""

import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.errors import StoreError
from linkage.schema.checks import conform, shape
from linkage.schema.column import Kind, Table
from linkage.store.disk import alone, make_durable, rename_durably, writing_files
from linkage.store.memory import peak_memory_mb

MANIFEST = "manifest.json"
NOT_WHOLE = "not_whole"
"""Name of the empty file that marks a run of which something was removed."""
PRIVATE = 0o700
"""Mode of the folder of runs: its tables hold personal data, and only its owner may open them."""
TEXT = pd.StringDtype("pyarrow")
PANDAS_TYPES = {pa.string(): TEXT, pa.large_string(): TEXT}
"""pandas dtype by Arrow type, where it is not the library's own choice."""


@dataclass(frozen=True, slots=True)
class StepManifest:
    """What one finished step did: counts are numbers only, never values."""

    step: str
    counts: dict[str, Any]
    seconds: float
    peak_memory_mb: int
    outputs: dict[str, str] = field(default_factory=dict)


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class StepFolder:
    """Where one step of one run writes; finished all at once or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(
        self, name: str, frame: pd.DataFrame, table: Table | None = None, *, is_checked: bool = False
    ) -> None:
        """Write a table as `<name>.parquet`.

        Args:
            name: File name without ending.
            frame: Rows.
            table: Declaration to conform to; without it the frame is written as it is (raw tables).
            is_checked: Whether the frame was made to conform before, so that its keys are not looked at again.
        """
        shaped = frame if table is None else (shape if is_checked else conform)(frame, table)
        arrow = pa.Table.from_pandas(shaped, preserve_index=False)
        if table is not None:
            for date_column in [column.name for column in table.columns if column.kind is Kind.DATE]:
                place = arrow.schema.get_field_index(date_column)
                arrow = arrow.set_column(place, date_column, arrow[date_column].cast(pa.date32()))
        with writing_files(f"the table {name}"):
            pq.write_table(arrow, self._path / f"{name}.parquet", compression="zstd")

    def take(self, path: Path) -> None:
        """Have a file of another step, under the same name, without writing it again."""
        try:
            (self._path / path.name).hardlink_to(path)
        except OSError:  # another disk, or one without such links
            shutil.copy2(path, self._path / path.name)

    def write_text(self, file_name: str, text: str) -> None:
        """Write a text file, such as a page or a JSON document."""
        with writing_files(file_name):
            (self._path / file_name).write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """All artefacts of one run: `<data dir>/runs/<run id>/<step>/`."""

    data_dir: Path
    run_id: str

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self.data_dir / "runs" / self.run_id

    def step_path(self, step: str) -> Path:
        """Folder of a step, such as `link` or `ingest/council_tax`."""
        return self.path / step

    def manifest(self, step: str) -> StepManifest | None:
        """The manifest of a finished step, or nothing if it has not finished.

        Raises:
            StoreError: It is torn, or was edited into something else.
        """
        path = self.step_path(step) / MANIFEST
        return self._manifest_in(path) if path.is_file() else None

    def manifests(self) -> list[StepManifest]:
        """Manifests of all finished steps, in the order in which they finished."""
        finished = [
            path
            for path in self.path.rglob(MANIFEST)
            if not path.relative_to(self.path).parent.name.startswith(".")
        ]
        found = sorted(finished, key=lambda path: (path.stat().st_mtime_ns, str(path)))
        return [self._manifest_in(path) for path in found]

    def run_step(
        self,
        step: str,
        work: Callable[[StepFolder], Mapping[str, Any]],
        *,
        again: bool = False,
        seconds: float | None = None,
    ) -> StepManifest:
        """Do a step once: a finished step is not run again, a failed one leaves nothing behind.

        Args:
            step: Name of the step, such as `link` or `ingest/council_tax`.
            work: Writes its outputs into the folder given and returns counts.
            again: Do it although it has finished, and replace what it left.
            seconds: What it took, where another step has done the work and this one only writes it.

        Returns:
            The manifest of the finished step.
        """
        final = self.step_path(step)
        with writing_files(f"step {step} of run {self.run_id}"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.parent.chmod(PRIVATE)
            final.parent.mkdir(parents=True, exist_ok=True)
        with alone(final.with_name(f".{final.name}.lock")):
            done = self.manifest(step)
            return done if done is not None and not again else self._do_step(step, work, seconds)

    def _do_step(
        self, step: str, work: Callable[[StepFolder], Mapping[str, Any]], seconds: float | None
    ) -> StepManifest:
        """Do a step in a hidden folder, which becomes the step's when all is written; whoever calls is alone at it."""
        final = self.step_path(step)
        working = final.with_name(f".{final.name}.unfinished")
        shutil.rmtree(working, ignore_errors=True)
        began = time.perf_counter()
        try:
            with writing_files(f"step {step} of run {self.run_id}"):
                working.mkdir()
            counts = dict(work(StepFolder(working)))
            with writing_files(f"step {step} of run {self.run_id}"):
                outputs = {path.name: sha256_of(path) for path in sorted(working.iterdir())}
                took = round(time.perf_counter() - began, 3) if seconds is None else seconds
                manifest = StepManifest(step, counts, took, peak_memory_mb(), outputs)
                told = json.dumps(asdict(manifest), indent=1, default=int)
                (working / MANIFEST).write_text(told, encoding="utf-8")
                make_durable(working)
                shutil.rmtree(final, ignore_errors=True)
                rename_durably(working, final)
        finally:
            with suppress(FileNotFoundError):
                shutil.rmtree(working)
        return manifest

    def redact(
        self,
        step: str,
        name: str,
        change: Callable[[pd.DataFrame], pd.DataFrame],
        table: Table | None = None,
    ) -> bool:
        """Take something out of a table that a finished step left; the step stays finished, its manifest true.

        Killed half-way, it leaves the step as it was or not finished, never with a table that its manifest disowns.

        Args:
            step: Step that wrote the table.
            name: File name without ending.
            change: What is left of the table; given back as it came, nothing is written.
            table: Declaration of the table; without it, it is written as it is (raw tables).

        Returns:
            Whether anything was taken out.

        Raises:
            StoreError: As `read` does.
        """
        final = self.step_path(step)
        with alone(final.with_name(f".{final.name}.lock")):
            before = self.read(step, name, table)
            after = change(before)
            if after is before:
                return False
            working = final.with_name(f".{final.name}.unfinished")
            if working.exists():
                self.remove(working)
            try:
                self._write_beside(working, step, name, after, table)
                self.remove(final)
                working.rename(final)
            finally:
                if working.exists():
                    self.remove(working)
            return True

    def _write_beside(
        self, working: Path, step: str, name: str, frame: pd.DataFrame, table: Table | None
    ) -> None:
        """The folder of a finished step once more, with another table in the place of one."""
        final, file_name = self.step_path(step), f"{name}.parquet"
        manifest = self._manifest_in(final / MANIFEST)
        shutil.copytree(final, working, copy_function=os.link)
        for replaced in (file_name, MANIFEST):
            (working / replaced).unlink()
        StepFolder(working).write(name, frame, table)
        outputs = {**manifest.outputs, file_name: sha256_of(working / file_name)}
        told = json.dumps(asdict(replace(manifest, outputs=outputs)), indent=1, default=int)
        (working / MANIFEST).write_text(told, encoding="utf-8")
        finished = (final / MANIFEST).stat()
        os.utime(working / MANIFEST, ns=(finished.st_atime_ns, finished.st_mtime_ns))

    def drop_steps(self, *, keep: Collection[str] = ()) -> None:
        """Remove what the run has left, but for some steps; one that is gone has not been done.

        Args:
            keep: Names of steps, or of folders of steps such as `ingest`, that stay.

        Raises:
            StoreError: Something of it cannot be removed; the message names the run.
        """
        folders = [path for path in self.path.iterdir() if path.is_dir()] if self.path.is_dir() else []
        for folder in folders:
            if folder.name not in keep:
                self.remove(folder)

    def drop_files(self, step: str, *, keep: Collection[str]) -> None:
        """Remove what a finished step left, but for some files; what is gone, it has not left.

        Args:
            step: Name of the step.
            keep: Names of files that stay, where they are there.
        """
        manifest, folder = self.manifest(step), self.step_path(step)
        if manifest is None:
            return
        outputs = {name: sha256 for name, sha256 in manifest.outputs.items() if name in keep}
        told = json.dumps(asdict(replace(manifest, outputs=outputs)), indent=1, default=int)
        (folder / MANIFEST).write_text(told, encoding="utf-8")
        for path in folder.iterdir():
            if path.name not in outputs and path.name != MANIFEST:
                path.unlink()

    @property
    def is_whole(self) -> bool:
        """Whether all that steps have left is there, so that a later run may take over what has not changed."""
        return not (self.path / NOT_WHOLE).exists()

    def take_nothing_over(self) -> None:
        """Note that something was removed which later runs would miss."""
        (self.path / NOT_WHOLE).touch(mode=0o600)

    def drop_step(self, step: str) -> None:
        """Remove what a step left: it has not been done.

        Raises:
            StoreError: Something of it cannot be removed; the message names the run.
        """
        if self.step_path(step).is_dir():
            self.remove(self.step_path(step))

    def remove(self, folder: Path) -> None:
        """Remove a folder of the run whole: what stays behind unnoticed may be what must not be held.

        Raises:
            StoreError: Something of it cannot be removed; the message names the run.
        """
        try:
            # Without it a step is not done, whatever is left of its folder when the program is killed here.
            for manifest in folder.rglob(MANIFEST):
                manifest.unlink()
            shutil.rmtree(folder)
        except OSError as error:
            kind = errno.errorcode.get(error.errno or 0, type(error).__name__)
            raise StoreError(
                f"What run {self.run_id} has left in {folder.name} cannot be removed ({kind}). Remove the folder "
                f"{folder} yourself: it holds what must not be kept. Then run again."
            ) from None

    def _manifest_in(self, path: Path) -> StepManifest:
        try:
            return StepManifest(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError):
            raise StoreError(
                f"The manifest in {path.parent} is torn or was edited; {self._start_afresh()}"
            ) from None

    def _start_afresh(self) -> str:
        """What to do about a run whose artefacts are not what it wrote: nothing is in them only."""
        return f"remove the folder {self.path}, whose run can be made again, and run again."

    def read(
        self, step: str, name: str, table: Table | None = None, *, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Read a table that a finished step left, after checking that nobody changed it.

        Args:
            step: Step that wrote it.
            name: File name without ending.
            table: Declaration to bring it back to; raw tables come back as text. That its rows keep to it was checked
                when they were written, and the hash tells that they are the same.
            columns: Columns wanted, in this order; all when not given.

        Raises:
            StoreError: The step has not finished, or the file is not the one it wrote.
        """
        path = self.checked_file(step, f"{name}.parquet")
        try:
            read = pq.read_table(path, columns=None if columns is None else list(columns))
        except pa.ArrowInvalid:
            raise StoreError(
                f"The table {name} of step {step} cannot be read; {self._start_afresh()}"
            ) from None
        frame = read.to_pandas(types_mapper=PANDAS_TYPES.get)
        return frame if table is None else shape(frame, table if columns is None else table.only(columns))

    def read_json(self, step: str, file_name: str) -> Any:
        """Read a JSON document that a finished step left."""
        return json.loads(self.checked_file(step, file_name).read_text(encoding="utf-8"))

    def checked_file(self, step: str, file_name: str) -> Path:
        """Path of a finished step's output whose hash is still the manifest's.

        Raises:
            StoreError: As `read` does.
        """
        manifest = self.manifest(step)
        if manifest is None or file_name not in manifest.outputs:
            raise StoreError(
                f"Step {step} of run {self.run_id} has not left {file_name}; run that step first."
            )
        path = self.step_path(step) / file_name
        if not path.is_file() or sha256_of(path) != manifest.outputs[file_name]:
            raise StoreError(
                f"{file_name} of step {step} of run {self.run_id} was changed after the run wrote it, or is torn; "
                f"{self._start_afresh()}"
            )
        return path

import hashlib
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from linkage.contracts import Contract
from linkage.errors import SourceError
from linkage.ingest import errors, find_extract, read_extract, snapshot, snapshot_dates

FIRST = date(2026, 8, 1)
CONTENT = b"member_id,surname,birth_date,postcode\n1,Canary,,\n2,B,,\n"
LARGEST = 1_000_000


@pytest.fixture
def extracts(tmp_path: Path) -> Path:
    """A folder of extracts with one snapshot of `clubs`."""
    folder = tmp_path / "extracts" / "clubs" / "2026-08-01"
    folder.mkdir(parents=True)
    (folder / "clubs.csv").write_bytes(CONTENT)
    return tmp_path / "extracts"


@pytest.fixture
def read(extracts: Path, a_contract: Callable[..., Contract]) -> Callable[..., pd.DataFrame]:
    def found(largest_bytes: int = LARGEST) -> pd.DataFrame:
        path = find_extract(extracts, a_contract(), FIRST)
        return read_extract(path, a_contract(), snapshot_date=FIRST, largest_bytes=largest_bytes)

    return found


def _write_manifest(extracts: Path, stated: object) -> None:
    (extracts / "clubs" / "2026-08-01" / "manifest.json").write_text(json.dumps(stated))


def test_a_manifest_that_agrees_is_accepted_and_the_hash_is_kept(
    extracts: Path, read: Callable[..., pd.DataFrame]
) -> None:
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    _write_manifest(extracts, {"rows": 2, "sha256": sha256.upper(), "extract_ts": "2026-08-01T02:00:00"})
    assert read()["_file_sha256"].unique().tolist() == [sha256]


def test_a_file_that_is_not_the_one_sent_is_refused(
    extracts: Path, read: Callable[..., pd.DataFrame]
) -> None:
    _write_manifest(extracts, {"rows": 2, "sha256": "0" * 64})
    with pytest.raises(errors.ManifestMismatchError, match="SHA-256 differs"):
        read()


def test_a_file_with_fewer_rows_than_were_sent_is_refused(
    extracts: Path, read: Callable[..., pd.DataFrame]
) -> None:
    _write_manifest(extracts, {"rows": 3, "sha256": hashlib.sha256(CONTENT).hexdigest()})
    with pytest.raises(errors.ManifestMismatchError, match=r"has 2 rows, but manifest.json says 3"):
        read()


@pytest.mark.parametrize(
    "stated", [[], {"rows": 2}, {"rows": "2", "sha256": ""}, {"rows": True, "sha256": ""}]
)
def test_a_manifest_that_states_too_little_is_refused(
    extracts: Path, read: Callable[..., pd.DataFrame], stated: object
) -> None:
    _write_manifest(extracts, stated)
    with pytest.raises(errors.ManifestMismatchError, match="cannot be understood"):
        read()


def test_a_file_over_the_largest_is_refused_unread(read: Callable[..., pd.DataFrame]) -> None:
    with pytest.raises(errors.ExtractTooLargeError, match="the most accepted is 10"):
        read(10)


def test_a_folder_in_place_of_the_file_is_refused(extracts: Path, read: Callable[..., pd.DataFrame]) -> None:
    path = extracts / "clubs" / "2026-08-01" / "clubs.csv"
    path.unlink()
    path.mkdir()
    with pytest.raises(errors.UnsafePathError, match="expected a plain file"):
        read()


def test_a_named_pipe_is_refused_and_not_waited_for(
    extracts: Path, read: Callable[..., pd.DataFrame]
) -> None:
    path = extracts / "clubs" / "2026-08-01" / "clubs.csv"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(errors.UnsafePathError, match="expected a plain file"):
        read()


def test_a_link_out_of_the_folder_of_extracts_is_refused(
    extracts: Path, read: Callable[..., pd.DataFrame], tmp_path: Path, a_contract: Callable[..., Contract]
) -> None:
    path = extracts / "clubs" / "2026-08-01" / "clubs.csv"
    path.rename(tmp_path / "elsewhere.csv")
    path.symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(errors.UnsafePathError, match="leads out of the folder"):
        read()
    with pytest.raises(errors.UnsafePathError, match="leads out of its folder"):
        read_extract(path, a_contract(), snapshot_date=FIRST, largest_bytes=LARGEST)


def test_a_linked_folder_that_leads_out_is_refused(
    extracts: Path, read: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    folder = extracts / "clubs"
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(errors.UnsafePathError):
        read()


def _grow(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"3,C,,\n")


def _touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def _replace(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    path.write_bytes(CONTENT)


@pytest.mark.parametrize("change", [_grow, _touch, _replace, Path.unlink, lambda path: os.truncate(path, 10)])
def test_a_file_that_changes_while_it_is_read_is_refused(
    extracts: Path,
    read: Callable[..., pd.DataFrame],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
) -> None:
    path = extracts / "clubs" / "2026-08-01" / "clubs.csv"
    looks: list[os.stat_result] = []
    look = os.fstat

    def look_then_change(handle: int) -> os.stat_result:
        looks.append(look(handle))
        if len(looks) == 1:
            change(path)
        return looks[-1] if len(looks) == 1 else look(handle)

    monkeypatch.setattr(snapshot.os, "fstat", look_then_change)
    with pytest.raises(errors.ExtractChangedError, match="changed while it was read"):
        read()


def test_a_missing_extract_is_named_with_the_folder_expected_and_the_snapshots_there(
    extracts: Path, a_contract: Callable[..., Contract]
) -> None:
    with pytest.raises(errors.MissingExtractError) as caught:
        find_extract(extracts, a_contract(), date(2026, 9, 1))
    message = str(caught.value)
    assert "Source clubs has no extract for 2026-09-01" in message
    assert "clubs/2026-09-01/clubs.csv" in message
    assert "Snapshots there: 2026-08-01." in message


def test_a_source_without_a_folder_is_missing_too(
    tmp_path: Path, a_contract: Callable[..., Contract]
) -> None:
    with pytest.raises(errors.MissingExtractError, match="Snapshots there: none"):
        find_extract(tmp_path, a_contract(), FIRST)
    with pytest.raises(errors.MissingExtractError, match="cannot be opened"):
        read_extract(tmp_path / "clubs.csv", a_contract(), snapshot_date=FIRST, largest_bytes=LARGEST)


def test_snapshot_dates_are_those_of_any_source_oldest_first(
    extracts: Path, a_contract: Callable[..., Contract]
) -> None:
    contract = a_contract()
    (extracts / "gyms" / "2026-09-01").mkdir(parents=True)
    (extracts / "gyms" / "2026-07-01").mkdir()
    (extracts / "gyms" / "notes").mkdir()
    (extracts / "unknown" / "2020-01-01").mkdir(parents=True)
    found = snapshot_dates(extracts, {"clubs": contract, "gyms": contract, "absent": contract})
    assert found == [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)]


def test_a_date_that_does_not_exist_is_refused(extracts: Path, a_contract: Callable[..., Contract]) -> None:
    (extracts / "clubs" / "2026-02-30").mkdir()
    with pytest.raises(SourceError, match="Source clubs has a snapshot folder whose name is no date"):
        snapshot_dates(extracts, {"clubs": a_contract()})


def test_an_absent_folder_of_extracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="RESIDENT_INDEX_EXTRACTS_DIR"):
        snapshot_dates(tmp_path / "nowhere", {})


def test_every_refusal_is_a_source_error_with_its_exit_code() -> None:
    refusals = [e for e in vars(errors).values() if isinstance(e, type) and e is not SourceError]
    assert len(refusals) >= 15
    assert all(issubclass(e, SourceError) and e.exit_code == 3 for e in refusals)

"""Settings are read once, and refuse what is unsafe."""

from pathlib import Path

import pytest

from linkage.errors import SettingsError
from linkage.settings import Settings


def test_a_value_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RESIDENT_INDEX_DATA_DIR", "/elsewhere")
    assert Settings.load(data_dir=tmp_path).data_dir == tmp_path


def test_paths_are_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.load(data_dir=Path("here")).data_dir == tmp_path / "here"


def test_a_malformed_setting_is_named_and_its_value_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESIDENT_INDEX_LARGEST_EXTRACT_MB", "secret-word")
    with pytest.raises(SettingsError, match="RESIDENT_INDEX_LARGEST_EXTRACT_MB") as caught:
        Settings.load()
    assert "secret-word" not in str(caught.value)


def test_a_data_directory_with_a_long_path_is_refused_for_the_embedded_server() -> None:
    long = Settings.load(data_dir=Path("/" + "x" * 90))
    with pytest.raises(SettingsError, match="shorter path"):
        long.check_data_dir()


def test_a_long_path_is_fine_with_the_councils_own_server() -> None:
    Settings.load(data_dir=Path("/" + "x" * 90), database_url="postgresql://h/d").check_data_dir()

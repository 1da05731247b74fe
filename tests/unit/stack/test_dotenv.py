"""The example of the settings, and the .env made from it."""

import stat
from pathlib import Path

import pytest

from rehearsal.dotenv import Setting, main, make_values, read_example, write_env
from rehearsal.errors import ComposeFileError


def test_a_setting_has_a_default_or_a_recipe() -> None:
    text = "# a comment\nA=1\n\n# Make it: python3 -c \"print('x' * 3)\"\nB=\n"
    assert read_example(text) == [Setting("A", "1", None), Setting("B", "", "python3 -c \"print('x' * 3)\"")]
    assert make_values(read_example(text)) == {"A": "1", "B": "xxx"}


@pytest.mark.parametrize("text", ["A", "A=", "# Make it: python3 -V\nA=1", "1A=2"])
def test_a_line_that_gives_no_value_or_two_is_refused(text: str) -> None:
    with pytest.raises(ComposeFileError, match="not understood"):
        read_example(text)


@pytest.mark.parametrize("recipe", ["python3 -c pass", "python3 -c 'raise SystemExit(1)'"])
def test_a_recipe_that_makes_nothing_is_refused(recipe: str) -> None:
    with pytest.raises(ComposeFileError, match="made no value"):
        make_values([Setting("A", "", recipe)])


def test_a_recipe_for_another_program_is_refused() -> None:
    with pytest.raises(ComposeFileError, match="another program"):
        make_values([Setting("A", "", "curl example.org")])


def test_the_file_is_for_its_owner_only_and_never_written_over(root: Path, tmp_path: Path) -> None:
    target = tmp_path / ".env"
    write_env(root / ".env.example", target)
    before = target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert all(line.partition("=")[2] for line in before.splitlines())
    with pytest.raises(ComposeFileError, match="left as it is"):
        write_env(root / ".env.example", target)
    assert target.read_text() == before


def test_the_command_says_in_one_sentence_why_it_made_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=r"No \.env was made"):
        main()

"""Lists on a terminal."""

import pytest

from service.listing import WIDTH, print_rows

LONG = "2026-08-01-" + "f" * 60


def test_an_identity_is_never_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"run_id": LONG, "reason": "words " * 60}]
    print_rows("Runs", {"run_id": "Run", "reason": "Why"}, rows)
    assert LONG in capsys.readouterr().out


def test_a_missing_value_is_shown_as_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(
        "Runs", {"run_id": "Run", "published_at": "Published"}, [{"run_id": "r", "published_at": None}]
    )
    assert "None" not in capsys.readouterr().out


def test_values_and_titles_are_shown_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    for value in ("O[/b]Neil", "[bold]x[/bold]", "\\[red]", ":smile:"):
        print_rows(value, {"name": "Name"}, [{"name": value}])
        assert capsys.readouterr().out.count(value) == 2


def test_no_value_commands_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x2066, 0xD800)}
    print_rows("Names \x1b]0;owned\x07", {"name": "Name"}, [{"name": f"a{letter}b"} for letter in hostile])
    told = capsys.readouterr().out
    assert not hostile & set(told)
    assert told.count("a\N{REPLACEMENT CHARACTER}b") == len(hostile)


def test_letters_of_every_script_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    names = (
        "Si\u00f4n",
        "\u0141ucja",
        "\u0645\u062d\u0645\u062f",
        "\u674e\u5c0f",
        "e\u0301",
        "\u0915\u094d\u200d\u0937",
    )
    print_rows("Names", {"name": "Name"}, [{"name": name} for name in names])
    told = capsys.readouterr().out
    assert all(name in told for name in names)


def test_no_word_is_broken_where_the_words_fit(capsys: pytest.CaptureFixture[str]) -> None:
    reason = "Incontrovertibly established; several independent services say so. " * 3
    rows = [{"run_id": "f" * 50, "what": "duplicate registration", "said": "some words " * 9, "why": reason}]
    print_rows("Runs", {"run_id": "Run", "what": "What", "said": "Said", "why": "Why"}, rows)
    told = capsys.readouterr().out
    words = set(told.replace("│", " ").split())
    assert {"Incontrovertibly", "established;", "registration", "words", "f" * 50} <= words
    assert max(len(line) for line in told.splitlines()) <= WIDTH


def test_a_figure_stays_on_its_line_where_a_text_beside_it_can_wrap(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [{"shown": "73.3% (992 of 1,353)", "description": "Entries that services bear out. " * 9}]
    print_rows("Outcomes", {"shown": "Value", "description": "What it says"}, rows)
    assert "73.3% (992 of 1,353)" in capsys.readouterr().out

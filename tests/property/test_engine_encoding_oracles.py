"""Normal forms, derived values and codes against plain Python that looks at one value at a time."""

import calendar
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import jellyfish
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.engine import normalise as normal_forms
from linkage.engine.derive import derive
from linkage.engine.encode import ColumnSource, Encoded, encode
from linkage.engine.keys import FUNCTIONS, Key, parse_key
from linkage.engine.normalise import KINDS, LONGEST_TEXT, normalise
from linkage.reference import read_reference, reference_map

MORE, FEW = settings(max_examples=150, deadline=None), settings(max_examples=40, deadline=None)


def made(values: list[str | None], kind: str) -> list[str | None]:
    return normalise(pa.array(values, pa.string()), kind).to_pylist()


# Normal forms.

DROPS_MARKS = ("LATIN", "GREEK", "CYRILLIC")
STAND_INS = {row["phrase"] for row in read_reference("non_people")}
SEXES = {row["word"]: row["sex"] for row in read_reference("sexes")}
UNITS = {"FLAT", "FLT", "FL", "APARTMENT", "APT", "UNIT", "ROOM", "NO", "NUMBER", "AT"}


APOSTROPHES = "'`\u2019\u02bc"


def compatible(value: str) -> str:
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Co") else c for c in value[:LONGEST_TEXT])
    return unicodedata.normalize("NFKC", shown)


def bare(value: str) -> str:
    """Upper case, the marks of letters of these scripts dropped one by one."""
    kept, drops = "", False
    for c in unicodedata.normalize("NFKD", compatible(value).upper()):
        if unicodedata.category(c) != "Mn":
            drops = unicodedata.name(c, "?").split()[0] in DROPS_MARKS
        elif drops:
            continue
        kept += c
    return unicodedata.normalize("NFKC", kept)


def words_of(value: str, classes: str) -> list[str]:
    return "".join(c if unicodedata.category(c)[0] in classes else " " for c in bare(value)).split()


def name(value: str) -> str:
    closed = " ".join(words_of("".join(c for c in value[:LONGEST_TEXT] if c not in APOSTROPHES), "LM"))
    return "" if closed in STAND_INS else closed


def address(value: str) -> str:
    standard = reference_map("address_words", "word", "standard")
    kept = [word for word in words_of(value, "LMN") if word not in UNITS]
    return " ".join(standard.get(word, word).replace("STREET", "ST") for word in kept)


def email(value: str) -> str:
    lower = compatible(value).lower().replace(" ", "")
    return lower if "@" in lower else ""


ORACLES: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("forename", "surname", "middle_names", "full_name"), name),
    **dict.fromkeys(("category", "place_name", "text"), lambda value: " ".join(words_of(value, "LMN"))),
    **dict.fromkeys(("postcode", "uprn", "identifier"), lambda value: "".join(words_of(value, "LMN"))),
    "address": address,
    "email": email,
    "sex": lambda value: SEXES.get(" ".join(words_of(value, "LMN")), ""),
    "source": lambda value: compatible(value).strip(),
}
BY_FORM = {"birth_date", "date", "phone"}
PIECES = st.sampled_from(
    (
        "Ann", "José", "Zoe\u0301", "O'Neil", "D\u2019Arcy", "Na\u02bcvi", "St`John", "Smith-Jones", "Ирина", "Йод",
        "李", "की", "Łódź", "Ø", "occupier", "The", "owner", "VOID", "flat", "Flat", "apt", "12a", "12", "Rd", "road",
        "st", "Street", "Ave", "no", "nw1 1aa", "NW1-1AA", "f", "Male", "woman", "1", "x", "a@B.uk", "A@b", "@",
        "\u200b", "\t", "\u00a0", "\uff21\uff22", "\ufb01", "\u00bd", ".", ",", "&", "--", " ", "",
    )
)  # fmt: skip
RAW = st.one_of(
    st.none(),
    st.lists(PIECES, max_size=4).map(" ".join),
    st.lists(PIECES, max_size=4).map("".join),
    st.text(alphabet="abzÀéñöüØжЙ李 '\u2019.-/@&129\t\u200b\u00a0", max_size=15),
    st.just("Ab " * 60),
)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - BY_FORM))
@given(values=st.lists(RAW, max_size=12), at_once=st.sampled_from((1, 3, 100)))
@FEW
def test_a_normal_form_is_that_of_its_value_alone(kind: str, values: list[str | None], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(normal_forms, "AT_ONCE", at_once)
        found = made(values, kind)
    assert found == [None if value is None else ORACLES[kind](value) or None for value in values]


@pytest.mark.parametrize("apostrophe", ["'", "`", "\u2019", "\u02bc", "\u00b4"])
def test_an_apostrophe_of_any_shape_closes_up(apostrophe: str) -> None:
    assert made([f"O{apostrophe}Brien", f"o{apostrophe}brién"], "surname") == ["OBRIEN", "OBRIEN"]


def test_a_name_loses_accents_and_case_but_no_letter_and_no_word() -> None:
    raw = [
        "josé",
        "JOSE",
        "Smith-Jones",
        " smith  jones ",
        "Łukasz",
        "Occupier",
        "void property",
        "",
        " ",
        None,
    ]
    expected = ["JOSE", "JOSE", "SMITH JONES", "SMITH JONES", "ŁUKASZ", None, None, None, None, None]
    assert made(raw, "surname") == expected


@st.composite
def written_dates(draw: st.DrawFn) -> tuple[str, str]:
    """A date as somebody writes it, and as it is meant."""
    year, month = draw(st.integers(1500, 2199)), draw(st.integers(1, 12))
    day = draw(st.integers(1, calendar.monthrange(year, month)[1]))
    d, m = draw(st.sampled_from((f"{day}", f"{day:02}"))), draw(st.sampled_from((f"{month}", f"{month:02}")))
    mark = draw(st.sampled_from(("-", "/", ".", " ")))
    time = draw(st.sampled_from(("", "", "T00:00:00", " 09:30", " 0:00:00.000")))
    whole, part = f"{year}{month:02}{day:02}", draw(st.sampled_from(("-", "/", ".")))
    forms = [
        (f"{year}-{month:02}-{day:02}{time}", whole),
        (f"{d}{mark}{m}{mark}{year}{time}", whole),
        (f"{year}{mark}{month}{mark}{day:02}{time}", whole),
        (f"{year}-{m}-{d}{time}", whole),
        (whole, whole),
        (f"{year}", f"{year}0000"),
        (f"{year}{part}{m}", f"{year}{month:02}00"),
    ]
    return draw(st.sampled_from(forms))


NO_DATES = (
    "", "unknown", "4 May 1980", "4/5/80", "5/4", "1980-13-04", "32/01/1980", "31/31/1980", "1480-05-04", "2201-05-04",
    "00/00/0000", "04051980", "1980-02-30", "31/04/1980", "1980-00-15", None,
)  # fmt: skip


@given(st.lists(st.one_of(written_dates(), st.sampled_from(NO_DATES).map(lambda text: (text, None)))))
@MORE
def test_a_date_is_read_the_day_first_and_an_unknown_form_is_missing(dates: list[tuple[Any, Any]]) -> None:
    assert made([text for text, _ in dates], "birth_date") == [meant for _, meant in dates]


@pytest.mark.parametrize(
    "raw", ["1980-12-5", "1980/12/5", "1980.12.5", "1980 12 5", "1980/12/05", "1980/7/5"]
)
def test_a_day_of_one_digit_is_read_whatever_parts_it_from_the_month(raw: str) -> None:
    assert made([raw], "date") == ["19800705" if "/7" in raw else "19801205"]


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 28), st.integers(1900, 2026)), min_size=1),
    st.integers(13, 31),
)
@FEW
def test_dates_are_read_the_month_first_where_only_that_fits(
    dates: list[tuple[int, int, int]], telling: int
) -> None:
    dates = [*dates, (3, telling, 1980)]
    raw = [f"{month}/{day}/{year}" for month, day, year in dates]
    assert made([*raw], "birth_date") == [f"{year}{month:02}{day:02}" for month, day, year in dates]


@st.composite
def written_phones(draw: st.DrawFn) -> tuple[str, str | None]:
    """A British number as somebody writes it, and its digits; or too few digits, or another country's."""
    length = draw(st.sampled_from((10, 10, 9)))
    national = draw(st.text(alphabet="123567", min_size=length, max_size=length))
    cut = draw(st.integers(1, length - 1))
    spaced = f"{national[:cut]}{draw(st.sampled_from(('', ' ', '-', ') ')))}{national[cut:]}"
    before = draw(st.sampled_from(("0", "+44", "+44 ", "0044", "44", "+44 (0)", "0044 0", "(0")))
    few = draw(st.text(alphabet="123567", min_size=1, max_size=5))
    forms = [
        (f"{before}{spaced}", f"0{national}"),
        (few, None),
        (f"+{few}", None),
        ("none", None),
        ("", None),
    ]
    foreign = draw(st.text(alphabet="123567", min_size=9, max_size=9))
    return draw(st.sampled_from([*forms[:1] * 4, *forms[1:], (f"+33 {foreign}", f"33{foreign}")]))


@given(st.lists(written_phones()))
@MORE
def test_a_phone_number_is_its_national_digits_and_too_few_are_missing(
    phones: list[tuple[str, str | None]],
) -> None:
    assert made([text for text, _ in phones], "phone") == [meant for _, meant in phones]


# Derived values.


def has_digit(word: str) -> bool:
    return any(c in "0123456789" for c in word)


def outward(value: str) -> str:
    if re.fullmatch("[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}", value):
        return value[: len(value) - 3]
    return value[: (len(value) + 1) // 2] if 4 <= len(value) <= 6 else ""


DERIVED: dict[str, Callable[[str, int], str]] = {
    "prefix": lambda value, length: "".join(list(value)[:length]),
    "suffix": lambda value, length: "".join(list(value)[max(len(value) - length, 0) :]),
    "soundex": lambda value, _: jellyfish.soundex(value),
    "metaphone": lambda value, _: jellyfish.metaphone(value),
    "year": lambda value, _: value[:4],
    "month": lambda value, _: value[:6],
    "day": lambda value, _: value[4:8],
    "root": lambda value, _: next(
        (row["root"] for row in read_reference("nicknames") if row["name"] == value), value
    ),
    "first_word": lambda value, _: value.split(" ")[0],
    "last_word": lambda value, _: value.split(" ")[-1],
    "sorted_words": lambda value, _: " ".join(sorted(value.split(" "))),
    "numbers": lambda value, _: " ".join(word for word in value.split(" ") if has_digit(word)),
    "last_number": lambda value, _: next(
        (word for word in reversed(value.split(" ")) if has_digit(word)), ""
    ),
    "outward": lambda value, _: outward(value),
    "local_part": lambda value, _: value[: value.index("@")] if "@" in value else value,
    "is_initial": lambda value, _: "1" if len(value) == 1 else "",
    "is_new_year": lambda value, _: "1" if value[4:6] in ("00", "01") and value[6:] in ("00", "01") else "",
}
OF_DATES = ("year", "month", "day", "is_new_year")
DATES = st.builds("{:04}{:02}{:02}".format, st.integers(1900, 2026), st.integers(0, 12), st.integers(0, 31))
NORMAL = st.one_of(
    st.sampled_from(("LIZ", "ELIZABETH", "BOB", "ROBERT", "J", "SMYTH", "SMITH", "PFISTER", "TYMCZAK")),
    st.sampled_from(("NW11AA", "E14AA", "W1A1AA", "EC1A1BB", "ABC", "1234", "12345", "123456", "1234567")),
    st.sampled_from(("A.B@C.UK", "a.b@c.uk", "a@b@c", "@b", "2 14 HIGH ST", "14A HIGH RD 3", "HIGH ST", "A12 B", "1")),
    st.lists(st.text(alphabet="ABHSTWE19", min_size=1, max_size=4), min_size=1, max_size=5).map(" ".join),
)  # fmt: skip


def keys_of(column: str, functions: Any) -> list[Key]:
    counted = [
        (f"{name}({column}, {n})") for name in ("prefix", "suffix") if name in functions for n in (1, 4)
    ]
    return [parse_key(text) for text in counted] + [
        parse_key(f"{name}({column})") for name in functions if name not in ("prefix", "suffix", "sorted")
    ]


def test_every_function_of_one_column_has_an_oracle() -> None:
    assert set(DERIVED) == set(FUNCTIONS) - {"sorted"}


@pytest.mark.parametrize("key", keys_of("column", FUNCTIONS), ids=str)
@given(data=st.data())
@FEW
def test_a_derived_value_is_that_of_its_value_alone(key: Key, data: st.DataObject) -> None:
    values = data.draw(st.lists(DATES if key.function in OF_DATES else NORMAL, max_size=12))
    found = derive(pa.array(values, pa.string()), key).to_pylist()
    assert found == [DERIVED[key.function](value, key.length) or None for value in values]


def test_codes_by_sound_are_those_that_the_books_give() -> None:
    names = ["ROBERT", "RUPERT", "RUBIN", "ASHCRAFT", "TYMCZAK", "PFISTER", "HONEYMAN"]
    codes = derive(pa.array(names), parse_key("soundex(surname)")).to_pylist()
    assert codes == ["R163", "R163", "R150", "A261", "T522", "P236", "H555"]


@pytest.mark.parametrize("text", ["12 SØ", "SØ 12", "Ж12", "ЖЖ 4", "4 ЖЖ", "12 ŁÓ 3B"])
@pytest.mark.parametrize("function", ["numbers", "last_number"])
def test_numbers_of_an_address_hold_no_word_of_letters_of_any_alphabet(text: str, function: str) -> None:
    value = made([text], "address")[0]
    found = derive(pa.array([value]), parse_key(f"{function}(address)")).to_pylist()
    assert found == [DERIVED[function](str(value), 0)]


# Codes.

KIND_OF = {"forename": "forename", "surname": "surname", "middle": "middle_names", "born": "birth_date",
           "line": "address", "postcode": "postcode", "mail": "email", "whole": "full_name"}  # fmt: skip
INPUTS = {"whole": ("forename", "surname")}
WORDS_OF_ONE_KIND = ("value", "root", "first_word", "last_word")
ON_NAMES = ("prefix", "soundex", "metaphone", "root", "first_word", "last_word", "sorted_words", "is_initial")
KEYS = [
    *(Key("value", (column,)) for column in KIND_OF),
    *(key for column in ("forename", "surname", "middle") for key in keys_of(column, ON_NAMES)),
    *keys_of("born", OF_DATES),
    *keys_of("line", ("numbers", "last_number", "sorted_words")),
    *keys_of("postcode", ("prefix", "suffix", "outward")),
    *keys_of("mail", ("local_part",)),
    parse_key("sorted(forename, surname)"),
    parse_key("sorted(forename, middle, surname)"),
]
NAMES = st.sampled_from(
    ("Ann", "ANN", "Lee", "lée", "Liz", "Elizabeth", "Ann Lee", "Lee Ann", "A", "Owner", "", None)
)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "forename": NAMES,
            "surname": NAMES,
            "middle": NAMES,
            "born": st.sampled_from(("1980-05-04", "4/5/1980", "19800405", "1980", "1980-01-01", "no", None)),
            "line": st.sampled_from(
                ("Flat 2 14 High St", "14 2 HIGH STREET", "14 Mill Rd", "Mill Rd", "", None)
            ),
            "postcode": st.sampled_from(("NW1 1AA", "nw11ab", "E1 4AA", None)),
            "mail": st.sampled_from(("ann@x.uk", "Ann@x.uk", "ann@y.uk", "none", None)),
        }
    ),
    min_size=1,
    max_size=12,
)


def encoded_of(rows: list[tuple[str, dict[str, Any]]], threads: int = 1) -> Encoded:
    table = {"id": [identity for identity, _ in rows]} | {
        column: pa.array([row[column] for _, row in rows], pa.string()) for column in rows[0][1]
    }
    columns = {column: ColumnSource(INPUTS.get(column, (column,)), kind) for column, kind in KIND_OF.items()}
    return encode(pa.table(table), record_id="id", columns=columns, keys=KEYS, threads=threads)


def normal(row: dict[str, Any], column: str) -> str | None:
    raw = [row[part] for part in INPUTS.get(column, (column,))]
    if KIND_OF[column] == "birth_date":
        return {"1980-05-04": "19800504", "4/5/1980": "19800504", "19800405": "19800405", "1980": "19800000",
                "1980-01-01": "19800101"}.get(raw[0])  # fmt: skip
    return ORACLES[KIND_OF[column]](" ".join(part or "" for part in raw)) or None


def text_of(row: dict[str, Any], key: Key) -> Any:
    values = [normal(row, column) for column in key.columns]
    if None in values:
        return None
    if key.function == "sorted":
        return tuple(sorted(map(str, values)))
    value = str(values[0])
    return value if key.function == "value" else DERIVED[key.function](value, key.length) or None


def vocabulary(key: Key) -> Any:
    of_names = KIND_OF[key.columns[0]] in ("forename", "surname", "middle_names")
    return "names" if of_names and key.function in WORDS_OF_ONE_KIND else key


@given(people=PEOPLE, threads=st.integers(1, 3), chance=st.randoms(use_true_random=False))
@FEW
def test_codes_are_equal_exactly_where_texts_are_equal_and_known(
    people: list[dict[str, Any]], threads: int, chance: Any
) -> None:
    rows = [(f"r{number}", row) for number, row in enumerate(people)]
    encoded = encoded_of(rows, threads)
    coded: dict[Any, set[tuple[Any, int]]] = {}
    for key in KEYS:
        codes = encoded.codes[:, encoded.column(key)].tolist()
        texts = [text_of(people[place], key) for place in encoded.order]
        assert [code == -1 for code in codes] == [text is None for text in texts]
        known = [(text, code) for text, code in zip(texts, codes, strict=True) if text is not None]
        coded.setdefault(vocabulary(key), set()).update(known)
        if key.function != "sorted":
            assert all(encoded.texts[key][code].as_py() == text for text, code in known)
    for pairs in coded.values():
        assert len(pairs) == len({text for text, _ in pairs}) == len({code for _, code in pairs})
        assert all(code >= 0 for _, code in pairs)

    chance.shuffle(rows)
    again = encoded_of(rows)
    ids = [rows[place][0] for place in again.order]
    assert ids == [f"r{place}" for place in encoded.order]
    for key in KEYS:
        one, other = (part.codes[:, part.column(key)].tolist() for part in (encoded, again))
        assert len(set(zip(one, other, strict=True))) == len(set(one)) == len(set(other))
        assert [code == -1 for code in one] == [code == -1 for code in other]

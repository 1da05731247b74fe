"""Simulated people: the shape of the records, the traps, and the rates that a setting promises."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchmarks.people import SimulatedPeople, simulate_people
from benchmarks.people.homes import house, postcode_texts
from benchmarks.people.households import LONE_PARENT, People, settle
from benchmarks.people.rates import RATES, Setting
from benchmarks.people.records import people_needed, write_down
from benchmarks.people.slips import with_slips, with_wrong_character
from benchmarks.people.vocabulary import names

RECORDS = 40_000
PEOPLE = 60_000
COLUMNS = [
    "record_id",
    "source",
    "forename",
    "surname",
    "birth_date",
    "sex",
    "address",
    "postcode",
    "phone",
    "email",
]


@pytest.fixture(scope="module")
def easy() -> SimulatedPeople:
    return simulate_people(RECORDS)


@pytest.fixture(scope="module")
def hard() -> SimulatedPeople:
    return simulate_people(RECORDS, setting="hard")


def people_of(setting: Setting) -> People:
    return settle(np.random.default_rng(3), RATES[setting], names(), PEOPLE)


def frame_of(simulated: SimulatedPeople) -> pd.DataFrame:
    return simulated.table.to_pandas().assign(person_id=simulated.person_id)


def test_every_column_is_text_and_every_record_has_an_id_of_its_own(easy):
    assert easy.table.column_names == COLUMNS
    assert set(easy.table.schema.types) == {pa.string()}
    assert easy.table.num_rows == len(easy.person_id) == RECORDS
    assert easy.table["record_id"][0].as_py() == "r0000001"
    assert pc.count_distinct(easy.table["record_id"]).as_py() == RECORDS


def test_the_seed_alone_decides(easy):
    again, other = simulate_people(RECORDS), simulate_people(RECORDS, seed=2)
    assert again.table.equals(easy.table)
    assert np.array_equal(again.person_id, easy.person_id)
    assert not other.table.equals(easy.table)


def test_one_record_can_be_asked_for_but_not_none():
    assert simulate_people(1).table.num_rows == 1
    with pytest.raises(ValueError, match="at least one"):
        simulate_people(0)


def test_people_have_one_to_six_records_seldom_two_in_a_source(easy):
    frame = frame_of(easy)
    counts = frame["person_id"].value_counts()
    assert counts.max() <= 6
    assert 2.1 < counts.mean() < 2.3
    assert 0.005 < frame.duplicated(["person_id", "source"]).mean() < 0.03


def test_the_order_of_records_says_nothing_of_whose_they_are(easy):
    assert (np.diff(easy.person_id) == 0).mean() < 0.001
    assert abs(np.corrcoef(np.arange(RECORDS), easy.person_id)[0, 1]) < 0.02


@pytest.mark.parametrize("setting", ["easy", "hard", "alone"])
def test_values_are_missing_as_often_as_the_setting_says(setting):
    rates, frame = RATES[setting], frame_of(simulate_people(RECORDS, setting=setting))
    expected = {
        "forename": 0.0,
        "surname": 0.0,
        "birth_date": rates.missing_birth_dates,
        "sex": rates.missing_sexes,
        "postcode": rates.missing_postcodes,
        "phone": rates.missing_phones,
        "email": rates.missing_emails,
    }
    assert frame[list(expected)].isna().mean().to_dict() == pytest.approx(expected, abs=0.01)
    without = frame.groupby("source")["birth_date"].count() == 0
    assert without.sum() == rates.sources_without_birth_date


def test_birth_dates_are_days_of_the_calendar(hard):
    dates = frame_of(hard)["birth_date"].dropna()
    assert pd.to_datetime(dates, format="%Y-%m-%d").dt.year.between(1900, 2026).all()


def test_most_people_are_always_written_alike_and_fewer_so_in_the_hard_setting(easy, hard):
    alike = []
    for simulated in (easy, hard):
        frame = frame_of(simulated)
        values = frame[frame.duplicated("person_id", keep=False)].groupby("person_id")
        alike.append((values[["forename", "surname", "postcode"]].nunique() < 2).mean())
    assert (alike[0] < 1).all()
    assert (alike[1] > 0.5).all()
    assert (alike[1] < alike[0] - 0.04).all()


def test_errors_come_together_in_careless_records_and_are_as_many_as_their_rate():
    rng = np.random.default_rng(1)
    written = write_down(rng, RECORDS, RECORDS)
    first, second = written.errors(rng, 0.05), written.errors(rng, 0.05)
    assert first.mean() == pytest.approx(0.05, rel=0.1)
    assert second[first].mean() > 1.5 * second.mean()


@pytest.mark.parametrize("setting", ["easy", "hard"])
def test_twins_namesakes_movers_and_new_surnames_are_as_many_as_the_setting_says(setting):
    rates, people = RATES[setting], people_of(setting)
    homes = house(np.random.default_rng(4), rates, people)
    children = pd.DataFrame({"home": people.household, "born": people.birth_day})[people.is_child]
    assert (children.value_counts() > 1).mean() == pytest.approx(rates.twins, rel=0.25)
    is_namesake = people.is_child & (people.forename == people.forename[people.head])
    is_namesake &= people.surname == people.surname[people.head]
    families = children["home"].nunique()
    assert is_namesake.sum() / families == pytest.approx(rates.namesakes, rel=0.25)
    assert (homes.before != homes.after).mean() == pytest.approx(rates.movers, rel=0.1)
    women = (people.sex == 1) & ~people.is_child
    assert (people.change_time < 1)[women].mean() == pytest.approx(rates.surname_changes, rel=0.1)


def test_parents_are_older_than_their_children_and_children_of_different_names():
    people = people_of("hard")
    years = people.age[people.head] - people.age
    assert years[people.is_child].min() > 16
    in_family = pd.DataFrame({"home": people.household, "forename": people.forename})[people.is_child]
    assert in_family.duplicated().sum() == 0
    assert people.age.min() >= 0


def test_households_have_up_to_seven_people_and_a_few_are_communal():
    people = people_of("easy")
    sizes = np.bincount(people.household)[:-1]
    few = sizes[sizes <= 7]
    assert set(np.unique(few)) == {1, 2, 3, 4, 5, 6, 7}
    assert sizes[sizes > 7].min() >= 20
    assert sizes.max() <= 60
    assert 0 < (sizes > 7).mean() < 0.003


def test_families_share_surname_and_phone_but_housemates_only_the_address(easy):
    people = settle(np.random.default_rng(1), RATES["easy"], names(), people_needed(RECORDS))
    frame = frame_of(easy)
    frame["household"], kind = people.household[frame["person_id"]], people.kind[frame["person_id"]]
    # Phones come in several forms; their last six digits do not.
    frame["digits"] = frame["phone"].str[-6:].where(frame["phone"].notna(), None)

    def shared(column: str, rows: np.ndarray) -> float:
        apart = frame[rows].dropna(subset=[column]).drop_duplicates(["household", "person_id", column])
        return float(apart.duplicated(["household", column], keep=False).mean())

    family, mates = kind <= LONE_PARENT, kind > LONE_PARENT
    assert shared("postcode", family) > 0.4
    assert shared("postcode", mates) > 0.4
    assert shared("surname", family) > 0.4
    assert shared("surname", mates) < 0.1
    assert shared("digits", family) > 0.1
    assert shared("digits", mates) == 0


def test_who_lives_alone_shares_neither_address_nor_phone_nor_email():
    people = people_of("alone")
    homes = house(np.random.default_rng(4), RATES["alone"], people)
    lived = np.unique(np.c_[np.r_[homes.before, homes.after], np.tile(np.arange(PEOPLE), 2)], axis=0)
    assert np.bincount(lived[:, 0]).max() == 1
    places = np.c_[homes.flat, homes.house, homes.street, homes.postcode]
    assert len(np.unique(places, axis=0)) == len(places)
    frame = frame_of(simulate_people(RECORDS, setting="alone"))
    frame["digits"] = frame["phone"].str.replace(r"\D", "", regex=True).str[-9:]
    for column in ("digits", "email"):
        assert frame.dropna(subset=[column]).groupby(column)["person_id"].nunique().max() == 1


def test_the_town_grows_with_its_people():
    small, large = simulate_people(20_000), simulate_people(80_000)
    per_person = [
        pc.count_distinct(one.table["postcode"]).as_py() / one.table.num_rows for one in (small, large)
    ]
    assert per_person[0] == pytest.approx(per_person[1], rel=0.1)
    postcodes = postcode_texts(np.random.default_rng(1), 30_000)
    assert pc.count_distinct(postcodes).as_py() == 30_000


def test_a_slip_is_one_letter_too_many_too_few_wrong_or_moved():
    texts = pa.array(["Margaret"] * 2000 + ["Jo"])
    slipped = with_slips(np.random.default_rng(1), texts).to_pylist()
    assert slipped[-1] == "Jo"
    assert {len(text) for text in slipped[:-1]} == {7, 8, 9}
    assert "Margaret" not in slipped
    of_one_length = [text for text in slipped if len(text) == 8]
    wrong = [[a for a, b in zip(text, "Margaret", strict=True) if a != b] for text in of_one_length]
    assert {len(letters) for letters in wrong} == {1, 2}
    assert all(text.isalpha() for text in slipped)


def test_a_wrong_character_is_of_its_kind():
    texts = with_wrong_character(np.random.default_rng(1), pa.array(["AB1 2CD"] * 500)).to_pylist()
    assert all(pc.match_substring_regex(pa.array(texts), r"^[A-Z]{2}\d \d[A-Z]{2}$").to_pylist())
    assert {sum(a != b for a, b in zip(text, "AB1 2CD", strict=True)) for text in texts} == {1}

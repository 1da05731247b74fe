"""Identifiers: fictional ranges, right check digits but for the few broken on purpose."""

import nhs_number
import numpy as np
import pandas as pd
import phonenumbers
from stdnum.gb.upn import calc_check_digit

from sample_data.generator.draws import Draws
from sample_data.generator.identifiers import mobiles, nhs_numbers, ninos, upns
from sample_data.generator.lexicon import Lexicon


def test_nhs_numbers_are_of_the_test_range_with_the_right_check_digit():
    numbers = nhs_numbers(Draws(1), 500)
    assert all(number.startswith("999") and nhs_number.is_valid(number) for number in numbers)
    assert len(set(numbers)) == 500


def test_pupil_numbers_are_of_no_authority_with_the_right_letter():
    numbers = upns(Draws(1), 500)
    assert all(number[1:4] == "999" and calc_check_digit(number[1:]) == number[0] for number in numbers)
    assert len(set(numbers)) == 500


def test_nino_and_mobile_are_fictional_and_distinct():
    assert all(pd.Series(ninos(Draws(1), 5000)).str.fullmatch(r"ZZ\d{6}[A-D]"))
    numbers = mobiles(Draws(1), 5000)
    assert len(set(numbers)) == 5000
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(n, "GB")) for n in numbers[::50])
    assert all(n.startswith(("07700900", "067")) for n in numbers)


def test_a_few_identifiers_in_the_extracts_are_broken_and_the_rest_are_right(camden):
    written = camden.read("national_benefits", "2026-08-01")["NINO"]
    assert 0.97 < written.str.fullmatch(r"ZZ\d{6}[A-D]").mean() <= 1
    nhs = camden.read("adult_social_care", "2026-08-01")["NHS_Number"]
    valid = [nhs_number.is_valid(n) and n.startswith("999") for n in nhs[nhs != ""]]
    assert np.mean(valid) > 0.95


def test_uprns_and_postcodes_are_of_nowhere(camden, vale):
    for town, area in ((camden, r"NX[1-9] \d[A-Z]{2}"), (vale, r"VG[1-6] \d[A-Z]{2}")):
        gazetteer = town.read("gazetteer", "2026-08-01")
        assert gazetteer["UPRN"].str.fullmatch(r"9999\d{8}").all()
        assert gazetteer["POSTCODE_LOCATOR"].str.fullmatch(area).all()
        current = gazetteer[(gazetteer["LPI_STATUS"] == "1") & (gazetteer["LANGUAGE"] == "ENG")]
        assert not current["UPRN"].duplicated().any()
        parents = gazetteer.loc[gazetteer["PARENT_UPRN"] != "", "PARENT_UPRN"]
        assert set(parents) <= set(gazetteer["UPRN"])


def test_two_random_people_share_a_surname_as_often_as_in_the_country():
    for profile in ("camden", "vale"):
        assert 0.00085 < Lexicon(profile).collision() < 0.00095


def test_the_other_profile_has_welsh_names_and_addresses(vale):
    gazetteer = vale.read("gazetteer", "2026-08-01")
    assert (gazetteer["LANGUAGE"] == "CYM").sum() > 100
    persons = vale.truth("persons")
    assert 0.2 < (persons["community"] == "welsh").mean() < 0.5

import json

import pandas as pd
import pytest

from tests.unit.index.feed.conftest import AFTER, ELSEWHERE, HOME

MOVED = pd.Timestamp("2026-09-15")


def day(text):
    return pd.Timestamp(text)


def kinds(told):
    return sorted(told["kind"])


def gone(**given):
    return {"is_live": False, "end_date": MOVED, **given}


def test_nothing_changes_where_nothing_changed(a_person, nothing_told) -> None:
    nothing_told([a_person("ann")], [a_person("ann")])


def test_somebody_newly_stated_since_a_recent_day_joined(a_person, news, new) -> None:
    told = news([a_person("ann")], [a_person("ann"), a_person("bob", start_date=MOVED, **new)])
    (row,) = told.to_dict("records")
    assert (row["kind"], row["change_date"], row["source_count"]) == ("joined", MOVED, 1)
    assert row["probability"] == pytest.approx(0.9)
    assert json.loads(row["evidence"]) == [
        {
            "source": "housing_benefit",
            "from_date": "2026-09-15",
            "first_snapshot_date": "2026-10-01",
            "weight": 0.9,
        }
    ]


def test_a_late_record_of_somebody_long_there_is_no_arrival(a_person, nothing_told, new) -> None:
    nothing_told([a_person("ann")], [a_person("ann"), a_person("bob", start_date=day("2015-03-01"), **new)])


def test_a_first_contact_with_a_service_is_no_arrival(a_person, nothing_told, new) -> None:
    card = a_person("bob", "libraries", start_date=MOVED, **new)
    nothing_told([a_person("ann")], [a_person("ann"), card])


def test_a_late_record_of_a_former_address_is_no_change(a_person, nothing_told, new) -> None:
    late = a_person("ann", "council_tax", uprn=ELSEWHERE, start_date=day("2015-01-01"), **new)
    late |= {"is_live": False, "end_date": day("2019-12-31")}
    nothing_told([a_person("ann")], [a_person("ann"), late])


def test_another_source_that_hears_of_somebody_already_there_is_no_change(
    a_person, nothing_told, new
) -> None:
    nothing_told([a_person("ann")], [a_person("ann"), a_person("ann", "council_tax", **new)])


def test_who_moves_leaves_one_household_and_joins_the_other(a_person, news, new) -> None:
    told = news(
        [a_person("ann"), a_person("bob")],
        [
            a_person("ann"),
            a_person("bob", **gone()),
            a_person("bob", key="2", uprn=ELSEWHERE, start_date=MOVED, **new),
        ],
    )
    assert kinds(told) == ["joined", "left"]
    assert told["change_date"].tolist() == [MOVED, MOVED]
    assert told["household_id"].nunique() == 2


def test_the_last_to_leave_dissolves_the_household(a_person, news) -> None:
    told = news([a_person("ann"), a_person("bob")], [a_person("ann", **gone()), a_person("bob", **gone())])
    assert kinds(told) == ["household_dissolved", "left", "left"]
    whole = told[told["kind"] == "household_dissolved"].iloc[0]
    assert pd.isna(whole["resident_id"])
    assert len(json.loads(whole["evidence"])) == 1


def test_who_stays_keeps_the_household(a_person, news) -> None:
    assert kinds(news([a_person("ann"), a_person("bob")], [a_person("ann"), a_person("bob", **gone())])) == [
        "left"
    ]


def test_a_record_no_longer_sent_tells_that_somebody_left_but_not_when(a_person, news) -> None:
    closed = {"is_live": False, "closed_date": day(str(AFTER))}
    told = news([a_person("ann"), a_person("bob")], [a_person("ann"), a_person("bob", **closed)])
    assert kinds(told) == ["left"]
    assert told["change_date"].isna().all()


def test_a_source_that_does_not_deliver_makes_nobody_leave(a_person, nothing_told) -> None:
    before = [a_person("ann"), a_person("bob")]
    nothing_told(before, [a_person("ann"), a_person("bob")], stale=frozenset({"housing_benefit"}))


def test_an_expired_card_makes_nobody_leave(a_person, nothing_told) -> None:
    before = [a_person("ann"), a_person("bob", "libraries")]
    nothing_told(before, [a_person("ann"), a_person("bob", "libraries", **gone())])


def test_a_birth_is_told_and_not_an_arrival(a_person, news, new) -> None:
    born = day("2026-09-10")
    baby = a_person("kim", birth_date=born, birth_date_precision="day", start_date=born, **new)
    told = news([a_person("ann")], [a_person("ann"), baby])
    assert kinds(told) == ["born"]
    assert told["change_date"].tolist() == [born]


def test_an_infant_who_comes_with_the_family_joined(a_person, news, new) -> None:
    infant = {"birth_date": day("2026-02-01"), "birth_date_precision": "day"}
    family = [a_person("ann", start_date=MOVED, **new), a_person("kim", start_date=MOVED, **infant, **new)]
    assert kinds(news([a_person("zoe", uprn=ELSEWHERE)], [a_person("zoe", uprn=ELSEWHERE), *family])) == [
        "joined",
        "joined",
    ]


def test_a_death_is_told_with_its_date(a_person, news) -> None:
    died = day("2026-09-20")
    told = news([a_person("ann"), a_person("bob")], [a_person("ann"), a_person("bob", death_date=died)])
    assert kinds(told) == ["died"]
    assert told["change_date"].tolist() == [died]


def test_a_household_is_dissolved_by_a_death_that_a_service_states(a_person, news) -> None:
    told = news([a_person("ann")], [a_person("ann", death_date=MOVED)])
    assert kinds(told) == ["died", "household_dissolved"]
    assert told["source_count"].tolist() == [1, 1]


def test_a_spelling_put_right_is_no_change(a_person, nothing_told) -> None:
    nothing_told([a_person("jon")], [a_person("jon", forename="JOHN", surname="LEIGH")])


def test_a_resident_who_is_split_or_gets_another_id_has_not_moved(a_person, nothing_told) -> None:
    before = [a_person("ann"), a_person("ann", "council_tax")]
    nothing_told(before, [a_person("ann", cluster="x"), a_person("ann", "council_tax", cluster="y")])


def test_residents_who_merge_have_not_moved(a_person, nothing_told) -> None:
    before = [a_person("ann"), a_person("ann", "council_tax", cluster="y")]
    nothing_told(before, [a_person("ann"), a_person("ann", "council_tax")])


def test_a_record_under_another_id_has_not_moved(a_person, nothing_told) -> None:
    nothing_told(
        [a_person("ann")],
        [a_person("ann", key="new-key", cluster="fresh")],
        aliases={"housing_benefit:ann:member:1": "housing_benefit:new-key:member:1"},
    )


def test_a_flat_found_for_a_building_is_no_move(a_person, nothing_told, gazetteer) -> None:
    homes = gazetteer([HOME, ELSEWHERE])
    homes.loc[homes["uprn"] == ELSEWHERE, "parent_uprn"] = HOME
    nothing_told([a_person("ann")], [a_person("ann", uprn=ELSEWHERE)], addresses=homes)


def test_another_uprn_for_the_same_words_is_no_move(a_person, nothing_told) -> None:
    nothing_told([a_person("ann")], [a_person("ann", uprn=ELSEWHERE, address_text=HOME)])


def test_a_namesake_first_heard_of_may_be_the_same_person(a_person, nothing_told, new) -> None:
    double = a_person("ann", "council_tax", cluster="double", surname="OKAFOR", start_date=MOVED, **new)
    nothing_told([a_person("ann")], [a_person("ann"), double])


def test_a_record_that_has_come_to_name_another_does_not_hide_who_left(a_person, news) -> None:
    account = {"source": "council_tax", "key": "lead"}
    before = [a_person("john", **account), a_person("john"), a_person("mary", "electoral_register")]
    after = [a_person("mary", **account), a_person("john", **gone()), a_person("mary", "electoral_register")]
    assert kinds(news(before, after)) == ["left"]


def test_who_leaves_under_another_record_id_is_told(a_person, news) -> None:
    told = news(
        [a_person("ann"), a_person("bob")],
        [a_person("ann"), a_person("bob", key="new-key", **gone())],
        aliases={"housing_benefit:bob:member:1": "housing_benefit:new-key:member:1"},
    )
    assert kinds(told) == ["left"]


def test_a_resident_who_merges_as_one_record_ends_has_not_left(a_person, nothing_told) -> None:
    others = [
        a_person("ann", source) for source in ("housing_benefit", "housing_tenancies", "electoral_register")
    ]
    before = [*others, a_person("ann", "council_tax", cluster="y")]
    nothing_told(before, [*others, a_person("ann", "council_tax", **gone())])


def test_no_death_of_anybody_whose_address_is_withheld_is_told(a_person, nothing_told) -> None:
    hidden = a_person("bob", "childrens_social_care", uprn=None, is_protected=True)
    dead = a_person("bob", death_date=MOVED)
    nothing_told([a_person("ann"), a_person("bob")], [a_person("ann"), dead, hidden])


def test_whose_address_comes_to_be_withheld_has_not_left(a_person, nothing_told) -> None:
    hidden = a_person("bob", "childrens_social_care", uprn=None, is_protected=True)
    nothing_told([a_person("ann"), a_person("bob")], [a_person("ann"), a_person("bob"), hidden])


def test_no_household_is_dissolved_by_an_address_that_is_withheld(a_person, news) -> None:
    hidden = a_person("bob", "childrens_social_care", uprn=None, is_protected=True)
    told = news([a_person("ann"), a_person("bob")], [a_person("ann", **gone()), a_person("bob"), hidden])
    assert kinds(told) == ["left"]


def test_the_order_of_rows_and_the_id_of_a_change_do_not_depend_on_each_other(a_person, news, new) -> None:
    before = [a_person("ann"), a_person("bob")]
    after = [a_person("ann", **gone()), a_person("bob"), a_person("cy", start_date=MOVED, **new)]
    pd.testing.assert_frame_equal(news(before, after), news(before[::-1], after[::-1]))

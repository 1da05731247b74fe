"""Kill -9 at every point of a publish: readers see the old index or the new one; the next publish needs no repair."""

import random
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.store import migrate
from linkage.store.transaction import reading
from tests.databases import address, engine_on
from tests.integration.children import child, seconds_of
from tests.integration.council import Council
from tests.integration.editions import (
    Editions,
    check_law,
    check_past,
    fingerprint,
    going_back,
    publishing,
)
from tests.postgres import Server

KILLS = 50
SERVER_KILLS = 5
AT_WORK = "Another publish is at work"
LOST = "StoreError: The index's database did not do what was asked"
DONE = ("published", "already_published")
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def editions(council: Council) -> Editions:
    return Editions(council.settings.data_dir, {"a": council.runs[0].run_id, "b": council.runs[1].run_id})


def first_two(editions: Editions, url: str) -> dict[str, str]:
    """Publish both editions; give the fingerprint of each."""
    known = {}
    for run_id in ("a0", "b0"):
        assert publishing(editions, url, run_id)() == "published"
        with reading(engine_on(url)) as connection:
            known[run_id[0]] = fingerprint(connection)
    assert known["a"] != known["b"]
    return known


def look_at(engine: sa.Engine, known: dict[str, str], allowed: set[str]) -> str:
    """The run that a reader finds live: one of those allowed, whole."""
    with reading(engine) as connection:
        live = check_law(connection, known)
    assert live in allowed
    return live


def when_it_is_free(work: Callable[[], str]) -> str:
    """Do it once the server has noticed that the killed program is gone, as far as it must be waited for."""
    latest = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return work()
        except StoreError as error:
            if AT_WORK not in str(error) or time.monotonic() > latest:
                raise
            time.sleep(0.05)


def test_fifty_publishers_are_killed_and_readers_see_one_edition_or_the_other(
    engine: sa.Engine, editions: Editions
) -> None:
    url, moments = address(engine.url), random.Random(4)
    known = first_two(editions, url)
    length = min(seconds_of(publishing, editions, url, run_id) for run_id in ("a1", "b1", "a2"))
    live, kills, number = "a2", 0, 2
    while kills < KILLS:
        number += 1
        assert number < 4 * KILLS, "most publishers end before they are killed"
        letter, is_rollback = "b" if live[0] == "a" else "a", number % 5 == 0
        wanted = f"{letter}0" if is_rollback else f"{letter}{number}"
        given = (going_back, url, wanted) if is_rollback else (publishing, editions, url, wanted)
        doing = child(*given)
        with reading(engine) as before:
            assert check_law(before, known) == live
            doing.go()
            moment = length * (kills + moments.random()) / KILLS
            time.sleep(moment / 2)
            look_at(engine, known, {live, wanted})
            time.sleep(moment / 2)
            was_killed = doing.kill()
            kills += was_killed
            # A machine that is faster by now than it was: the kills still have to fall before the end.
            length *= 1 if was_killed or is_rollback else 0.95
            look_at(engine, known, {live, wanted})
            assert fingerprint(before) == known[live[0]]
        assert when_it_is_free(given[0](*given[1:])) in DONE
        live = look_at(engine, known, {wanted})
    with reading(engine) as connection:
        assert check_past(connection, known) > KILLS


def test_the_server_itself_is_killed_and_recovers_to_one_edition_or_the_other(
    server: Server, editions: Editions
) -> None:
    engine, moments = engine_on(server.url), random.Random(5)
    migrate(engine)
    known = first_two(editions, server.url)
    length, live = seconds_of(publishing, editions, server.url, "a1"), "a1"
    for number in range(2, 2 + SERVER_KILLS):
        wanted = f"{'b' if live[0] == 'a' else 'a'}{number}"
        doing = child(publishing, editions, server.url, wanted)
        doing.go()
        time.sleep(length * moments.random())
        server.kill()
        said = doing.outcome()
        assert said == "published" or said.startswith(LOST)
        server.start()
        look_at(engine, known, {live, wanted})
        assert when_it_is_free(publishing(editions, server.url, wanted)) in DONE
        live = look_at(engine, known, {wanted})
    with reading(engine) as connection:
        assert check_past(connection, known) == 3 + SERVER_KILLS


def test_of_two_publishers_at_once_one_wins_and_the_other_says_so(
    engine: sa.Engine, editions: Editions
) -> None:
    url = address(engine.url)
    known = first_two(editions, url)
    for number in range(1, 6):
        both = [child(publishing, editions, url, f"{letter}{number}") for letter in "ab"]
        for one in both:
            one.go()
        said = dict(zip("ab", [one.outcome() for one in both], strict=True))
        winners = {f"{letter}{number}" for letter, text in said.items() if text == "published"}
        lost = [text for text in said.values() if text != "published"]
        assert all(text.startswith((f"StoreError: {AT_WORK}", "IndexMovedError: ")) for text in lost)
        look_at(engine, known, winners)

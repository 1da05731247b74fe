"""More couples in the simulated town: who lives alone moves in with a lone parent, which the generator never does."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from sample_data.generator import months
from sample_data.generator.moves import LENGTH, days_in_month
from sample_data.generator.world import CANARY, CHILD, HEAD, PARTNER, World

RATE = 0.006
"""Of all households, those that a partner moves into in a month: many times the usual, to have something to count."""


def meet_lone_parents(world: World, tag: str, day: int) -> None:
    """As `couples.meetings`, but those who are moved in with are lone parents."""
    columns, home, age = world.people, world.people["household"], world.ages(day)
    size, adults, children = (
        np.bincount(home[(home >= 0) & counted], minlength=len(world.households))
        for counted in (
            np.ones(len(home), dtype=bool),
            columns["role"] != CHILD,
            (columns["role"] == CHILD) & (age < 18),
        )
    )
    heads = np.flatnonzero(world.present() & (columns["role"] == HEAD) & (age > 20) & (age < 65))
    heads = heads[heads != CANARY]
    movers = heads[size[home[heads]] == 1]
    hosts = heads[(adults[home[heads]] == 1) & (children[home[heads]] > 0)]
    count = min(int((size > 0).sum() * RATE + 0.5), len(hosts), len(movers))
    hosts = world.draws.shuffled(f"{tag}.hosts", hosts)[:count]
    movers = world.draws.shuffled(f"{tag}.movers", movers)[:count]
    days = days_in_month(world, f"{tag}.meet", count, day)
    world.leave(movers, days)
    world.enter(movers, home[hosts], days, within=True)
    columns["partner"][hosts], columns["partner"][movers] = movers, hosts
    columns["role"][movers] = PARTNER
    world.record("partner_in", movers, home[hosts], days)
    world.close_empty(day + LENGTH)


@contextmanager
def lone_parents_meet() -> Iterator[None]:
    """While it lasts, councils are simulated so."""
    usual = months.meetings
    months.meetings = meet_lone_parents
    try:
        yield
    finally:
        months.meetings = usual

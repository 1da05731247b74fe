"""The simulated town from its founding to the last month."""

from collections.abc import Callable
from datetime import date

import numpy as np

from sample_data.generator import reference
from sample_data.generator.arrays import day_number
from sample_data.generator.draws import Draws
from sample_data.generator.founding import fill_communal, found, open_communal
from sample_data.generator.lexicon import Lexicon
from sample_data.generator.months import live_month
from sample_data.generator.moves import LENGTH
from sample_data.generator.places import HMO, make_places
from sample_data.generator.world import CANARY, PRIVATE, World

BEFORE = 30
"""Months lived before the first snapshot, so that services hold stale records from the start."""
AFTER = 4
"""Months lived after the last snapshot, so that children not yet born are known to social care."""


def simulate(
    draws: Draws, *, residents: int, profile: str, first: date, months: int, progress: Callable[[str], None]
) -> World:
    """The town with its whole history around a run of monthly snapshots.

    Args:
        draws: Source of randomness.
        residents: People who live in the town at any time, about.
        profile: camden or vale.
        first: Date of the first snapshot.
        months: Number of snapshots.
        progress: Told in plain words what is being done.
    """
    rates = reference.profile(profile)
    begin = day_number(first) - BEFORE * LENGTH
    progress(f"laying out a town for {residents:,} residents")
    private = residents * (1 - rates["communal_share"])
    mean = sum(n * rates[f"size_{n}"] for n in range(1, 6)) + 0.12
    places = make_places(draws, profile, round(private / mean * 1.07) + 20, begin)
    world = World(draws, Lexicon(profile), places, rates)
    world.occupant = np.full(len(places.building), -1, dtype=np.int64)
    _settle(world, round(private / mean), begin, residents)
    for month in range(BEFORE + months + AFTER):
        live_month(world, f"month.{month}", begin + month * LENGTH, residents)
        if month % 6 == 5:
            progress(f"{month + 1} of {BEFORE + months + AFTER} months lived")
    return world


def _settle(world: World, households: int, begin: int, residents: int) -> None:
    """The households that already live in the town when the simulation begins."""
    draws, rates = world.draws, world.rates
    vacant = world.vacant("founding", begin)[:households]
    vacant = vacant[np.argsort(world.places.kind[vacant] == HMO, kind="stable")]
    tenure = draws.pick(
        "founding.tenure",
        len(vacant),
        np.array([rates["tenure_own"], rates["tenure_social"], rates["tenure_private"]]),
    )
    years = np.where(tenure == PRIVATE, 3.0, 11.0) * draws.uniform("founding.years", len(vacant)) * 2
    found(world, "founding", vacant, np.asarray(begin - 20 - years * 365, dtype=np.int64), tenure)
    open_communal(world, begin)
    fill_communal(world, "founding.communal", begin - 10, round(residents * rates["communal_share"]))
    _place_canary(world)


def _place_canary(world: World) -> None:
    """Quillon Zzyzxcanary, 68, lives alone."""
    columns, lexicon = world.people, world.lexicon
    columns["forename"][CANARY] = lexicon.forenames.codes(["Quillon"])[0]
    columns["surname"][CANARY] = columns["stem"][CANARY] = lexicon.surnames.codes(["Zzyzxcanary"])[0]
    columns["middle"][CANARY] = -1
    columns["sex"][CANARY] = 0
    columns["born"][CANARY] = day_number(date(1958, 3, 19))

"""What one service knows on a day: news of moves, exits and new names reaches it late, or never."""

import numpy as np

from sample_data.generator import reference
from sample_data.generator.arrays import FAR, Flags, Floats, Ints
from sample_data.generator.facts import Facts


class Knowledge:
    """When each spell, exit and change of name comes to a service's notice."""

    def __init__(self, facts: Facts, source: str) -> None:
        self.facts, self.source = facts, source
        self._lags = _lags(source)
        spells = facts.spells
        how = spells["within"]
        stay_start = facts.stays["start"][spells["stay"]] == spells["start"]
        together = np.where(stay_start, spells["stay"], len(facts.stays["start"]) + spells["person"])
        count = len(facts.stays["start"]) + facts.count
        moved, moved_in = self._wait("move_within", count)[together], self._wait("move_in", count)[together]
        cared = self._wait("care_stay", count)[together]
        self.notice = spells["start"] + np.choose(how, [moved_in, moved, cared])
        died = facts.people["died"] < FAR
        self.exit_notice = facts.exit_day + np.where(
            died, self._wait("death", facts.count), self._wait("exit", facts.count)
        )
        self.renaming_notice = facts.people["renamed"] + self._wait("renaming", facts.count)

    def stay_at(self, day: int) -> Ints:
        """Stay each person is thought to be in, -1 where the service never heard of one."""
        spells = self.facts.spells
        heard = self.notice <= day
        result = np.full(self.facts.count, -1, dtype=np.int64)
        result[spells["person"][heard]] = spells["stay"][heard]
        return result

    def since(self, day: int) -> Ints:
        """First day of the spell each person is thought to be in."""
        spells = self.facts.spells
        heard = self.notice <= day
        result = np.full(self.facts.count, FAR, dtype=np.int64)
        result[spells["person"][heard]] = spells["start"][heard]
        return result

    def is_live(self, day: int) -> Flags:
        """People not known to have left or died."""
        return self.exit_notice > day

    def is_renamed(self, day: int) -> Flags:
        """People whose present surname the service holds; true for those who never changed it."""
        return (self.facts.people["former"] < 0) | (self.renaming_notice <= day)

    def _wait(self, event: str, count: int) -> Ints:
        median, never = self._lags[event]
        waits = self.facts.draws.waits(f"{self.source}.{event}.lag", count, np.full(count, median))
        never_told = self.facts.draws.chance(f"{self.source}.{event}.never", count, never / 100)
        return np.where(never_told, FAR, waits)


def _lags(source: str) -> dict[str, tuple[float, float]]:
    rows = reference.table("lags")
    mine = rows[rows["source"] == source]
    median, never = mine["median_days"].astype(float), mine["never_pct"].astype(float)
    return {e: (m, n) for e, m, n in zip(mine["event"], median, never, strict=True)}


def rate(source: str, facts: Facts, share: Floats | float) -> Flags:
    """People a service covers at a rate for each, the canary always among them."""
    covered = facts.draws.uniform(f"{source}.cover", facts.count) < share
    covered[0] = True
    return np.asarray(covered)

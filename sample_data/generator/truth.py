"""The truth beside the extracts: whom each record mentions, who lived where, what happened, and the frauds."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.generator.arrays import FAR, Ints, Texts, date_text, numbers
from sample_data.generator.facts import Facts
from sample_data.generator.sheet import Sheet
from sample_data.generator.writing import delimited

LAYOUT = "%Y-%m-%d"


@dataclass
class Truth:
    """Collects what every extract mentions, then writes the five files."""

    facts: Facts
    mentions: list[pd.DataFrame] = field(default_factory=list)
    frauds: list[pd.DataFrame] = field(default_factory=list)

    def add(self, source: str, snapshot: date, sheet: Sheet) -> None:
        """Take in one extract's mentions and frauds."""
        keys = source + ":" + sheet.record_keys()
        for mention in sheet.mentions:
            ids = keys[mention.rows] + f":{mention.role}:{mention.position}"
            frame = pd.DataFrame(
                {"record_id": pd.array(ids, dtype="string[pyarrow]"), "person": mention.people}
            )
            self.mentions.append(frame.assign(snapshot=snapshot.toordinal()))
        for fraud in sheet.frauds:
            self.frauds.append(
                pd.DataFrame(
                    {
                        "kind": fraud.kind,
                        "source": source,
                        "record_id": keys[fraud.rows] + f":{fraud.role}:1",
                        "person": fraud.people,
                        "dwelling": fraud.dwelling,
                        "start": fraud.start,
                    }
                )
            )

    def write(self, folder: Path, last_day: int) -> int:
        """Write the five files; returns the number of rows of record_person.csv."""
        folder.mkdir(parents=True, exist_ok=True)
        records, mentioned = self._records()
        files = {
            "record_person.csv": records,
            "person_household.csv": self._households(last_day),
            "persons.csv": self._persons(mentioned, last_day),
            "events.csv": self._events(last_day),
            "frauds.csv": self._frauds(),
        }
        for name, columns in files.items():
            (folder / name).write_bytes(delimited(columns, ","))
        return len(records["record_id"])

    def _records(self) -> tuple[dict[str, Texts], Ints]:
        """One row for each run of snapshots over which a record mentions the same person."""
        rows = pd.concat(self.mentions, ignore_index=True).drop_duplicates()
        code, ids = pd.factorize(rows["record_id"], sort=True)
        person, moment = rows["person"].to_numpy(), rows["snapshot"].to_numpy()
        order = np.lexsort((person, moment, code))
        code, person, moment = np.asarray(code)[order], person[order], moment[order]
        begins = np.ones(len(code), dtype=bool)
        begins[1:] = (code[1:] != code[:-1]) | (person[1:] != person[:-1])
        first = np.flatnonzero(begins)
        last = np.append(first[1:], len(code)) - 1
        names = np.asarray(ids, dtype=object)[code[first]]
        columns = {
            "record_id": names,
            "person_id": person_ids(person[first]),
            "first_snapshot": date_text(moment[first] - 719_163, LAYOUT),
            "last_snapshot": date_text(moment[last] - 719_163, LAYOUT),
        }
        return columns, np.unique(person)

    def _households(self, last_day: int) -> dict[str, Texts]:
        """Every spell begun by the last snapshot, in order of person and time."""
        facts, spells = self.facts, self.facts.spells
        rows = np.flatnonzero((spells["start"] <= last_day) & (spells["end"] > spells["start"]))
        rows = rows[np.lexsort((rows, spells["person"][rows]))]
        person, stay = spells["person"][rows], spells["stay"][rows]
        start, end = (
            spells["start"][rows],
            np.where(spells["end"][rows] <= last_day, spells["end"][rows], FAR),
        )
        start[1:] = np.where(person[1:] == person[:-1], np.maximum(start[1:], end[:-1] % FAR), start[1:])
        uprn = numbers(facts.places.uprn[facts.stays["dwelling"][stay]], 12)
        return {
            "person_id": person_ids(person),
            "household_id": household_ids(facts.household_of_stay(stay)),
            "uprn": uprn,
            "start_date": date_text(start, LAYOUT),
            "end_date": date_text(end, LAYOUT),
        }

    def _persons(self, mentioned: Ints, last_day: int) -> dict[str, Texts]:
        """Everyone who lived in the town by the last snapshot, or whom a record mentions."""
        facts, people = self.facts, self.facts.people
        listed = np.zeros(facts.count, dtype=bool)
        listed[facts.spells["person"][facts.spells["start"] <= last_day]] = True
        listed[mentioned] = True
        person = np.flatnonzero(listed)
        names = facts.names(folded=False)
        gone = [
            np.where(people[n][person] <= last_day, people[n][person], FAR)
            for n in ("died", "left", "renamed")
        ]
        before = np.where(people["renamed"][person] <= last_day, names.former[person], "").astype(object)
        later = (people["former"][person] >= 0) & (people["renamed"][person] > last_day)
        communities = np.array(facts.world.lexicon.communities, dtype=object)
        relatives = {n: people[n][person] for n in ("mother", "father")}
        return {
            "person_id": person_ids(person),
            "forename": names.forename[person],
            "middle_name": names.middle[person],
            "surname": np.where(later, names.former[person], names.surname[person]).astype(object),
            "former_surname": before,
            "birth_date": date_text(people["born"][person], LAYOUT),
            "sex": np.where(people["sex"][person] == 0, "M", "F").astype(object),
            "death_date": date_text(gone[0], LAYOUT),
            "left_date": date_text(gone[1], LAYOUT),
            "renamed_date": date_text(gone[2], LAYOUT),
            "community": communities[people["community"][person]],
            **{f"{n}_id": np.where(v >= 0, person_ids(v), "").astype(object) for n, v in relatives.items()},
        }

    def _events(self, last_day: int) -> dict[str, Texts]:
        """Every event up to the last snapshot, in order of date."""
        facts, kinds = self.facts, []
        for kind, person, home, days in self.facts.world.events:
            kinds.append(pd.DataFrame({"kind": kind, "person": person, "home": home, "day": days}))
        rows = pd.concat(kinds, ignore_index=True)
        rows = rows[rows["day"] <= last_day].sort_values(["day", "kind", "person"], kind="stable")
        home = rows["home"].to_numpy()
        stay = facts.world.households["stay"][np.maximum(home, 0)]
        uprn = numbers(facts.places.uprn[facts.stays["dwelling"][stay]], 12)
        return {
            "event_id": np.asarray("V" + numbers(np.arange(1, len(rows) + 1), 7), dtype=object),
            "date": date_text(rows["day"].to_numpy(), LAYOUT),
            "kind": rows["kind"].to_numpy(dtype=object),
            "person_id": person_ids(rows["person"].to_numpy()),
            "household_id": np.where(home >= 0, household_ids(home), "").astype(object),
            "uprn": np.where(home >= 0, uprn, "").astype(object),
            "detail": np.full(len(rows), "", dtype=object),
        }

    def _frauds(self) -> dict[str, Texts]:
        """One row a fraud, however many snapshots show it."""
        columns = ["kind", "source", "record_id", "person", "dwelling", "start"]
        rows = pd.concat([pd.DataFrame(columns=columns, dtype=object), *self.frauds], ignore_index=True)
        rows = rows.drop_duplicates(["kind", "record_id"]).sort_values(["kind", "record_id"])
        dwelling, start = rows["dwelling"].to_numpy(dtype=np.int64), rows["start"].to_numpy(dtype=np.int64)
        return {
            "fraud_id": np.asarray("F" + numbers(np.arange(1, len(rows) + 1), 6), dtype=object),
            "kind": rows["kind"].to_numpy(dtype=object),
            "source": rows["source"].to_numpy(dtype=object),
            "record_id": rows["record_id"].to_numpy(dtype=object),
            "person_id": person_ids(rows["person"].to_numpy(dtype=np.int64)),
            "uprn": numbers(self.facts.places.uprn[dwelling], 12),
            "start_date": date_text(start, LAYOUT),
            "end_date": np.full(len(rows), "", dtype=object),
        }


def person_ids(people: Ints) -> Texts:
    """Truth's own id of each person."""
    return np.asarray("P" + numbers(people + 1, 7), dtype=object)


def household_ids(households: Ints) -> Texts:
    """Truth's own id of each household."""
    return np.asarray("H" + numbers(households + 1, 7), dtype=object)

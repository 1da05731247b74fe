"""Who else lives at a tenancy: the household of the tenant, the landlord's newer tenants, and people of neither."""

import pandas as pd

from linkage.outcomes.statements import one_voice
from linkage.outcomes.tenancies.tenants import HOUSING, PURPOSE, Housing, limits
from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, SOURCE_RECORD, STATED_RELATION


def occupants(view: View, held: Housing, tenancies: pd.DataFrame) -> pd.DataFrame:
    """People other than the tenants whom services other than the landlord have at each tenancy now.

    Args:
        view: The index.
        held: What the landlord and the services say.
        tenancies: What `tenants` gave.

    Returns:
        One row a tenancy and resident, in that order: `reference`, `resident_id`, `odds` that one of the services is
        right, `lasting_odds` (leaving out accounts that are as old as the tenancy, which others may have taken over),
        `owner_count`, `since_date` (missing where none says), `is_household` (of the tenant: named in the
        tenancy, kin, of one surname, or there when it began), `is_later` (came after it began), `is_account` (and has
        an account of the home).
    """
    said = held.said[held.said["is_live"] & (held.said["weight"] > 0) & (held.said["source"] != HOUSING)]
    homes = tenancies[["reference", "uprn", "start_date"]]
    at = homes.merge(said[["uprn", "resident_id", "owner", "weight", "since_date", "is_account"]], on="uprn")
    at = at[~at["resident_id"].isin(_tenants_of_all(held))]
    each = one_voice(at, ["reference", "resident_id"])
    newest = at["start_date"] + pd.Timedelta(days=limits().slack_days)
    lasting = one_voice(at[~(at["is_account"] & (at["since_date"] <= newest))], ["reference", "resident_id"])
    kept = lasting.drop(columns="owner_count").rename(columns={"odds": "lasting_odds"})
    each = each.merge(kept, on=["reference", "resident_id"], how="left").fillna({"lasting_odds": 0.0})
    since = at.groupby(["reference", "resident_id"])[["since_date"]].min().reset_index()
    found = each.merge(since, on=["reference", "resident_id"]).merge(
        homes[["reference", "start_date"]], on="reference"
    )
    came = found["since_date"] > found["start_date"] + pd.Timedelta(days=limits().slack_days)
    kin = _is_kin(view, held, found)
    is_named = _is_among(found, held.members[["reference", "resident_id"]])
    early = found["since_date"].notna() & ~came
    account = _is_among(found, at.loc[at["is_account"], ["reference", "resident_id"]])
    told = found.assign(is_household=kin | is_named | early, is_later=came, is_account=came & account)
    return told.reset_index(drop=True)


def _tenants_of_all(held: Housing) -> "pd.Series[str]":
    """Tenants are told of at their own tenancies only."""
    tenants: pd.Series[str] = held.members.loc[held.members["is_tenant"], "resident_id"]
    return tenants


def _is_kin(view: View, held: Housing, found: pd.DataFrame) -> "pd.Series[bool]":
    """Whether each shares a surname with somebody of the tenancy, or a source states them to be related."""
    pairs = found[["reference", "resident_id"]].merge(
        held.members[["reference", "resident_id"]], on="reference", suffixes=("", "_member")
    )
    surname = _surnames(view, pairs)
    related = _related(view)
    by_record = pairs.merge(related, left_on=["resident_id", "resident_id_member"], right_on=["one", "other"])
    kin = pd.concat([surname, by_record[["reference", "resident_id"]]])
    return _is_among(found, kin)


def _surnames(view: View, pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of one surname, or of one part of a surname of several, as services that may be used write it.

    The golden surname is not used: it may come from a service that may not be.
    """
    needed = pd.concat([pairs["resident_id"], pairs["resident_id_member"]]).unique()
    whose = view.rows(CROSSWALK, "resident_id", "source")
    whose = whose[whose["source"].isin(view.may_use(PURPOSE)) & whose["resident_id"].isin(needed)]
    written = view.rows(SOURCE_RECORD, "surname").dropna(subset="surname")
    known = whose.merge(written, on="record_id")[["resident_id", "surname"]].drop_duplicates()
    parts = known.assign(part=known["surname"].str.split(" ")).explode("part")[["resident_id", "part"]]
    one = pairs.merge(parts.drop_duplicates(), on="resident_id")
    other = parts.drop_duplicates().rename(columns={"resident_id": "resident_id_member"})
    return one.merge(other, on=["resident_id_member", "part"])[["reference", "resident_id"]]


def _related(view: View) -> pd.DataFrame:
    """Residents whom a source that may be used states to be related; both ways round.

    Household links are not used: nobody can say which services' records they rest on.
    """
    stated = view.rows(STATED_RELATION)
    stated = stated[stated["source"].isin(view.may_use(PURPOSE))]
    one, other = stated["resident_id"], stated["related_resident_id"]
    both = pd.DataFrame(
        {
            "one": pd.concat([one, other], ignore_index=True),
            "other": pd.concat([other, one], ignore_index=True),
        }
    )
    return both.drop_duplicates(ignore_index=True)


def _is_among(rows: pd.DataFrame, wanted: pd.DataFrame) -> "pd.Series[bool]":
    """Whether each row's reference and resident are among those wanted."""
    known = pd.MultiIndex.from_frame(wanted[["reference", "resident_id"]].drop_duplicates())
    found = pd.MultiIndex.from_frame(rows[["reference", "resident_id"]]).isin(known)
    return pd.Series(found, index=rows.index)

"""What no index may have: checks that count offenders, each a query over the index about to be published."""

from typing import NamedTuple

IN_FORCE = """
    SELECT l.resident_id = r.resident_id AS is_together, latest.verdict
    FROM (
        SELECT DISTINCT ON (record_id_l, record_id_r)
            coalesce(a.record_id, record_id_l) AS record_id_l,
            coalesce(b.record_id, record_id_r) AS record_id_r,
            verdict
        FROM operations.judgement AS j
        LEFT JOIN published.record_alias AS a ON a.alias_record_id = record_id_l
        LEFT JOIN published.record_alias AS b ON b.alias_record_id = record_id_r
        WHERE record_id_r IS NOT NULL AND verdict IN ('same_person', 'different_person') AND {judged}
            AND NOT EXISTS (SELECT FROM operations.judgement AS w WHERE w.withdraws = j.judgement_id)
            AND NOT EXISTS (SELECT FROM published.judgement_conflict AS c WHERE c.judgement_id = j.judgement_id)
        ORDER BY record_id_l, record_id_r, decided_at DESC, judgement_id COLLATE "C" DESC
    ) AS latest
    JOIN published.crosswalk AS l ON l.record_id = latest.record_id_l
    JOIN published.crosswalk AS r ON r.record_id = latest.record_id_r
"""
"""Judgements in force and not in conflict, and whether the index puts their records together.

`{judged}` says which of the log are looked at: all, or those made before an index that is brought back.
"""


PROTECTED = (
    "SELECT c.resident_id FROM published.crosswalk AS c JOIN operations.protected_record AS p USING (record_id) "
    "WHERE p.reach = 'person'"
)
"""Residents whose address is withheld."""


class Offence(NamedTuple):
    """A check that counts offenders, of whom none is allowed.

    Attributes:
        name: Name of the check.
        meaning: What is counted, in plain words.
        query: Counts them; `{scope[T a]}` says that row `a` of table `T` is in scope.
    """

    name: str
    meaning: str
    query: str


OFFENCES = (
    Offence(
        "crosswalk_names_residents",
        "Records whose resident is not in the index.",
        "SELECT count(*) FROM published.crosswalk AS c WHERE {scope[crosswalk c]} AND NOT EXISTS "
        "(SELECT FROM published.resident AS r WHERE r.resident_id = c.resident_id)",
    ),
    Offence(
        "residents_have_records",
        "Residents whose record count is not that of the crosswalk.",
        "SELECT count(*) FROM published.resident AS r LEFT JOIN "
        "(SELECT resident_id, count(*) AS records FROM published.crosswalk AS c WHERE {scope[crosswalk c]} "
        "GROUP BY resident_id) AS n USING (resident_id) "
        "WHERE {scope[resident r]} AND n.records IS DISTINCT FROM r.record_count",
    ),
    Offence(
        "records_are_remembered",
        "Records of residents that the index does not remember.",
        "SELECT count(*) FROM published.crosswalk AS c WHERE {scope[crosswalk c]} AND NOT EXISTS "
        "(SELECT FROM published.source_record AS s WHERE s.record_id = c.record_id)",
    ),
    Offence(
        "golden_values_name_their_record",
        "Golden values that name a record of no resident or of another one.",
        "SELECT count(*) FROM published.golden_value AS g LEFT JOIN published.crosswalk AS c USING (record_id) "
        "WHERE {scope[golden_value g]} AND c.resident_id IS DISTINCT FROM g.resident_id",
    ),
    Offence(
        "cannot_links_kept",
        "Judgements of two different people whose records are in one resident.",
        "SELECT count(*) FROM ({in_force}) AS j WHERE verdict = 'different_person' AND is_together",
    ),
    Offence(
        "must_links_kept",
        "Judgements of one person whose records are in two residents.",
        "SELECT count(*) FROM ({in_force}) AS j WHERE verdict = 'same_person' AND NOT is_together",
    ),
    Offence(
        "households_have_their_members",
        "Households whose member count is not the number of residents who name them.",
        "SELECT count(*) FROM (SELECT * FROM published.household AS h WHERE {scope[household h]}) AS h FULL JOIN "
        "(SELECT household_id, count(*) AS members FROM published.resident AS m WHERE household_id IS NOT NULL "
        "AND {scope[resident m]} GROUP BY household_id) AS m USING (household_id) "
        "WHERE m.members IS DISTINCT FROM h.member_count",
    ),
    Offence(
        "members_live_at_their_household",
        "Residents whose current address is not that of their household.",
        "SELECT count(*) FROM published.resident AS r JOIN published.household AS h USING (household_id) "
        "WHERE {scope[resident r]} AND r.uprn IS DISTINCT FROM h.uprn",
    ),
    Offence(
        "current_residences_agree",
        "Residents whose current address is not the one residence marked current.",
        "SELECT count(*) FROM (SELECT resident_id, uprn FROM published.resident AS r WHERE {scope[resident r]}) AS r "
        "FULL JOIN "
        "(SELECT resident_id, min(uprn) AS uprn, count(*) AS marked FROM published.residence AS s "
        "WHERE is_current AND {scope[residence s]} GROUP BY resident_id) AS c USING (resident_id) "
        "WHERE c.uprn IS DISTINCT FROM r.uprn OR coalesce(c.marked, 1) <> 1",
    ),
    Offence(
        "current_members_agree",
        "Residents whose household is not the one that they are a current member of.",
        "SELECT count(*) FROM (SELECT resident_id, household_id FROM published.resident AS r "
        "WHERE {scope[resident r]}) AS r "
        "FULL JOIN (SELECT resident_id, min(household_id) AS household_id, count(*) AS marked "
        "FROM published.household_member AS m WHERE is_current AND {scope[household_member m]} "
        "GROUP BY resident_id) AS c "
        "USING (resident_id) WHERE c.household_id IS DISTINCT FROM r.household_id OR coalesce(c.marked, 1) <> 1",
    ),
    Offence(
        "household_links_join_two_residents",
        "Household links that do not join two residents of the index, or misstate whether they share a household.",
        "SELECT count(*) FROM published.household_link AS k "
        "LEFT JOIN published.resident AS l ON l.resident_id = k.resident_id_l "
        "LEFT JOIN published.resident AS r ON r.resident_id = k.resident_id_r "
        'WHERE {scope[household_link k]} AND (k.resident_id_l < k.resident_id_r COLLATE "C" '
        "AND num_nulls(l.resident_id, r.resident_id) = 0 "
        "AND k.is_one_address = coalesce(l.household_id = r.household_id, false)) IS NOT TRUE",
    ),
    Offence(
        "withheld_addresses_are_absent",
        "Addresses, telephone numbers, stays, links or relations of residents whose address is withheld.",
        "SELECT (SELECT count(*) FROM published.resident AS r WHERE resident_id IN ({protected}) "
        "AND {scope[resident r]} AND num_nonnulls(uprn, household_id, phone) > 0) "
        "+ (SELECT count(*) FROM published.residence AS s WHERE resident_id IN ({protected}) "
        "AND {scope[residence s]}) "
        "+ (SELECT count(*) FROM published.residence_evidence AS e WHERE resident_id IN ({protected}) "
        "AND {scope[residence_evidence e]}) "
        "+ (SELECT count(*) FROM published.golden_value AS g WHERE resident_id IN ({protected}) "
        "AND attribute IN ('uprn', 'phone') AND {scope[golden_value g]}) "
        "+ (SELECT count(*) FROM published.household_member AS m WHERE resident_id IN ({protected}) "
        "AND {scope[household_member m]}) "
        "+ (SELECT count(*) FROM published.household_link AS k WHERE (resident_id_l IN ({protected}) "
        "OR resident_id_r IN ({protected})) AND {scope[household_link k]}) "
        "+ (SELECT count(*) FROM published.stated_relation AS t WHERE (resident_id IN ({protected}) "
        "OR related_resident_id IN ({protected})) AND {scope[stated_relation t]}) "
        "+ (SELECT count(*) FROM published.source_record AS x JOIN operations.protected_record USING (record_id) "
        "WHERE num_nonnulls(uprn, parent_uprn, address_text, postcode, phone) > 0 AND {scope[source_record x]})",
    ),
    Offence(
        "forbidden_links_kept",
        "Records that must never be joined and are in one resident.",
        "SELECT count(*) FROM operations.forbidden_link AS f "
        "JOIN published.crosswalk AS l ON l.record_id = f.record_id_l "
        "JOIN published.crosswalk AS r ON r.record_id = f.record_id_r WHERE l.resident_id = r.resident_id",
    ),
    Offence(
        "erased_records_stay_away",
        "Records that were erased and must not be held again.",
        "SELECT count(*) FROM published.source_record AS s WHERE {scope[source_record s]} "
        "AND (SELECT count(*) FROM operations.erased_record) > 0 "
        "AND encode(sha256(convert_to(s.record_id, 'UTF8')), 'hex') IN "
        "(SELECT record_sha256 FROM operations.erased_record)",
    ),
    Offence(
        "restricted_records_are_aside",
        "Records in the index whose processing is restricted.",
        "SELECT count(*) FROM operations.restricted_record AS a "
        "JOIN published.source_record AS s USING (record_id)",
    ),
    Offence(
        "ledger_adds_up",
        "Resident ids that are live and not in the ledger as live, or the other way round.",
        "SELECT abs((SELECT count(*) FROM published.resident) - (SELECT coalesce(sum(CASE WHEN kind IN "
        "('minted', 'split', 'restored') THEN 1 ELSE -1 END), 0) FROM operations.identity_event)) "
        "+ (SELECT count(*) FROM published.resident AS r WHERE {scope[resident r]} AND NOT EXISTS "
        "(SELECT FROM operations.identity_event AS e WHERE e.resident_id = r.resident_id))",
    ),
)

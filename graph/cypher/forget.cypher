// Tombstones of edges whose id returns, as a relationship.
UNWIND $eids AS eid
MATCH (t:Tombstone) WHERE elementId(t) = eid
DELETE t
RETURN count(*)

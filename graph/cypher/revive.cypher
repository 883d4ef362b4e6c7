// A node whose id returns takes its place again, with its ONCE relationships.
UNWIND $rows AS row
MATCH (n:Tombstone) WHERE elementId(n) = row.eid
SET n = row.props
REMOVE n:Tombstone
SET n:$(row.label)
RETURN count(*)

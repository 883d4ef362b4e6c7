// What was a node becomes a tombstone that keeps the head of its chain.
UNWIND $rows AS row
MATCH (n) WHERE elementId(n) = row.eid
SET n = row.props
REMOVE n:$(row.label)
SET n:Tombstone
RETURN count(*)

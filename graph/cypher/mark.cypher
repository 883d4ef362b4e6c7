// Tombstones of edges that carry data.
UNWIND $rows AS row
CREATE (t:Tombstone)
SET t = row
RETURN count(*)

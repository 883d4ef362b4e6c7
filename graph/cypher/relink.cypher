// Change the properties of edges that carry data; null removes.
UNWIND $rows AS row
MATCH ()-[r]->() WHERE elementId(r) = row.eid
SET r += row.props
RETURN count(*)

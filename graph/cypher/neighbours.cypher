// What stands at nodes that are about to go: edges that carry data, and plain edges that others own.
UNWIND $eids AS eid
MATCH (n)-[r]-(m)
WHERE elementId(n) = eid AND type(r) IN $rels AND (r.id IS NOT NULL OR endNode(r) = n)
RETURN collect(DISTINCT [eid, elementId(r), type(r), r.id, labels(m)[0], m.id])

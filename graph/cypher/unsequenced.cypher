// What waits for a number, in order, and whether the record before it has one.
MATCH (s:Sequence {log: $log})
CALL () {
  MATCH (p:Unsequenced) WHERE p.log = $log
  WITH p ORDER BY p.time, p.tx, p.n LIMIT $limit
  OPTIONAL MATCH (q:ProvenanceRecord {cid: p.prev})
  RETURN collect([p.cid, p.prev, q.seq IS NOT NULL]) AS rows
}
RETURN s.next, rows

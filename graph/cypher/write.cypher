// Everything an ordinary commit writes, whatever its types: so there is one plan for all.
// $links name nodes by position: first the created ones in order, then the known ones.
// Answers what was found and linked; the caller compares before it lets the transaction commit.
CALL () {
  UNWIND $creates AS row
  CREATE (n:$(row.label))
  SET n = row.props
  RETURN collect(n) AS created
}
CALL () {
  UNWIND $known AS eid
  MATCH (n) WHERE elementId(n) = eid
  RETURN collect(n) AS known
}
WITH created + known AS nodes, size(known) AS found
CALL (nodes) {
  UNWIND $updates AS row
  WITH nodes[row.at] AS n, row
  SET n += row.props
  RETURN count(*) AS updated
}
CALL (nodes) {
  UNWIND $links AS row
  WITH nodes[row.a] AS a, nodes[row.b] AS b, row
  CREATE (a)-[r:$(row.rel)]->(b)
  SET r = row.props
  RETURN count(*) AS linked
}
CALL () {
  UNWIND $records AS row
  CREATE (p:ProvenanceRecord:Unsequenced)
  SET p = row
  RETURN count(*) AS recorded
}
CALL () {
  UNWIND $answers AS row
  CREATE (k:IdempotencyKey)
  SET k = row
  RETURN count(*) AS answered
}
RETURN found, linked

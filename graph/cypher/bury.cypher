// A node goes and leaves a tombstone that keeps the head of its chain and its ONCE relationships.
// It is really deleted: so the database itself refuses whoever links to it at the same moment.
UNWIND $rows AS row
MATCH (n) WHERE elementId(n) = row.eid
CREATE (t:Tombstone)
SET t = row.props
WITH n, t
CALL (n, t) {
  MATCH (n)-[old:ONCE]->(m)
  CREATE (t)-[new:ONCE]->(m)
  SET new = properties(old)
  DELETE old
  RETURN count(*) AS outgoing
}
CALL (n, t) {
  MATCH (m)-[old:ONCE]->(n)
  CREATE (m)-[new:ONCE]->(t)
  SET new = properties(old)
  DELETE old
  RETURN count(*) AS incoming
}
DELETE n
RETURN count(*)

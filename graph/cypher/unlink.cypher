// Take relationships away; where history must still find the neighbour, leave a ONCE in their place.
UNWIND $rows AS row
MATCH (a)-[r]->(b) WHERE elementId(r) = row.eid
DELETE r
FOREACH (_ IN CASE WHEN row.key IS NULL THEN [] ELSE [1] END |
  MERGE (f:FormerIdentifier {key: row.key})
  MERGE (a)-[:ONCE {rel: 'IDENTIFIED_BY'}]->(f))
FOREACH (_ IN CASE WHEN row.once AND row.id IS NULL THEN [1] ELSE [] END |
  MERGE (a)-[:ONCE {rel: row.rel}]->(b))
FOREACH (_ IN CASE WHEN row.once AND row.id IS NOT NULL THEN [1] ELSE [] END |
  MERGE (a)-[:ONCE {rel: row.rel, id: row.id}]->(b))
RETURN count(*)

// Identifiers that nothing bears any more. Locked first, so that a bearer who comes now is seen.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
SET i._lock = true
REMOVE i._lock
WITH i WHERE NOT EXISTS { (i)<-[:IDENTIFIED_BY]-() }
DELETE i
RETURN count(*)

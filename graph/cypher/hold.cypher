// Take, renew or be refused the right to number a log.
MERGE (s:Sequence {log: $log})
ON CREATE SET s.next = 0
SET s._lock = true
REMOVE s._lock
WITH s, s.holder IS NULL OR s.holder = $holder OR s.expires < $now AS free
FOREACH (_ IN CASE WHEN free THEN [1] ELSE [] END | SET s.holder = $holder, s.expires = $until)
RETURN free

// Number a batch. The holder and the next number are compared under the lock on the sequence,
// so that of two who think they hold it only one can number, and none twice.
MATCH (s:Sequence {log: $log})
SET s._lock = true
REMOVE s._lock
WITH s WHERE s.holder = $holder AND s.next = $next
CALL (s) {
  UNWIND range(0, size($cids) - 1) AS at
  MATCH (p:ProvenanceRecord {cid: $cids[at]})
  WHERE p.seq IS NULL
  SET p.seq = $next + at
  REMOVE p:Unsequenced
  RETURN count(p) AS numbered
}
SET s.next = $next + numbered, s.expires = $until
RETURN numbered

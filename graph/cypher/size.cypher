// How many numbers were given. Whoever gives them holds this lock until all of it can be seen.
MATCH (s:Sequence {log: $log})
SET s._lock = true
REMOVE s._lock
RETURN s.next

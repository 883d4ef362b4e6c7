// Records of one log after a number, in order.
MATCH (p:ProvenanceRecord)
WHERE p.log = $log AND p.seq > $after AND p.seq <= $upto
  AND ($etypes IS NULL OR p.etype IN $etypes) AND ($entity IS NULL OR p.entityId = $entity)
WITH p ORDER BY p.seq LIMIT $limit
RETURN collect([p.seq, p.cid, p.tx, p.n, p.time, p.actor, p.sourceKind, p.sourceRef, p.activity,
  p.entity, p.entityId, p.etype, p.prev, p.after, coalesce(p.fields, []), p.reason])

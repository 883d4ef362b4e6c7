// What became of rows of an import. Written beside the changes of the same rows.
// A row that is written again keeps what it touched before: taking the batch back needs all of it.
MATCH (b:IngestBatch {id: $batch})
UNWIND $rows AS row
MERGE (r:IngestRow {id: row.id})
WITH b, r, row, r._touched AS old
SET r = row
SET r._touched = CASE
  WHEN old IS NULL THEN row._touched
  ELSE old + [x IN coalesce(row._touched, []) WHERE NOT x IN old]
END
MERGE (r)-[:ROW_OF]->(b)
RETURN count(*)

"""Neo4j: plans, Cypher, reads, the one write door, schema and feed. The only package that knows the driver."""

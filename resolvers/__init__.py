"""The GraphQL schema (Strawberry) and its fast executor. No Cypher text and no driver here."""

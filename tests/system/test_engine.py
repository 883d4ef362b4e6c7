"""The embedded Neo4j as the tests use it."""

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError

from tests.conftest import RunningNeo4j


def test_answers_with_its_password(neo4j: RunningNeo4j) -> None:
    with GraphDatabase.driver(neo4j.url, auth=neo4j.auth) as driver:
        row = driver.execute_query("CALL dbms.components() YIELD versions, edition").records[0]
    assert row["edition"] == "community"
    assert row["versions"][0].startswith("5.26.")


def test_refuses_another_password(neo4j: RunningNeo4j) -> None:
    with (
        GraphDatabase.driver(neo4j.url, auth=("neo4j", "guess")) as driver,
        pytest.raises(AuthError),
    ):
        driver.verify_connectivity()


def test_wipe_leaves_nothing(neo4j: RunningNeo4j) -> None:
    with GraphDatabase.driver(neo4j.url, auth=neo4j.auth) as driver:
        driver.execute_query("CREATE CONSTRAINT toy IF NOT EXISTS FOR (n:Toy) REQUIRE n.id IS UNIQUE")
        driver.execute_query("UNWIND range(1, 10) AS i CREATE (:Toy {id: i})-[:HAS]->(:Part)")
        neo4j.wipe(schema=True)
        left = driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"]
        constraints = driver.execute_query("SHOW CONSTRAINTS").records
    assert left == 0
    assert constraints == []

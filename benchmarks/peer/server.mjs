// The peer: @neo4j/graphql behind graphql-yoga, over the same Neo4j and the same data, with the schema it generates.
// Environment: BOLT, PORT, NEO4J_USER, NEO4J_PASSWORD.
import { createServer } from "node:http";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { createYoga } from "graphql-yoga";
import neo4j from "neo4j-driver";

const typeDefs = /* GraphQL */ `
  type Contributor @node {
    id: ID!
    name: String!
    country: String
    ipi: String
    recordings: [Recording!]! @relationship(type: "CONTRIBUTED_TO", direction: OUT, properties: "Contribution")
    works: [Work!]! @relationship(type: "CONTRIBUTED_TO", direction: OUT, properties: "Contribution")
    releases: [Release!]! @relationship(type: "CONTRIBUTED_TO", direction: OUT, properties: "Contribution")
  }
  type Contribution @relationshipProperties {
    id: ID!
    role: String!
    position: Int
  }
  type Work @node {
    id: ID!
    iswc: String
    title: String!
    languages: [String!]
    contributors: [Contributor!]! @relationship(type: "CONTRIBUTED_TO", direction: IN, properties: "Contribution")
    recordings: [Recording!]! @relationship(type: "RECORDING_OF", direction: IN)
  }
  type Recording @node @fulltext(indexes: [{ indexName: "recording_title", queryName: "recordingSearch", fields: ["title"] }]) {
    id: ID!
    isrc: String
    title: String!
    durationMs: Int
    year: Int
    genre: [String!]
    works: [Work!]! @relationship(type: "RECORDING_OF", direction: OUT)
    contributors: [Contributor!]! @relationship(type: "CONTRIBUTED_TO", direction: IN, properties: "Contribution")
    tracks: [Track!]! @relationship(type: "OF_RECORDING", direction: IN)
    licenses: [License!]! @relationship(type: "LICENSES", direction: IN)
  }
  type Track @node {
    id: ID!
    position: Int
    medium: Int
    recording: [Recording!]! @relationship(type: "OF_RECORDING", direction: OUT)
    release: [Release!]! @relationship(type: "ON_RELEASE", direction: OUT)
  }
  type Release @node {
    id: ID!
    barcode: String
    title: String!
    date: String
    label: String
    contributors: [Contributor!]! @relationship(type: "CONTRIBUTED_TO", direction: IN, properties: "Contribution")
    tracks: [Track!]! @relationship(type: "ON_RELEASE", direction: IN)
  }
  type License @node {
    id: ID!
    kind: String
    recording: [Recording!]! @relationship(type: "LICENSES", direction: OUT)
    grantedBy: [Contributor!]! @relationship(type: "GRANTED_BY", direction: OUT)
  }
  input RecordingUpsert { isrc: String! title: String! durationMs: Int year: Int genre: [String!] }
  type Mutation {
    upsertRecording(input: RecordingUpsert!): Recording
      @cypher(
        statement: "MERGE (r:Recording {isrc: $input.isrc}) ON CREATE SET r.id = randomUUID() SET r += $input RETURN r"
        columnName: "r"
      )
    upsertRecordings(input: [RecordingUpsert!]!): Int
      @cypher(
        statement: "UNWIND $input AS row MERGE (r:Recording {isrc: row.isrc}) ON CREATE SET r.id = randomUUID() SET r += row RETURN count(r) AS n"
        columnName: "n"
      )
  }
`;

const { BOLT = "bolt://127.0.0.1:7687", PORT = "4100", NEO4J_USER = "neo4j", NEO4J_PASSWORD = "" } = process.env;
const driver = neo4j.driver(BOLT, NEO4J_PASSWORD ? neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD) : undefined);
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
const yoga = createYoga({ schema, context: () => ({ driver }), logging: "error", graphiql: false, maskedErrors: false });
createServer(yoga).listen(Number(PORT), "127.0.0.1", () => console.log(`peer is ready on port ${PORT}`));

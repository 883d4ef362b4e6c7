// A client that is not ours (graphql-ws) runs one operation: argv = url, query, JSON of options.
// Options: variables, params (connection parameters), take (results to read, then unsubscribe).
// Prints one JSON line per event: {next}, {error}, {closed}, {complete}.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, query, text] = process.argv.slice(2);
const { variables, params, take = Infinity } = JSON.parse(text ?? '{}');
const say = (event) => console.log(JSON.stringify(event));

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: params,
  retryAttempts: 0,
  lazyCloseTimeout: 0,
});
const results = client.iterate({ query, variables });
try {
  let seen = 0;
  for await (const result of results) {
    say({ next: result });
    seen += 1;
    if (seen >= take) break;
  }
  say({ complete: true });
} catch (error) {
  say(Array.isArray(error) ? { error } : { closed: error.code ?? String(error), reason: error.reason });
}
await client.dispose();

/** The explorer page: GraphiQL on our own endpoint, served by us; it asks no other host for anything. */
import 'graphiql/style.css';
import './explorer.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { SAMPLES, SAMPLES_PLUGIN } from './samples';

// Monaco finds its workers here; each is a file of its own, because the page's CSP allows no blob: workers.
window.MonacoEnvironment = {
  getWorker(_id: string, label: string): Worker {
    const name = label === 'graphql' ? WORKERS.graphql : label === 'json' ? WORKERS.json : WORKERS.editor;
    return new Worker(new URL(name, import.meta.url), { type: 'module' });
  },
};

const endpoint = new URL('/graphql', window.location.href);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

const fetcher = createGraphiQLFetcher({
  url: endpoint.href,
  subscriptionUrl: socket.href, // headers of the editor go along as connection parameters
  enableIncrementalDelivery: false,
});

/** `/graphql?query=…&variables=…` opens with that query: links to queries can be shared. */
function linked(): { query: string; variables?: string }[] {
  const parameters = new URLSearchParams(window.location.search);
  const query = parameters.get('query');
  return query ? [{ query, variables: parameters.get('variables') ?? undefined }] : [];
}

const [shared] = linked();

createRoot(document.getElementById('explorer') as HTMLElement).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={[...linked(), ...SAMPLES.map(({ query }) => ({ query }))]}
    {...(shared ? { initialQuery: shared.query, initialVariables: shared.variables } : {})}
    plugins={[SAMPLES_PLUGIN, HISTORY_PLUGIN]}
    shouldPersistHeaders={false}
    showPersistHeadersSettings={false}
    defaultEditorToolsVisibility={shared?.variables ? 'variables' : false}
  >
    <GraphiQL.Logo>
      <a className="home" href="/">
        Omnisonic
      </a>
    </GraphiQL.Logo>
  </GraphiQL>,
);

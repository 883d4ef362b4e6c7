/** Five queries to begin with: the tabs of a first visit, and a list that stays in the sidebar. */
import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useState } from 'react';

import byIsrc from './queries/1-recording-by-isrc.graphql';
import credits from './queries/2-credits-of-a-work.graphql';
import discography from './queries/3-discography.graphql';
import search from './queries/4-search.graphql';
import watch from './queries/5-watch-changes.graphql';

interface Sample {
  readonly title: string;
  readonly query: string;
}

/** The first comment line of a sample is its title. */
function sample(text: string): Sample {
  return { title: /^# *(.+)/.exec(text)?.[1] ?? 'Sample', query: text.trim() };
}

export const SAMPLES: readonly Sample[] = [byIsrc, credits, discography, search, watch].map(sample);

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M9 18V5l11-2v13" />
      <ellipse cx="6" cy="18" rx="3" ry="2.5" />
      <ellipse cx="17" cy="16" rx="3" ry="2.5" />
    </svg>
  );
}

function Samples() {
  const { addTab } = useGraphiQLActions();
  const editor = useGraphiQL((state) => state.queryEditor);
  const [opening, setOpening] = useState<Sample | null>(null);
  // adding a tab empties the editor, so it is filled one render later
  useEffect(() => {
    if (opening) {
      editor?.setValue(opening.query);
      setOpening(null);
    }
  }, [opening, editor]);
  return (
    <section className="samples" aria-label="Sample queries">
      <h2>Sample queries</h2>
      <ol>
        {SAMPLES.map((one) => (
          <li key={one.title}>
            <button
              type="button"
              onClick={() => {
                addTab();
                setOpening(one);
              }}
            >
              {one.title}
            </button>
          </li>
        ))}
      </ol>
      <p>
        Facts are public and need no token. To write, add your token in the Headers editor:{' '}
        <code>{'{"Authorization": "Bearer …"}'}</code>
      </p>
    </section>
  );
}

export const SAMPLES_PLUGIN: GraphiQLPlugin = { title: 'Sample queries', icon: Icon, content: Samples };

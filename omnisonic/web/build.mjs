// Builds the browser assets into omnisonic/web/assets: hashed names, a manifest, and a .gz beside each text.
// Called by scripts/build-web, which brings Node and the packages.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const final = path.join(here, 'assets');
const out = path.join(here, '.assets-building');
const resolve = createRequire(import.meta.url).resolve;

const common = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  outdir: out,
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.ttf': 'file', '.graphql': 'text' },
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
};

/** Output file name of each entry point, by the key given for it. */
function outputs(metafile) {
  const names = {};
  for (const [file, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
    if (entryPoint) {
      names[entryPoint] = { js: path.basename(file), css: cssBundle && path.basename(cssBundle) };
    }
  }
  return names;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const entries = {
  'editor.worker': resolve('monaco-editor/esm/vs/editor/editor.worker.js'),
  'json.worker': resolve('monaco-editor/esm/vs/language/json/json.worker.js'),
  'graphql.worker': resolve('monaco-graphql/esm/graphql.worker.js'),
};
const workers = {};
for (const [name, file] of Object.entries(entries)) {
  const { metafile } = await build({ ...common, entryPoints: { [name]: file } });
  workers[name.split('.')[0]] = Object.values(outputs(metafile))[0].js;
}

const page = await build({
  ...common,
  splitting: true,
  entryPoints: { explorer: path.join(here, 'explorer', 'explorer.tsx') },
  define: { ...common.define, WORKERS: JSON.stringify(workers) },
  jsx: 'automatic',
});
const entry = Object.values(outputs(page.metafile)).find(({ js }) => js.startsWith('explorer-'));

for (const name of await readdir(out)) {
  if (/\.(js|css|ttf|txt)$/.test(name)) {
    await writeFile(path.join(out, `${name}.gz`), gzipSync(await readFile(path.join(out, name)), { level: 9 }));
  }
}
await writeFile(
  path.join(out, 'manifest.json'),
  `${JSON.stringify({ 'explorer.js': entry.js, 'explorer.css': entry.css }, null, 2)}\n`,
);
await rm(final, { recursive: true, force: true });
await rename(out, final);

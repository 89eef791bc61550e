/*
 * Bundles modules as an application does that is built with Vite, each by itself, and prints as JSON how many bytes each is,
 * minified and gzipped, with all that it imports at first. Arguments: the directory, and the modules in it.
 */
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const [directory, ...modules] = process.argv.slice(2);
const sizes = {};
for (const module of modules) {
  const { output } = await build({
    root: directory,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: ['chrome123', 'firefox128', 'safari17.5'],
      modulePreload: false,
      rolldownOptions: { input: `${directory}/${module}`, external: ['react', 'vue'] },
    },
  });
  const chunks = new Map(
    output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]),
  );
  const entry = [...chunks.values()].find(({ isEntry }) => isEntry);
  const loaded = new Set([entry]);
  for (const { imports } of loaded)
    for (const name of imports) if (chunks.has(name)) loaded.add(chunks.get(name));
  sizes[module] = [...loaded].reduce((sum, { code }) => sum + gzipSync(code).length, 0);
}
console.log(JSON.stringify(sizes));

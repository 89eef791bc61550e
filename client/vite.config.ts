import { defineConfig } from 'vite';

/**
 * Builds what the server serves to `dist/client/`.
 *
 * `index.html` (landing), `room.html` (for `/r/<room>`), `frame.html` (for `/embed/<room>`), `sdk/parley.js` and `embed.js` under stable names;
 * everything else is under `assets/` with a hash in its name, so it can be cached for good.
 */
export default defineConfig({
  root: path('./app'),
  // Pages are served at several depths, so theirs are absolute; modules import each other relatively, because
  // other origins load them, too.
  base: '/',
  publicDir: false,
  build: {
    outDir: path('../dist/client'),
    emptyOutDir: true,
    target: ['chrome123', 'firefox128', 'safari17.5'],
    sourcemap: true,
    // A data: URL would need an exception in the page's content security policy.
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // A preload list in JavaScript would be absolute, and so wrong on other origins.
      resolveDependencies: (_file, dependencies, { hostType }) => (hostType === 'html' ? dependencies : []),
    },
    rolldownOptions: {
      input: {
        index: path('./app/index.html'),
        room: path('./app/room.html'),
        'sdk/parley': path('./lib/parley.ts'),
        frame: path('./app/frame.html'),
        embed: path('./embed/embed.ts'),
      },
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: ({ name }) => (STABLE.includes(name) ? '[name].js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});

const STABLE = ['sdk/parley', 'embed'];

function path(relative: string): string {
  return decodeURIComponent(new URL(relative, import.meta.url).pathname);
}

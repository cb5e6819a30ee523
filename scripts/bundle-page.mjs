// Makes the page in dist/page from page/: one script, one style, and parts that only some views load. Usage: node scripts/bundle-page.mjs
import { join } from 'node:path';
import { build } from 'vite';
import { root } from './sources.mjs';

await build({
  root: join(root, 'page'),
  base: '/page/',
  configFile: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(root, 'dist/page'),
    emptyOutDir: true,
    assetsDir: '.',
    // The policy of the page lets nothing be written into it, and browsers that need it are older than `light-dark`.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    target: 'es2023',
  },
});

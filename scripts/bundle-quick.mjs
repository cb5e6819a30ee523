// Puts the command line into few files, for commands that are over in a moment: most of what those cost is finding and reading
// some hundred modules. The packages that each of them needs go in; the others are loaded from node_modules where one of
// them is wanted. Usage: node scripts/bundle-quick.mjs [dist/client/cli/main.js [dist/quick]]
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './sources.mjs';

const [entry = join(root, 'dist/client/cli/main.js'), target = join(root, 'dist/quick')] =
  process.argv.slice(2);
const INSIDE = ['zod', 'commander', 'string-width', 'strip-ansi', 'ansi-regex', 'get-east-asian-width'];

/** `@a/b/c` is of `@a/b`. */
function packageOf(name) {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

/** What `tinyscheduler` starts from the files of its own; here it would only be large. */
const LONG = /\/serve\/(internal-tinytask|run-once|serve|serve-api|start|stop)\.js$/;

function stays(name, importer) {
  return { id: relative(target, resolve(dirname(importer), name)), external: true };
}

const bundle = await rolldown({
  input: { main: entry },
  platform: 'node',
  external: (name) => /^[@a-z]/.test(name) && !INSIDE.includes(packageOf(name)),
  plugins: [{ name: 'long-ones-stay', resolveId: { filter: { id: LONG }, handler: stays } }],
});
// Names by content: a command of an earlier build goes on with its own.
const { output } = await bundle.write({ dir: target, format: 'esm', chunkFileNames: '[name]-[hash].js' });
const made = new Set(output.map(({ fileName }) => fileName));
for (const name of readdirSync(target)) if (!made.has(name)) rmSync(join(target, name));

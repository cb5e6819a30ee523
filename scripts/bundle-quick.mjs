// Puts the command line into few files, for commands that are over in a moment: most of what those cost is finding and reading
// some hundred modules, and compiling them. The packages that each of them needs go in; the others are loaded from
// node_modules where one of them is wanted. Usage: node scripts/bundle-quick.mjs [dist/client/cli/main.js [dist/quick]]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './sources.mjs';

const [entry = join(root, 'dist/client/cli/main.js'), target = join(root, 'dist/quick')] =
  process.argv.slice(2);
const INSIDE = [
  ...['zod', 'commander', 'string-width', 'strip-ansi', 'ansi-regex', 'get-east-asian-width'],
  // An ES module only, which `require` does not take in each Node.js that we run in.
  'temporal-polyfill',
];

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
  input: { program: entry },
  platform: 'node',
  external: (name) => /^[@a-z]/.test(name) && !INSIDE.includes(packageOf(name)),
  plugins: [{ name: 'long-ones-stay', resolveId: { filter: { id: LONG }, handler: stays } }],
});
// Names by content: a command of an earlier build goes on with its own, and what V8 kept belongs to that text.
const { output } = await bundle.write({
  ...{ dir: target, format: 'cjs' },
  ...{ entryFileNames: '[name]-[hash].cjs', chunkFileNames: '[name]-[hash].cjs' },
});
const program = output.find(({ isEntry }) => isEntry).fileName;
const starter = readFileSync(join(root, 'scripts/quick-main.cjs'), 'utf8');
const main = join(target, 'main.cjs');
writeFileSync(`${main}.new`, starter.replace('program.cjs', program));
renameSync(`${main}.new`, main);
const made = new Set(['main.cjs', ...output.map(({ fileName }) => fileName)]);
for (const name of readdirSync(target)) if (!made.has(name)) rmSync(join(target, name), { force: true });

// What they say does not matter, only that they are compiled: without what V8 keeps, commands start as well, and slower.
const nowhere = mkdtempSync(join(tmpdir(), 'tinyscheduler-quick-'));
spawnSync(process.execPath, ['--max-semi-space-size=4', '--', main, 'config', '--json'], {
  cwd: nowhere,
  env: { ...process.env, TINYSCHEDULER_BASE_PATH: nowhere, TINYSCHEDULER_KEEP_COMPILED: 'yes' },
  stdio: 'ignore',
  timeout: 30_000,
});
rmSync(nowhere, { recursive: true, force: true });

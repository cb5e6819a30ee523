// Puts the command line into few files, for commands that are over in a moment: most of what those cost is finding and reading
// some hundred modules, and compiling them. All packages that they need go in, in chunks that are loaded where they are
// wanted. Usage: node scripts/bundle-quick.mjs [dist/client/cli/main.js [dist/quick]]
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { root } from './sources.mjs';

const [entry = join(root, 'dist/client/cli/main.js'), target = join(root, 'dist/quick')] =
  process.argv.slice(2);
/** What has machine code, and what loads its own files in a way that a bundler does not see. */
const OUTSIDE = ['libsql', 'jsonc-parser'];

/** What takes long to be loaded and is seldom wanted: it is loaded when it is first called. Each exports one function. */
const LATE = ['string-width'];
const LATE_MARK = 'late:';

/** What `tinyscheduler` starts from the files of its own; here it would only be large. */
const LONG = /\/serve\/(internal-tinytask|run-once|serve|serve-api|serve-mcp|start|stop)\.js$/;
/** Chunks of earlier builds, for commands that go on for long and have not loaded all of theirs yet; no package has them. */
const REPLACED = 'replaced';
const REPLACED_STAYS_MS = 24 * 60 * 60 * 1_000;

function stays(name, importer) {
  return { id: relative(target, resolve(dirname(importer), name)), external: true };
}

/** In place of a module, one of CommonJS that is run at once and runs the real one at the first call. */
const late = {
  name: 'late',
  resolveId: {
    filter: { id: new RegExp(`^(?:${LATE.join('|')})$`) },
    handler: (name, importer) => (importer?.startsWith(LATE_MARK) ? undefined : `${LATE_MARK}${name}`),
  },
  load: {
    filter: { id: new RegExp(`^${LATE_MARK}`) },
    handler: (id) => {
      const real = JSON.stringify(fileURLToPath(import.meta.resolve(id.slice(LATE_MARK.length))));
      return `let real; module.exports = (...given) => (real ??= require(${real}).default)(...given);`;
    },
  },
};

const bundle = await rolldown({
  input: { program: entry },
  platform: 'node',
  external: (name) => isBuiltin(name) || OUTSIDE.includes(name),
  plugins: [{ name: 'long-ones-stay', resolveId: { filter: { id: LONG }, handler: stays } }, late],
});
// Names by content: a command of an earlier build goes on with its own (quick-main.cjs), and what V8 kept belongs to that text.
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
const aside = join(target, REPLACED);
mkdirSync(aside, { recursive: true });
for (const name of readdirSync(aside)) {
  const path = join(aside, name);
  if (Date.now() - statSync(path).mtimeMs > REPLACED_STAYS_MS) rmSync(path);
}
for (const name of readdirSync(target).filter((each) => each !== REPLACED && !made.has(each))) {
  const path = join(target, name);
  if (!name.endsWith('.cjs')) {
    rmSync(path, { recursive: true, force: true });
    continue;
  }
  // From now on it is one that was replaced.
  utimesSync(path, new Date(), new Date());
  renameSync(path, join(aside, name));
}

// What it says does not matter, only that all is compiled: without what V8 keeps, commands start as well, and slower.
const nowhere = mkdtempSync(join(tmpdir(), 'tinyscheduler-quick-'));
spawnSync(process.execPath, ['--max-semi-space-size=4', '--', main, 'config', '--show'], {
  cwd: nowhere,
  env: { ...process.env, TINYSCHEDULER_BASE_PATH: nowhere, KEEP_COMPILED: 'yes' },
  stdio: 'ignore',
  timeout: 30_000,
});
rmSync(nowhere, { recursive: true, force: true });

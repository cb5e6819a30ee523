import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runQuietly } from './run.mjs';
import { root } from './sources.mjs';

const dist = join(root, 'dist');
const stamp = join(dist, '.built');
/** What scripts/bundle-quick.mjs makes, and tidies up itself. */
const QUICK = 'quick';
/** Likewise of scripts/bundle-page.mjs. */
const PAGE = 'page';
const declarations = join(root, 'node_modules/.cache/tinyscheduler-types');

/** What `tinyscheduler/client` is, for a compiler. */
const ENTRY = 'client/scripts/entry.d.ts';
const IMPORT = /(from|import)(\s*\(?\s*)'(\.[^']+)\.ts'/g;

/** Makes dist/: compiled sources, their data files, the workflows in one bundle, and where it can the command line in a few files, and the page. Throws with the compiler's words. */
export async function build() {
  // What is edited while the compiler runs must count as newer than its output.
  const startedAt = new Date();
  rmSync(stamp, { force: true });
  rmSync(declarations, { recursive: true, force: true });
  const [compiled, declared] = await Promise.allSettled([
    compile(),
    compile(
      '--declaration',
      '--emitDeclarationOnly',
      '--noCheck',
      '--sourceMap',
      'false',
      '--outDir',
      declarations,
    ),
  ]);
  if (compiled.status === 'rejected') throw compiled.reason;
  removeOrphans();
  copyClientTypes(declared.reason);
  copyData();
  if (!canBundle())
    for (const made of [QUICK, PAGE]) rmSync(join(dist, made), { recursive: true, force: true });
  await Promise.all(
    ['bundle-workflows', ...(canBundle() ? ['bundle-quick', 'bundle-page'] : [])].map((script) =>
      runQuietly(process.execPath, [join(root, `scripts/${script}.mjs`)]),
    ),
  );
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}

/** What rolldown needs. Without its files commands start from those of their own, which takes them longer, and there is no page. */
export function canBundle(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  return major === 20 ? minor >= 19 : major > 22 || (major === 22 && minor >= 12);
}

function compile(...options) {
  const compiler = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')];
  return runQuietly(process.execPath, [...compiler, ...options]);
}

/** dist/ is not emptied first: a scheduler that runs from it may still load a file. */
function removeOrphans() {
  for (const path of filesBelow(dist)) {
    if (isBundled(relative(dist, path))) continue;
    const source = join(root, relative(dist, path))
      .replace(/\.js(\.map)?$/, '.ts')
      .replace(/\.mjs\.map$/, '.mjs');
    if (/\.(ts|mjs)$/.test(source) && !existsSync(source)) rmSync(path);
  }
}

/** Whether a path below dist/ is of a bundle, which whoever makes it tidies up. */
function isBundled(path) {
  return [QUICK, PAGE].some((folder) => path.startsWith(`${folder}/`));
}

function copyData() {
  for (const folder of readdirSync(dist, { withFileTypes: true })) {
    if (!folder.isDirectory() || isBundled(`${folder.name}/`)) continue;
    for (const path of filesBelow(join(root, folder.name))) {
      if (/\.(ts|mjs|md)$/.test(path)) continue;
      const target = join(dist, relative(root, path));
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(path, target);
    }
  }
}

/**
 * Copies the declarations that the entry of the package needs, and no others: the rest is nobody's business, and need not be
 * good enough for a declaration either. Throws `trouble`, what the compiler said of all of it, where one is missing.
 */
function copyClientTypes(trouble) {
  const needed = new Set([ENTRY]);
  for (const file of needed) {
    if (!existsSync(join(declarations, file))) throw trouble ?? new Error(`there is no declaration ${file}`);
    const text = readFileSync(join(declarations, file), 'utf8');
    for (const [, , , path] of text.matchAll(IMPORT)) needed.add(`${join(dirname(file), path)}.d.ts`);
    mkdirSync(join(dist, dirname(file)), { recursive: true });
    // Not every compiler that people have takes the endings of sources.
    writeFileSync(join(dist, file), text.replace(IMPORT, "$1$2'$3.js'"));
  }
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await build();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

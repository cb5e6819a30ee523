import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runQuietly } from './run.mjs';
import { root } from './sources.mjs';

const dist = join(root, 'dist');
const stamp = join(dist, '.built');
/** What scripts/bundle-quick.mjs makes, and tidies up itself. */
const QUICK = 'quick';

/** Makes dist/: compiled sources, their data files, the workflows in one bundle, and the command line in a few files. Throws with the compiler's words. */
export async function build() {
  // What is edited while the compiler runs must count as newer than its output.
  const startedAt = new Date();
  rmSync(stamp, { force: true });
  await runQuietly(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(root, 'tsconfig.build.json'),
  ]);
  removeOrphans();
  copyData();
  await Promise.all(
    ['bundle-workflows', 'bundle-quick'].map((script) =>
      runQuietly(process.execPath, [join(root, `scripts/${script}.mjs`)]),
    ),
  );
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}

/** dist/ is not emptied first: a scheduler that runs from it may still load a file. */
function removeOrphans() {
  for (const path of filesBelow(dist)) {
    if (relative(dist, path).startsWith(`${QUICK}/`)) continue;
    const source = join(root, relative(dist, path))
      .replace(/\.js(\.map)?$/, '.ts')
      .replace(/\.mjs\.map$/, '.mjs');
    if (/\.(ts|mjs)$/.test(source) && !existsSync(source)) rmSync(path);
  }
}

function copyData() {
  for (const folder of readdirSync(dist, { withFileTypes: true })) {
    if (!folder.isDirectory() || folder.name === QUICK) continue;
    for (const path of filesBelow(join(root, folder.name))) {
      if (/\.(ts|mjs|md)$/.test(path)) continue;
      const target = join(dist, relative(root, path));
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(path, target);
    }
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

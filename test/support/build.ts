import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Below node_modules, so that the compiled files find the packages. */
const BUILDS = join(ROOT, 'node_modules/.cache/tinyscheduler-test-build');
const ONE_DAY_MS = 86_400_000;

/** Of a built folder: what each worker starts beside it. */
export const GUARDIAN = 'goose/guardian/guardian-main.js';
/** Of a built folder: the workflows, in one file. */
export const WORKFLOW_BUNDLE = 'workflows/bundle.js';

/**
 * The folder with the sources as JavaScript (`tinytask/client.ts` is `tinytask/client.js` there) and the workflows in one
 * bundle, for tests that need the code in a process of its own, or workers that start at once. Compiled when the sources have changed since the last time,
 * without a type check. Several test files may call it at once: a build appears whole or not at all.
 */
export async function buildOnce(): Promise<string> {
  const finished = join(BUILDS, await stateOfSources());
  if (await exists(finished)) return finished;
  const making = `${finished}.${randomUUID()}`;
  await mkdir(making, { recursive: true });
  await execa('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', making], {
    cwd: ROOT,
  });
  const bundling = ['scripts/bundle-workflows.mjs', 'workflows/index.ts', join(making, WORKFLOW_BUNDLE)];
  await execa(process.execPath, bundling, { cwd: ROOT });
  await rename(making, finished).catch(async (error) => {
    await rm(making, { recursive: true, force: true });
    if (!(await exists(finished))) throw error;
  });
  await removeOldBuilds();
  return finished;
}

async function stateOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const project = JSON.parse(await readFile(join(ROOT, 'tsconfig.build.json'), 'utf8'));
  for (const folder of project.include as string[]) {
    const names = await readdir(join(ROOT, folder), { recursive: true }).catch(() => []);
    for (const name of names.filter((file) => /\.m?[jt]s$/.test(file)).sort()) {
      const { mtimeMs, size } = await stat(join(ROOT, folder, name));
      hash.update(`${folder}/${name} ${mtimeMs} ${size}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function removeOldBuilds(): Promise<void> {
  for (const name of await readdir(BUILDS)) {
    const folder = join(BUILDS, name);
    // Another test file may be removing the same one.
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ONE_DAY_MS) await rm(folder, { recursive: true, force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

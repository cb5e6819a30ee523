import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What dist/ is made from: the folders that the compiler is told, and packages, of which some go into its bundles. The launcher
 * `tinyscheduler` asks the same way.
 */
function builtFrom() {
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'));
  const scripts = ['build', 'bundle-page', 'bundle-quick', 'bundle-workflows'].map(
    (name) => `scripts/${name}.mjs`,
  );
  return [
    ...[...include, 'page', ...scripts, 'scripts/quick-main.cjs'],
    ...['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
  ];
}

/** Whether node_modules is missing or older than package-lock.json. */
export function needsInstall() {
  const installed = timeOf(join(root, 'node_modules/.package-lock.json'));
  return installed === undefined || (timeOf(join(root, 'package-lock.json')) ?? 0) > installed;
}

/** Whether dist/ is missing, unfinished or older than its sources. Directories count, for files that were removed. */
export function needsBuild() {
  const built = timeOf(join(root, 'dist/.built'));
  return built === undefined || builtFrom().some((path) => newerThan(join(root, path), built));
}

function newerThan(path, time) {
  if (!existsSync(path)) return false;
  const facts = statSync(path);
  if (facts.mtimeMs > time) return true;
  return facts.isDirectory() && readdirSync(path).some((name) => newerThan(join(path, name), time));
}

function timeOf(path) {
  return existsSync(path) ? statSync(path).mtimeMs : undefined;
}

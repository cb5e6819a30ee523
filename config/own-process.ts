import { fileURLToPath } from 'node:url';

/**
 * How Node is started for a process of ours, before the script: with less memory for what is young (4 MB instead of 16; `NODE_OPTIONS` does
 * not change that), and two pools of native memory instead of eight for each core, unless `MALLOC_ARENA_MAX` says
 * otherwise. Measured in docs/adr/0056-surfaces-are-measured.md. `tinyscheduler` and `deploy/Dockerfile` say the same.
 * `--`: Node looks for an `--env-file` of its own behind the script too, and ends (exit 9) if there is no such file.
 */
export const NODE_FLAGS = ['--max-semi-space-size=4', '--'];
const POOLS = { name: 'MALLOC_ARENA_MAX', value: '2' };

/** `env`, or that of this process, for another process of ours. */
export function ownProcessEnvironment(
  env: Record<string, string | undefined> = process.env,
): Record<string, string | undefined> {
  return { [POOLS.name]: POOLS.value, ...env };
}

/**
 * The path of a compiled file of ours, such as `client/cli/main.js`, for a process of its own. It is in dist/ also where
 * this process runs from its TypeScript sources.
 */
export function compiledFile(name: string): string {
  const root = import.meta.url.endsWith('.ts') ? '../dist' : '..';
  return fileURLToPath(new URL(`${root}/${name}`, import.meta.url));
}

/**
 * Takes our setting out of the environment of this process, which has it in force: an agent is not ours to slow down.
 * Who sets the very same value for agents sets it in the recipe.
 */
export function keepToOurselves(): void {
  if (process.env[POOLS.name] === POOLS.value) delete process.env[POOLS.name];
}

/** Whether npm (`npm start`, `npm run …`, `npx`) started this process, or one that it descends from. */
export function startedByNpm(): boolean {
  return process.env.npm_lifecycle_event !== undefined;
}

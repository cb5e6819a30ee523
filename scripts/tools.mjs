// The Temporal CLI and goose, found or fetched, so that nothing has to wait for a download later. Needs no packages.
// Usage: node scripts/tools.mjs
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { findGoose, findTemporalCli } from '../embedded/tools/tool-cache.mjs';

const FIND = { goose: findGoose, 'the Temporal CLI': findTemporalCli };
export const TOOLS = Object.keys(FIND);

/**
 * The tools that a command line of tinyscheduler will want. A guess that saves time: the command itself knows, and an
 * env file is read here only in order not to fetch in vain.
 */
export function toolsFor(args, env) {
  const takesValue = ['--env-file', '--base-path', '--log-level'];
  const command = args.find((arg, at) => !arg.startsWith('-') && !takesValue.includes(args[at - 1]));
  if (command !== 'start') return [];
  const named = args[args.indexOf('--env-file') + 1];
  const settings = { ...envFile(args.includes('--env-file') ? named : '.env'), ...env };
  return TOOLS.filter((tool) => !settings[tool === 'goose' ? 'TINYSCHEDULER_GOOSE_BIN' : 'TEMPORAL_ADDRESS']);
}

function envFile(path) {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

/** Fetches all of them at the same time. Never throws: who wants one later looks for it again, and tells what is wrong. */
export async function fetchTools(tools, { packages, say }) {
  const fetchOne = async (tool) => {
    const startedAt = performance.now();
    const elapsed = () => `${Math.round((performance.now() - startedAt) / 1_000)} s`;
    try {
      const { from } = await FIND[tool]({ env: process.env, packages, onProgress: say });
      if (from === 'fetched') say(`${tool} is there (${elapsed()})`);
    } catch {
      say(`${tool} could not be had yet (${elapsed()})`);
    }
  };
  await Promise.all(tools.map(fetchOne));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const options = { env: process.env, onProgress: (line) => console.log(line) };
  const [temporal, goose] = await Promise.all([findTemporalCli(options), findGoose(options)]);
  console.log(`temporal: ${temporal.path}`);
  console.log(`goose: ${goose.path}`);
}

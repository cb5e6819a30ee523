// Thousands of requests, right and wrong ones, by schemathesis, which reads the API's own document: `npm run schemathesis`.
// The program is SCHEMATHESIS, or one on PATH, or is installed from PyPI into the cache of tools; where it cannot be had that is
// said, and nothing fails. `npm test` makes some hundreds of them where the program is there.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { cacheDirOf } from '../embedded/tools/tool-cache.mjs';
import { oneAtATime } from '../os/one-at-a-time.mjs';
import { run } from './run.mjs';

const VERSION = '4.32.5';
/** Of each operation; more than 5,000 requests together. */
const EXAMPLES = '160';
const INSTALL_MS = 120_000;
const LOOK_MS = 20_000;
const call = promisify(execFile);

/** The path of the program; undefined where it cannot be had, and `say` has been told why. */
export async function findSchemathesis(say) {
  const { SCHEMATHESIS } = process.env;
  if (SCHEMATHESIS !== undefined) return SCHEMATHESIS;
  if (await works('schemathesis')) return 'schemathesis';
  const dir = join(cacheDirOf(process.env), `schemathesis-${VERSION}`);
  const program = join(dir, 'bin', 'schemathesis');
  try {
    await oneAtATime(`${dir}.lock`, async () => {
      if (await works(program)) return;
      await rm(dir, { recursive: true, force: true });
      await call('python3', ['-m', 'venv', dir], { timeout: INSTALL_MS });
      const install = ['-m', 'pip', 'install', '--quiet', '--retries', '0', `schemathesis==${VERSION}`];
      await call(join(dir, 'bin', 'python'), install, { timeout: INSTALL_MS });
    });
    return program;
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    say(`schemathesis is skipped, since it cannot be had here: ${firstLine(error)}`);
    return undefined;
  }
}

function works(program) {
  return call(program, ['--version'], { timeout: LOOK_MS }).then(
    () => true,
    () => false,
  );
}

function firstLine({ stderr, message }) {
  return `${stderr || message}`.trim().split('\n')[0];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const program = await findSchemathesis((line) => console.log(line));
  if (program !== undefined) {
    const { SCHEMATHESIS_EXAMPLES = EXAMPLES, SCHEMATHESIS_LEAST = '5000' } = process.env;
    Object.assign(process.env, { SCHEMATHESIS: program, SCHEMATHESIS_EXAMPLES, SCHEMATHESIS_LEAST });
    await run('npx', ['vitest', 'run', 'test/api/schemathesis.test.ts']);
  }
}

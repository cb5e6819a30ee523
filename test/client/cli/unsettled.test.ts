import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'unsettled-'));
const file = join(dir, 'unsettled.mjs');
beforeAll(async () => {
  const input = fileURLToPath(new URL('../../../client/cli/call/unsettled.ts', import.meta.url));
  const bundle = await rolldown({ input, platform: 'node', external: /^node:/ });
  await bundle.write({ file });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each([
  ['new Promise(() => {})', 13, /not done/],
  ['new Promise((resolve) => setTimeout(resolve, 10))', 0, /^$/],
  ['(async () => { process.exitCode = 2; })()', 2, /^$/],
  ['(async () => process.exit(0))()', 0, /^$/],
  ['(async () => { setTimeout(() => process.exit(0)); await new Promise(() => {}); })()', 0, /^$/],
])('a command that is %s ends with %i', (command, code, said) => {
  const script = `import { failUnlessSettled } from ${JSON.stringify(file)}; failUnlessSettled(${command});`;
  const args = ['--input-type=module', '--eval', script];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
  expect([status, stderr]).toEqual([code, expect.stringMatching(said)]);
});

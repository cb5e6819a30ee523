import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { apiToken, learnApiToken } from '../../config/api-token.ts';
import { loadConfig } from '../../config/load.ts';

test('the token is learned once, and no process of ours hands it on', () => {
  const env: Record<string, string | undefined> = { TINYSCHEDULER_API_TOKEN: ' tsk_1 ', PATH: '/bin' };
  learnApiToken(env);
  expect([apiToken(), env]).toEqual(['tsk_1', { PATH: '/bin' }]);
  learnApiToken({ TINYSCHEDULER_API_TOKEN: ' ' });
  expect(apiToken()).toBeUndefined();
});

test('in an env file it has no effect, which is said without it', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'api-token-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, '.env'), '\nTINYSCHEDULER_API_TOKEN=tsk_1\n');
  expect(loadConfig({ env: { TINYSCHEDULER_API_TOKEN: 'tsk_2' }, cwd }).warnings).toEqual([
    `TINYSCHEDULER_API_TOKEN (from ${join(cwd, '.env')} line 2) has no effect: it counts in the environment only.`,
  ]);
  expect(loadConfig({ env: { TINYSCHEDULER_API_TOKEN: 'tsk_2' }, cwd: '/nowhere' }).warnings).toEqual([]);
});

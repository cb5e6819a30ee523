import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { webUiOf } from '../../../client/cli/serve/web-ui.ts';
import { updateEmbeddedState } from '../../../embedded/presence/state-file.ts';
import { identify } from '../../../os/process-identity.mjs';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'web-ui-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const me = () => identify(process.pid) ?? { pid: 0, startTime: '' };
const ask = (address: string) =>
  webUiOf({ loaded: { config: { stateDir } }, temporal: { address, namespace: 'night' } } as never);

test('of the server of this state directory, while that is the one in use', async () => {
  expect(ask('127.0.0.1:7233')).toBeUndefined();
  const temporal = { ...me(), address: '127.0.0.1:7233', uiUrl: 'http://127.0.0.1:8233' };
  await updateEmbeddedState(stateDir, { temporal });
  expect(ask('127.0.0.1:7233')).toEqual({ url: 'http://127.0.0.1:8233', namespace: 'night' });
  expect(ask('temporal.example:7233')).toBeUndefined();
});

test('of one that npm start has found running; where that has no page, none is known', async () => {
  const uses = (uiUrl: string | null) => ({
    temporal: { address: '127.0.0.1:7233', configured: false, uiUrl },
    ...{ tinytask: 'http://127.0.0.1:3000', starter: false },
  });
  await updateEmbeddedState(stateDir, {
    supervisor: { ...me(), uses: uses('http://127.0.0.1:8233') },
  });
  expect(ask('127.0.0.1:7233')?.url).toBe('http://127.0.0.1:8233');
  await updateEmbeddedState(stateDir, { supervisor: { ...me(), uses: uses(null) } });
  expect(ask('127.0.0.1:7233')).toBeUndefined();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openContext } from '../../../client/cli/call/context.ts';
import { temporalEnvironment, temporalSettings } from '../../../config/temporal.ts';
import { updateEmbeddedState } from '../../../embedded/presence/state-file.ts';
import { identify } from '../../../os/process-identity.mjs';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'context-'));
  vi.stubEnv('HOME', dir);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

test('what was brought up here is reached without the namespace and key that are meant for another server', async () => {
  const self = identify(process.pid);
  if (self === undefined) throw new Error('this process is not found');
  await updateEmbeddedState(join(dir, 'state'), { temporal: { ...self, address: '127.0.0.1:9', uiUrl: '' } });
  vi.stubEnv('TEMPORAL_NAMESPACE', 'ours');
  vi.stubEnv('TEMPORAL_API_KEY', 'key');
  const { temporal, loaded } = openContext({ basePath: dir });
  expect(temporal).toEqual({
    address: '127.0.0.1:9',
    namespace: 'default',
    connectionOptions: { address: '127.0.0.1:9' },
    explicitlyConfigured: false,
  });
  const passedOn = temporalEnvironment(loaded.environment, temporal);
  expect(passedOn).toMatchObject({
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    TEMPORAL_NAMESPACE: 'default',
    HOME: dir,
  });
  expect(passedOn).not.toHaveProperty('TEMPORAL_API_KEY');
});

test('a server that was named is reached with all that is set', () => {
  const environment = { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: 'key', HOME: dir };
  expect(temporalEnvironment(environment, temporalSettings(environment))).toEqual(environment);
});

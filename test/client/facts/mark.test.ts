import { expect, test, vi } from 'vitest';
import { answersMark } from '../../../client/facts/mark.ts';
import { loadConfig } from '../../../config/load.ts';
import { temporalSettings } from '../../../config/temporal.ts';

// As in a container whose user has a number and nothing else.
vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  userInfo: () => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  },
}));

/** Of a process with these variables, of a build. */
function markOf(env: Record<string, string>, build = '1', found: object = {}): string {
  const loaded = loadConfig({ env, cwd: '/nowhere' });
  const temporal = temporalSettings({ HOME: '/nonexistent', ...loaded.environment });
  Object.assign(loaded.config, found);
  return answersMark({ loaded, temporal }, build);
}

test('two that are configured alike have the same mark', () => {
  expect(markOf({})).toBe(markOf({}));
  expect(markOf({ TINYSCHEDULER_LOG_LEVEL: 'DEBUG', TINYSCHEDULER_API_PORT: '0', OTHER: 'x' })).toBe(
    markOf({}),
  );
});

test('whatever an answer depends on makes it another one', () => {
  const marks = [
    markOf({}),
    markOf({}, '2'),
    markOf({}, '1', { mcpEndpoint: 'http://127.0.0.1:1' }),
    markOf({}, '1', { starter: true }),
    markOf({ TINYSCHEDULER_MCP_ENDPOINT: 'http://localhost:3000' }),
    markOf({ TINYSCHEDULER_STATE_DIR: '/s' }),
    markOf({ TINYSCHEDULER_AGENT_LIMITS: 'ada:2' }),
    markOf({ TINYSCHEDULER_HEARTBEAT_SEC: '9' }),
    markOf({ TEMPORAL_ADDRESS: 'a:1' }),
    markOf({ TEMPORAL_ADDRESS: 'a:1', TEMPORAL_NAMESPACE: 'n' }),
    markOf({ TEMPORAL_ADDRESS: 'a:1', TEMPORAL_API_KEY: 'one' }),
    markOf({ TEMPORAL_ADDRESS: 'a:1', TEMPORAL_API_KEY: 'two' }),
  ];
  expect(new Set(marks).size).toBe(marks.length);
  for (const mark of marks) expect(mark).toMatch(/^[0-9a-f]{64}$/);
});

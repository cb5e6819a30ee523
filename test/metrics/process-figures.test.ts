import { expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import type { Looked } from '../../metrics/look-thread.ts';
import { processFigures, TemporalSeen } from '../../metrics/process-figures.ts';

const OK: Looked = { text: 'a 1\n', tookMs: 1_500, tinytaskUp: false };
const failed = (code: string | null): Looked => ({ failed: { code, says: 'x' }, tookMs: 10 });
const down = { what: 'temporal', address: 'a', problem: 'it does not answer' } as const;
const up = { ...down, problem: null };

test.each<[string, boolean | undefined, Looked | 'late' | undefined, boolean | undefined]>([
  ['nobody has said anything', undefined, undefined, undefined],
  ['the watch says that it answers', true, undefined, true],
  ['the watch says that it does not', false, undefined, false],
  ['a look has seen it since', false, OK, true],
  ['a look has not reached it', true, failed('temporal-unreachable'), false],
  ['a look has found it stuck', true, failed('temporal-stuck'), false],
  ['a look failed by something else', true, failed('another-scheduler'), true],
  ['a defect of a look says nothing', undefined, failed(null), undefined],
  ['a look takes too long', true, 'late', true],
])('whether Temporal answers: %s', (_, watch, looked, expected) => {
  const seen = new TemporalSeen();
  if (watch !== undefined) seen.hear(watch ? up : down);
  seen.hear({ what: 'stopped' });
  expect(seen.isUp(looked)).toBe(expected);
});

const { config } = loadConfig({ env: { TINYSCHEDULER_LOOP_INTERVAL_SEC: '30' }, cwd: '/nowhere' });
const figures = (
  role: 'daemon' | 'worker',
  looked: Looked | 'late' | undefined,
  isUp: boolean | undefined = undefined,
) => {
  const all = processFigures({ role, version: '1.2.3', config }, looked, isUp);
  const ours = all.filter(({ name }) => name.startsWith('tinyscheduler_'));
  return Object.fromEntries(ours.map(({ name, value }) => [name.slice(14), value]));
};

test.each([
  ['of a worker', figures('worker', undefined, true), { build_info: 1, temporal_up: 1 }],
  ['of a worker that has not asked yet', figures('worker', undefined), { build_info: 1 }],
  [
    'of a daemon that has looked',
    figures('daemon', OK, true),
    {
      ...{ build_info: 1, temporal_up: 1, loop_interval_seconds: 30 },
      ...{ look_up: 1, tinytask_up: 0, look_duration_seconds: 1.5 },
    },
  ],
  [
    'of a daemon whose look failed: nothing is known of TinyTask',
    figures('daemon', failed('temporal-unreachable'), false),
    { build_info: 1, temporal_up: 0, loop_interval_seconds: 30, look_up: 0, look_duration_seconds: 0.01 },
  ],
  [
    'of a daemon that waits for the server',
    figures('daemon', undefined, false),
    { build_info: 1, temporal_up: 0, loop_interval_seconds: 30, look_up: 0 },
  ],
  ['of a late look', figures('daemon', 'late'), { build_info: 1, loop_interval_seconds: 30, look_up: 0 }],
])('%s', (_, found, expected) => expect(found).toEqual(expected));

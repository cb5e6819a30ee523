import { expect, test } from 'vitest';
import { openRuns } from '../../temporal/runs.ts';
import { clientOf } from '../support/described-runs.ts';

const progressOf = async (beat: unknown) => {
  const run = { taskId: 1, agent: 'ada', phase: 'running', closedAtMs: null } as const;
  const [found] = await openRuns(clientOf(() => [{ ...run, atAttempt: true, heardAtMs: 5, beat }]));
  return found?.attempt?.progress;
};

test.each<[string, unknown, object]>([
  [
    'all that a host tells',
    { fence: 1, begunMs: 5, limitMs: 6, tokens: 7, turns: 0 },
    { begunMs: 5, limitMs: 6, tokens: 7, turns: 0 },
  ],
  ['nothing of a host of an earlier version', { fence: 1 }, {}],
  [
    'nothing that is no count',
    { fence: 1, begunMs: '5', limitMs: -1, tokens: 1.5, turns: null, more: 3 },
    {},
  ],
  ['nothing of what is no heartbeat of ours', 'x', {}],
  ['nothing of null', null, {}],
])('of a heartbeat is known: %s', async (_, beat, progress) => {
  expect(await progressOf(beat)).toEqual(progress);
});

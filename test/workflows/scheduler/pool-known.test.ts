import { expect, test } from 'vitest';
import type { Hold } from '../../../domain/slots/breaker.ts';
import { SchedulerState } from '../../../workflows/scheduler/scheduler-state.ts';

const hold: Hold = {
  ...{ state: 'cooling-down', reason: 'quota', sinceMs: 1, untilMs: 2, times: 1, agents: ['ada'] },
};
const told = { semaphore: 'pool-dev', paused: false, agents: [] };

test('the scheduler knows of a pool that it is held, until it is told otherwise', () => {
  const state = new SchedulerState({});
  const known = () => state.surveyInput({ full: false, once: false }).pools;
  state.poolChanged({ ...told, hold });
  expect(known()).toEqual({ 'pool-dev': { paused: false, agents: [], hold } });
  state.poolChanged(told);
  expect(known()).toEqual({});
});

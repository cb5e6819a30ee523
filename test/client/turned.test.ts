import { describe, expect, test } from 'vitest';
import { isTurned, lookUntil, type Switch, turned } from '../../client/turned.ts';
import { agentOf, lookOf } from '../support/api-stand.ts';

const { status } = lookOf({ status: { agents: [agentOf('ada'), agentOf('bob')] } });
const VERBS: [Switch, Switch][] = [
  ['pause', 'resume'],
  ['stop-agents', 'start-agents'],
];

describe.each(VERBS)('%s and %s', (off, on) => {
  test.each([{}, { queue: 'dev' }, { agent: 'ada' }])('are each other’s opposite: %j', (what) => {
    const is = (seen: typeof status) => [isTurned(seen, off, what), isTurned(seen, on, what)];
    const offNow = turned(status, off, what);
    expect([is(status), is(offNow), is(turned(offNow, on, what))]).toEqual([
      [false, true],
      [true, false],
      [false, true],
    ]);
  });
});

test('a queue is turned when each of its agents is', () => {
  const [ada, bob] = status.agents;
  const half = { ...status, agents: [{ ...ada, poolPaused: true }, bob] } as typeof status;
  expect(isTurned(half, 'pause', { queue: 'dev' })).toBe(false);
});

test('it is looked at until it is so', async () => {
  let looks = 0;
  expect(
    await lookUntil(
      async () => ++looks,
      (seen) => seen === 3,
    ),
  ).toEqual({ after: 3, inForce: true });
});

import { expect, test } from 'vitest';
import type { PassEnded } from '../../../activities/events.ts';
import type { Health } from '../../../domain/slots/health.ts';
import { passEnded } from '../../../workers/log/pass-words.ts';

const NOW_MS = Date.parse('2026-01-31T12:00:00Z');
const WHY = { reason: 'quota', times: 1 };
const DUE = 'Agent ada is tried again with the next task that no well agent has a slot for: quota';

/** What a pass at noon says of an agent with this health. */
function said(health: Health): (string | undefined)[] {
  const agents = [
    { name: 'ada', queue: 'dev', limit: 1, limitByHand: null, paused: false, poolPaused: false, health },
  ];
  const report = { atMs: NOW_MS, errors: [], warnings: [], figures: { tasksSpawned: 0 } };
  const event = { full: false, sawTasks: true, paused: false, enabled: true, agents, report };
  const entries = passEnded(event as unknown as PassEnded);
  return entries.flatMap((entry) =>
    'key' in entry && entry.key === 'unwell agents' ? entry.now.map((item) => item.say()?.text) : [],
  );
}

test.each<[string, Health, string[]]>([
  ['well', { state: 'well' }, []],
  [
    'cooling down',
    { state: 'cooling-down', untilMs: NOW_MS + 1, ...WHY },
    ['Agent ada cools down until 12:00:00 UTC: quota'],
  ],
  ['no longer cooling down, and not tried yet', { state: 'cooling-down', untilMs: NOW_MS, ...WHY }, [DUE]],
  [
    'unable to run',
    { state: 'misconfigured', untilMs: NOW_MS + 1, ...WHY },
    ['Agent ada cannot run (quota); tried again at 12:00:00 UTC'],
  ],
  ['unable to run, and not tried yet', { state: 'misconfigured', untilMs: NOW_MS, ...WHY }, [DUE]],
])('an agent that is %s', (_, health, texts) => {
  expect(said(health)).toEqual(texts);
});

import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../client/snapshot.ts';
import { statusOf } from '../../client/status.ts';
import { agentLine } from '../../domain/plan/agent-line.ts';
import { semaphoreOf } from '../../domain/semaphore-id.ts';
import type { Health } from '../../domain/slots/health.ts';
import type { KnownRun } from '../../temporal/runs.ts';
import { sayAgent } from '../../words/agent.ts';

const NOW_MS = Date.parse('2026-01-31T12:00:00Z');
const SILENT_MS = 45_000;

function snapshot({ runs = [], health, line = [] }: { runs?: KnownRun[]; health?: Health; line?: number[] }) {
  const agent = { name: 'ada', queue: 'dev', limit: 1 };
  const known = {
    name: 'ada',
    limitByHand: null,
    paused: false,
    health: health ?? { state: 'well' },
    quiet: false,
  } as const;
  return {
    scheduler: { exists: true, daemon: '1@host', paused: false, enabled: true },
    inForce: { mode: 'queue', enabled: true, blockingDisabled: false },
    agents: [agentLine(agent, { paused: false, agents: [known] })],
    planned: {
      ...{ starts: [], waiting: [], misplaced: [], cycles: [] },
      inLine: line.map((taskId) => ({ taskId, reason: { why: 'slot-due' } })),
    },
    ...{ runs, tasks: [], problems: [], complaints: [], deeds: new Map(), warnings: [], nowMs: NOW_MS },
    troubled: { troubles: [], more: 0 },
  } as unknown as Snapshot;
}

function runOf(taskId: number, phase: 'waiting' | 'running'): KnownRun {
  const memo = { semaphore: semaphoreOf({ name: 'ada', queue: 'dev' }), wants: null, past: { number: 1 } };
  const attempt = phase === 'running' ? { startedAtMs: null, heardAtMs: null } : null;
  return { taskId, agent: null, queue: 'dev', phase, attempt, memo, startedAtMs: 0 } as unknown as KnownRun;
}

test('the line is told in its order, whoever has a slot before it', () => {
  const runs = [runOf(9, 'waiting'), runOf(7, 'waiting'), runOf(8, 'waiting'), runOf(5, 'running')];
  const { queued } = statusOf(snapshot({ runs, line: [7, 9, 8] }), SILENT_MS);
  expect(queued.map(({ taskId, state }) => [taskId, state])).toEqual([
    [5, 'waiting-for-host'],
    [7, 'waiting-for-slot'],
    [9, 'waiting-for-slot'],
    [8, 'waiting-for-slot'],
  ]);
});

describe('how an unwell agent is told', () => {
  const ill = { reason: 'quota', times: 1 };
  const dueText = 'is tried again with the next task that no well agent has a slot for: quota';
  test.each<[string, Health, string | RegExp]>([
    [
      'before its time has come',
      { state: 'cooling-down', untilMs: NOW_MS + 1, ...ill },
      'cools down until 12:00:00 UTC: quota',
    ],
    ['when it has come', { state: 'cooling-down', untilMs: NOW_MS, ...ill }, dueText],
    ['that cannot run', { state: 'misconfigured', untilMs: NOW_MS + 1, ...ill }, 'cannot run: quota'],
    ['that could not run', { state: 'misconfigured', untilMs: NOW_MS, ...ill }, dueText],
    [
      'while one task tries it',
      { state: 'cooling-down', untilMs: NOW_MS, ...ill, probing: true },
      'one task tries it again: quota',
    ],
  ])('%s', (_, health, text) => {
    const [agent] = statusOf(snapshot({ health }), SILENT_MS).agents;
    expect(agent && sayAgent(agent)).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
  });
});

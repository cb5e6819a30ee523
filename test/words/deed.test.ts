import { expect, test } from 'vitest';
import type { AgentStatus, LimitSet, Stopped } from '../../contract/status.ts';
import type { Reason } from '../../domain/plan/reason.ts';
import { WELL } from '../../domain/slots/health.ts';
import { sayAgent } from '../../words/agent.ts';
import { sayReason } from '../../words/reason.ts';
import { sayScheduler } from '../../words/scheduler.ts';
import { sayLimitSet, sayStopped } from '../../words/stopped.ts';

const AT = Date.UTC(2026, 0, 1, 12, 30, 5);
const deed = { by: 'ann@box', note: 'disk full', atMs: AT };
const WHO = 'by ann@box, 2026-01-01 12:30:05 UTC: disk full';

const agent = (change: Partial<AgentStatus>): AgentStatus => ({
  ...{ name: 'ada', queue: 'dev', limit: 1, held: 0, waiting: 0, paused: false, poolPaused: false },
  ...{ health: WELL, ...change },
});

test.each<[Partial<AgentStatus>, string]>([
  [{ paused: true }, 'paused'],
  [{ paused: true, deeds: [{ did: 'pause', agent: 'ada', ...deed }] }, `paused ${WHO}`],
  [{ poolPaused: true, deeds: [{ did: 'pause', ...deed }] }, `its queue: paused ${WHO}`],
  [
    { paused: true, stopped: true, deeds: [{ did: 'stop-agents', agent: 'ada', ...deed }] },
    `agents stopped ${WHO}`,
  ],
  [{ stopped: true }, 'stopped'],
  [{ poolStopped: true }, 'its queue: agents stopped'],
  [{ deeds: [{ did: 'set-limit', agent: 'ada', ...deed }] }, `ready; limit set ${WHO}`],
  [{ leaving: true }, 'leaving: it is not in the configuration any more, and finishes what it has'],
])('agent %j', (change, says) => expect(sayAgent(agent(change))).toBe(says));

test.each<[Reason, string]>([
  [{ why: 'scheduler-paused' }, 'the scheduler is paused (`resume` goes on)'],
  [{ why: 'scheduler-paused', stopped: true }, 'all agents are stopped (`start-agents` goes on)'],
  [
    { why: 'agent-paused', agent: 'ada', stopped: true },
    'ada is stopped (`start-agents --agent ada` goes on)',
  ],
  [
    { why: 'pool-paused', queue: 'dev', stopped: true },
    'the agents of queue "dev" are stopped (`start-agents --queue dev` goes on)',
  ],
])('reason %j', (reason, says) => expect(sayReason(reason)).toBe(says));

test('the scheduler: each that holds is told, with who did it and how to undo it', () => {
  const says = sayScheduler({
    ...{ exists: true, enabled: true, paused: true, stopped: true, daemon: '1@box' },
    deeds: [
      { did: 'stop-agents', ...deed },
      { did: 'resume', ...deed },
    ],
  });
  expect(says).toMatch(
    /^all agents are stopped: nothing starts until `.*start-agents` \(agents stopped by ann@box.*; and paused: .* resume`$/,
  );
});

test.each<[Stopped, string]>([
  [
    { taskId: 7, agent: 'ada', did: 'stopped' },
    'Task 7 on ada is stopped: idle, and in line again; no attempt was used.',
  ],
  [{ taskId: 7, agent: null, did: 'ended' }, 'Task 7 has ended.'],
  [
    { taskId: 7, agent: 'ada', did: 'still-running' },
    'Task 7 on ada was told to stop, and has not ended yet; nobody may be there to carry it out.',
  ],
])('%j', (stopped, says) => expect(sayStopped(stopped)).toBe(says));

test.each<[LimitSet, string]>([
  [
    { agent: 'ada', slots: 1, configured: 1, byHand: false, held: 0 },
    'Agent ada has 1 slot now, as configured.',
  ],
  [
    { agent: 'ada', slots: 0, configured: 2, byHand: true, held: 2 },
    'Agent ada has 0 slots now (configured: 2), until its configured limit changes, or `agents set-limit ada configured`. 2 run: nothing is stopped, and nothing starts until fewer do.',
  ],
])('%j', (set, says) => expect(sayLimitSet(set)).toBe(says));

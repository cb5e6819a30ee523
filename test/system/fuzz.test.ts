import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gooseQueue, SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { HOSTILE } from '../support/hostile-texts.ts';
import { rawPayload, sendRaw, UNREADABLE, updateRaw } from '../support/raw-messages.ts';
import { type System, startSystem } from '../support/system.ts';
import { inStatus, newTask, parkedTask } from '../support/task-runs.ts';
import { rankOfTask } from '../support/tasks.ts';

const FUZZ_MS = 20_000;
const AGENTS = [
  { agentName: 'quick', agentType: 'dev', limit: 2 },
  { agentName: 'bad', agentType: 'other' },
];
let system: System;
let parked: number;

beforeAll(async () => {
  system = await startSystem();
  await system.agents(AGENTS);
  await system.recipe('quick', 'MODEL: say Done.');
  await system.recipe('bad', 'MODEL: wait 60s');
  await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
  parked = await parkedTask(system, 'bad');
});
afterAll(() => system.stop());

const SIGNALS = {
  [SCHEDULER_ID]: ['pause', 'resume', 'run-now', 'run-changed', 'pool-changed', 'daemon-started', 'enable'],
  [poolId('dev')]: [
    ...['pause', 'resume', 'set-limit', 'request', 'release', 'processes-gone', 'configure'],
    ...['scheduler-paused', 'try-again', 'order', 'model-answered', 'look-at-holders', 'no-such-signal'],
  ],
  run: ['grant', 'withdraw', 'look-again', 'ask-again', 'no-such-signal'],
};

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(...Object.values(HOSTILE), '__proto__', 'quick', 'task-1', `task-${2 ** 53}`),
  fc.nat(300_000).map((length) => 'x'.repeat(length)),
);
const number = fc.oneof(fc.integer(), fc.constantFrom(1, -1, 1e300, -0, 0.5, 2 ** 53, 8.64e15));
const key = fc.constantFrom(
  ...[
    'workflowId',
    'runId',
    'fence',
    'verdict',
    'kind',
    'reason',
    'rank',
    'ranks',
    'rankedAtMs',
    'atMs',
    'wants',
    'agent',
    'agents',
    'name',
    'policy',
    'moved',
    'semaphore',
    'health',
    'state',
  ],
  ...[
    'untilMs',
    'times',
    'paused',
    'limitByHand',
    'taskId',
    'pool',
    'limit',
    'heartbeatTimeoutMs',
    '__proto__',
  ],
);
const QUICK = { name: 'quick', paused: false, limitByHand: null, health: { state: 'well' } };
const POLICY = { heartbeatTimeoutMs: 1, coolDownMs: 1, coolDownMaxMs: 1, passIntervalMs: 1 };
/** Nearly what a message is, with a part of it wrong. */
const nearly = fc
  .tuple(
    fc.constantFrom<object>(
      {
        workflowId: 'task-1',
        runId: crypto.randomUUID(),
        fence: 1,
        verdict: null,
        rank: rankOfTask(1),
        rankedAtMs: 1,
        wants: null,
      },
      { semaphore: poolId('dev'), paused: false, agents: [QUICK] },
      { policy: { agents: [{ name: 'quick', limit: 2, gooseQueue: gooseQueue() }], ...POLICY }, moved: [] },
      { policy: { agents: [], ...POLICY }, moved: [QUICK] },
      { ranks: [rankOfTask(1)], atMs: 1 },
      { taskId: 1, state: 'ended', pool: { pool: 'dev', agent: 'quick' } },
    ),
    key,
    fc.oneof(text, number, fc.constant(null), fc.constant({})),
  )
  .map(([whole, part, wrong]) => ({ ...whole, [part]: wrong }));
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    ...[text, number, fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 4 })],
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
})).value;
const payload = fc.oneof(
  {
    arbitrary: fc.oneof(nearly, anything).map((value) => rawPayload('json/plain', JSON.stringify(value))),
    weight: 4,
  },
  fc.constantFrom(...Object.values(UNREADABLE)),
);

type Step = (at: System) => Promise<unknown>;

const signal = fc
  .constantFrom(...Object.entries(SIGNALS).flatMap(([to, names]) => names.map((name) => [to, name] as const)))
  .chain(([to, name]) =>
    fc.array(payload, { maxLength: 2 }).map((payloads): Step => {
      return (at) => sendRaw(at.client, to === 'run' ? taskWorkflowId(parked) : to, name, ...payloads);
    }),
  );
const update = fc.array(payload, { maxLength: 1 }).map(
  (payloads): Step =>
    (at) =>
      updateRaw(at.client, SCHEDULER_ID, ...payloads),
);
const task = fc
  .record(
    {
      ...{ title: text, created_by: text, description: text, queue_name: text, assigned_to: text },
      ...{ tags: fc.array(text, { maxLength: 3 }), priority: number, parent_task_id: number },
      blocked_by_task_id: number,
    },
    { requiredKeys: ['title', 'created_by'] },
  )
  .map(
    (fields): Step =>
      (at) =>
        at.tool('create_task', fields),
  );
const controlFile = fc
  .oneof(
    text,
    fc
      .array(fc.record({ agentName: fc.oneof(text, fc.constant('quick')), agentType: text, limit: number }))
      .map((entries) => JSON.stringify(entries)),
  )
  .map(
    (content): Step =>
      (at) =>
        at.controlFile(content),
  );

test('whatever is sent, written into tasks and into the file of agents: it schedules afterwards', async () => {
  const scheduler = system.client.workflow.getHandle(SCHEDULER_ID);
  const { raw } = await scheduler.describe();
  let steps = 0;
  let underWay: Promise<unknown> = Promise.resolve();
  await fc.assert(
    fc.asyncProperty(fc.oneof({ arbitrary: signal, weight: 5 }, update, task, controlFile), async (step) => {
      // Much of it is refused at once, by TinyTask or by the server.
      underWay = step(system).catch(() => undefined);
      await underWay;
      steps += 1;
    }),
    { interruptAfterTimeLimit: FUZZ_MS, numRuns: 100_000, endOnFailure: true },
  );
  // The end of the time does not wait for it.
  await underWay;
  console.info(`${steps} steps`);

  await system.agents(AGENTS);
  const pool = system.client.workflow.getHandle(poolId('dev'));
  for (const handle of [scheduler, pool]) await handle.signal('resume');
  await scheduler.signal('enable');
  await pool.signal('resume', 'quick');
  await pool.signal('set-limit', 2);
  const { id } = await newTask(system, { queue: 'dev', priority: 1_000_000 });
  await inStatus(system, id, 'complete');
  const after = await scheduler.describe();
  expect(after.status.name).toBe('RUNNING');
  expect(after.raw.workflowExecutionInfo?.firstRunId).toBe(raw.workflowExecutionInfo?.firstRunId);
  await system.client.workflow.getHandle(taskWorkflowId(parked)).query('status');
});

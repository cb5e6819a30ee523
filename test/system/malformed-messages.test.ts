import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { eventually } from '../support/eventually.ts';
import { type RawPayload, rawPayload, sendRaw, UNREADABLE, updateRaw } from '../support/raw-messages.ts';
import { type System, startSystem } from '../support/system.ts';
import { agentIn, inStatus, newTask, parkedTask } from '../support/task-runs.ts';
import { rankOfTask } from '../support/tasks.ts';
import { ask } from '../support/told.ts';
import { typeSignal } from '../support/typed-signal.ts';

vi.setConfig({ maxConcurrency: 3 });

const RUN = { workflowId: 'task-1', runId: '01234567-89ab-cdef-0123-456789abcdef' };
const POOL = poolId('dev');
const rank = rankOfTask(1);
const policy = {
  agents: [{ name: 'quick', limit: 1, gooseQueue: 'tinyscheduler-goose' }],
  ...{ heartbeatTimeoutMs: 1, coolDownMs: 1, coolDownMaxMs: 1, passIntervalMs: 1 },
};
const asked = { ...RUN, rank, rankedAtMs: 1, wants: null };

let system: System;
/** A run that is parked: what is sent to it cannot end it. */
let parked: number;

beforeAll(async () => {
  system = await startSystem();
  await system.agents([
    // As many as tests that run at the same time.
    { agentName: 'quick', agentType: 'dev', limit: 3 },
    { agentName: 'bad', agentType: 'other' },
  ]);
  await system.recipe('quick', 'MODEL: say Done.');
  await system.recipe('bad', 'MODEL: wait 60s');
  await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
  parked = await parkedTask(system, 'bad');
  await everythingWorks();
});
afterAll(() => system.stop());

/** Each workflow takes messages, and a task is done from its start to its end. */
async function everythingWorks(): Promise<void> {
  const { id } = await newTask(system, { assignedTo: 'quick' });
  await inStatus(system, id, 'complete');
  for (const workflowId of [SCHEDULER_ID, POOL, taskWorkflowId(parked)]) {
    await system.client.workflow.getHandle(workflowId).query('status');
    await eventually(`${workflowId} has handled what it was sent`, async () => {
      const { raw, status } = await system.client.workflow.getHandle(workflowId).describe();
      expect(status.name).toBe('RUNNING');
      return !raw.pendingWorkflowTask || Number(raw.pendingWorkflowTask.attempt) < 2;
    });
  }
}

const TO: [string, () => string, string[]][] = [
  [
    'the scheduler',
    () => SCHEDULER_ID,
    ['pool-changed', 'run-changed', 'run-now', 'pause', 'resume', 'stop-agents', 'start-agents', 'enable'],
  ],
  [
    'a semaphore',
    () => POOL,
    [
      'request',
      'release',
      'processes-gone',
      'configure',
      'scheduler-paused',
      'model-answered',
      'order',
      'try-again',
      'set-limit',
      'pause',
      'resume',
      'stop-holders',
      'stop-agents',
      'start-agents',
    ],
  ],
  ['a run', () => taskWorkflowId(parked), ['grant', 'stop-attempt', 'note', 'look-again', 'ask-again']],
];

describe.each(TO)('%s', (_to, workflowId, signals) => {
  test('goes on after messages that it cannot read', async () => {
    for (const payload of Object.values(UNREADABLE))
      for (const signal of signals) await sendRaw(system.client, workflowId(), signal, payload);
    await everythingWorks();
  });

  test('goes on after messages of another shape', async () => {
    const wrong = [
      undefined,
      null,
      {},
      [],
      'x',
      7,
      true,
      { workflowId: {} },
      JSON.parse('{"__proto__":{"a":1}}'),
    ];
    for (const signal of signals)
      for (const content of wrong)
        await system.client.workflow.getHandle(workflowId()).signal(signal, content);
    await everythingWorks();
  });
});

const ALMOST: [string, string, unknown][] = [
  ['an id that no workflow can have', 'request', { ...asked, workflowId: 'x'.repeat(3_000) }],
  ['no id', 'request', { ...asked, workflowId: '' }],
  ['another workflow', 'request', { ...asked, workflowId: 'scheduler' }],
  ['a run id that is none', 'request', { ...asked, runId: 'x' }],
  ['a rank without an id', 'request', { ...asked, rank: { ...rank, id: null } }],
  ['a wish for nobody', 'request', { ...asked, wants: 'eve' }],
  ['a run that is not there', 'request', asked],
  ['an empty verdict', 'release', { ...RUN, fence: 1, verdict: {} }],
  ['a verdict of another kind', 'release', { ...RUN, fence: 1, verdict: { kind: 'toString', reason: 'x' } }],
  ['a fence that is none', 'release', { ...RUN, fence: 1e300, verdict: null }],
  ['a policy without a part', 'configure', { policy: { ...policy, agents: undefined }, moved: [] }],
  ['a policy with endless times', 'configure', { policy: { ...policy, passIntervalMs: 1e300 }, moved: [] }],
  ['no word of who comes', 'configure', { policy }],
  ['an order of one that is not there', 'order', { ranks: [{ ...rank, id: 10 ** 12 }], atMs: 8e15 }],
  ['an order without an id', 'order', { ranks: [{ ...rank, id: null }], atMs: 1 }],
  ['an order without a time', 'order', { ranks: [rank] }],
  ['an answer to nobody', 'model-answered', { ...RUN, fence: 1 }],
  ['an agent of a reserved name', 'try-again', ['__proto__']],
];

test.concurrent.each(ALMOST)('a semaphore goes on after %s (%s)', async (_what, signal, content) => {
  await system.client.workflow.getHandle(POOL).signal(signal, content);
  await everythingWorks();
});

const well = { name: 'quick', health: { state: 'well' }, paused: false, limitByHand: null };
const told = (agent: object) => ({ semaphore: POOL, paused: false, agents: [{ ...well, ...agent }] });
test.concurrent.each([
  ['a health of another kind', told({ health: { state: 'constructor' } })],
  [
    'a health until the end of time',
    told({ health: { state: 'misconfigured', reason: 'x', times: 1, untilMs: 1e300 } }),
  ],
  ['an agent of a reserved name', told({ name: '__proto__' })],
  ['an agent with a huge name', told({ name: 'x'.repeat(100_000) })],
  ['a pool of a reserved name', { ...told({}), semaphore: '__proto__' }],
])('the scheduler goes on after %s', async (_what, content) => {
  await system.client.workflow.getHandle(SCHEDULER_ID).signal('pool-changed', content);
  await everythingWorks();
});

const NO_PASSES: [string, RawPayload[]][] = [
  ['nothing', []],
  ['null', [rawPayload('json/plain', 'null')]],
  ['another shape', [rawPayload('json/plain', '{"once":"yes"}')]],
  ...Object.entries(UNREADABLE).map(([what, payload]): [string, RawPayload[]] => [what, [payload]]),
];

test('who asks for a pass with something else is refused, and told why', async () => {
  for (const [what, payloads] of NO_PASSES)
    await expect(updateRaw(system.client, SCHEDULER_ID, ...payloads), what).rejects.toThrow(
      /pass wants \{"once": true\} or \{"once": false\}/,
    );
  await everythingWorks();
});

describe('a person who types a wrong value is told', () => {
  const typed: [string, () => string, string, string, RegExp][] = [
    [
      'a limit that is too high',
      () => POOL,
      'set-limit',
      '5000',
      /pool dev was sent set-limit with 5000, .* from 0 to 1000/,
    ],
    ['a limit that is none', () => POOL, 'set-limit', '"many"', /pool dev was sent set-limit with "many"/],
    [
      'a task that is none',
      () => SCHEDULER_ID,
      'run-now',
      '"x"',
      /the scheduler was sent run-now with "x", .* the number of a task/,
    ],
  ];
  test.each(typed)('%s', async (_what, workflowId, signal, input, says) => {
    await typeSignal(system, workflowId(), signal, input);
    await eventually('status says so', async () => {
      const { stdout } = await ask(system, ['status', '--json']);
      return (JSON.parse(stdout) as { problems: string[] }).problems.some((problem) => says.test(problem));
    });
    await eventually('the Web UI says so', async () => {
      const about = await system.client.workflow
        .getHandle(workflowId())
        .query<{ currentDetails?: string }>('__temporal_workflow_metadata');
      return says.test(about.currentDetails ?? '');
    });
    await everythingWorks();
  });

  test('until it is done right', async () => {
    for (const signal of ['stop-agents', 'start-agents', 'pause', 'resume'])
      await system.client.workflow.getHandle(POOL).signal(signal);
    await system.client.workflow.getHandle(POOL).signal('set-limit', '2');
    await system.client.workflow.getHandle(SCHEDULER_ID).signal('run-now');
    await eventually(
      'the limit is as wished',
      async () => (await agentIn(system, 'dev', 'quick')).limitByHand === 2,
    );
    await eventually('nothing is wrong', async () => {
      const { problems } = await (await system.scheduler()).status();
      expect(problems).toEqual([]);
      return true;
    });
  });
});

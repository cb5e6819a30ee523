import { expect, test } from 'vitest';
import { startProcessorWatch } from '../../os/processor-watch.ts';
import { agentOf, apiStand, lookOf, openTaskOf } from '../support/api-stand.ts';
import { toolStand } from '../support/tool-stand.ts';

const TASKS = Array.from({ length: 10_000 }, (_, at) =>
  openTaskOf(at + 1, { queue: `queue-${at % 40}`, pool: `queue-${at % 40}` }),
);
const AGENTS = Array.from({ length: 200 }, (_, at) => agentOf(`agent-${at}`, { queue: `queue-${at % 40}` }));

/** What the API adds to a look, of processor time: it has a second of the two that an answer may take. */
const MOST_MS = 1_000;

test.each([
  '/api/state',
  '/api/agents',
  '/api/queues',
  '/api/tasks',
  '/api/tasks?limit=1000&sort=id',
  '/api/tasks?pool=queue-7',
])('%s of 10,000 tasks and 200 agents', async (path) => {
  const stand = apiStand({ look: async () => lookOf({ status: { agents: AGENTS }, tasks: [...TASKS] }) });
  const spentMs = startProcessorWatch();
  const answer = await stand.ask(path);
  const { length } = await answer.text();
  expect([answer.status, spentMs() < MOST_MS]).toEqual([200, true]);
  expect(length).toBeLessThan(1_000_000);
  stand.end();
});

test('a bulk of 1,000 with all places before and after', async () => {
  const stand = apiStand({ look: async () => lookOf({ tasks: [...TASKS] }) });
  const spentMs = startProcessorWatch();
  const answer = await stand.post('/api/tasks/retry', {
    task_ids: TASKS.slice(-1_000).map(({ taskId }) => taskId),
    dry_run: true,
  });
  const { tasks } = (await answer.json()) as { tasks: object[] };
  expect([tasks.length, spentMs() < MOST_MS]).toEqual([1_000, true]);
  stand.end();
});

test.each([
  ['scheduler_list_tasks', {}],
  ['scheduler_list_tasks', { status: 'pending', queue: 'queue-7', limit: 100 }],
  ['scheduler_get_status', {}],
  ['scheduler_daemon_status', {}],
  ['scheduler_control', { action: 'run-now', task_id: '10000' }],
])('%s %j of 10,000 tasks and 200 agents, small enough to be read by a model', async (name, args) => {
  const stand = toolStand({
    look: async () => lookOf({ status: { agents: AGENTS }, tasks: [...TASKS] }),
    runNow: async () => undefined,
  });
  const spentMs = startProcessorWatch();
  const { isError, text, facts } = await stand.call(name, args);
  expect([isError, spentMs() < MOST_MS]).toEqual([false, true]);
  expect(text.length + JSON.stringify(facts).length).toBeLessThan(40_000);
  stand.end();
});

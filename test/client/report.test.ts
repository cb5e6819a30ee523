import { type Client, ServiceError } from '@temporalio/client';
import { describe, expect, test, vi } from 'vitest';
import { type ReportDeps, readReport } from '../../client/report.ts';
import type { Failure } from '../../contract/errors.ts';
import type { Report, ReportAsked } from '../../contract/report.ts';
import { TinyTaskError } from '../../tinytask/errors.ts';
import { configOf, type Place, registryOf, serverOf } from '../support/place.ts';
import { agentOf, taskOf } from '../support/tasks.ts';

const PLACE: Place = {
  tasks: [taskOf(1, { queue: 'dev' }), taskOf(2, { assignedTo: 'eve' })],
  agents: [agentOf('ada', 1, 'dev')],
};
vi.mock('../../config/agent-control.ts', () => ({ loadAgents: async () => registryOf(PLACE) }));

const COMPLETE = taskOf(3, { status: 'complete', assignedTo: 'eve' });
const OPEN: ReportAsked = { statuses: ['idle', 'working'] };
const SINCE: ReportAsked = { ...OPEN, sinceMs: Date.now() - 3_600_000 };
const UNREACHABLE: Failure = { code: 'temporal-unreachable', address: 'x:1', named: true, text: 'refused' };

const tinytask: ReportDeps['tinytask'] = {
  kind: async () => ({ speaks: 'streamable-http', lacks: [] }),
  speaks: 'streamable-http',
  listOpen: async () => PLACE.tasks,
  list: async ({ status } = {}) => (status?.includes('complete') ? [COMPLETE] : []),
};
const down = async () => {
  throw new TinyTaskError('unreachable', 'list_tasks', 'nobody is there');
};
const gone = () => {
  const cause = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'gone', metadata: {} });
  throw new ServiceError('Failed', { cause });
};

/** The server of the place, of which a part is another. */
function server(workflow: object = {}, workflowService: object = {}): Client {
  const whole = serverOf(PLACE);
  return {
    ...whole,
    workflow: { ...whole.workflow, ...workflow },
    workflowService: {
      ...whole.workflowService,
      describeNamespace: async () => ({ config: {} }),
      ...workflowService,
    },
  } as unknown as Client;
}
const report = (change: Partial<ReportDeps>, asked = OPEN): Promise<Report> =>
  readReport({ client: server(), tinytask, config: configOf(PLACE), ...change }, asked);

test('with a server', async () => {
  const { scheduler, ended, summary, problems } = await report({});
  expect(summary.open).toBe(2);
  expect(scheduler?.reasons).toEqual([
    { why: 'starting', tasks: 1 },
    { why: 'unknown-agent', tasks: 1 },
  ]);
  expect(scheduler?.pools.map(({ queue, tasks }) => [queue, tasks])).toEqual([
    ['dev', 1],
    [null, 1],
  ]);
  expect([ended, problems]).toEqual([null, []]);
});

test.each<[ReportAsked, number[]]>([
  [{ statuses: ['complete'] }, [3]],
  [{ statuses: ['idle', 'complete'] }, [1, 2, 3]],
  [{ statuses: ['idle', 'working', 'complete'], agent: 'eve' }, [2, 3]],
  [{ statuses: ['idle'], agent: 'nobody' }, []],
])('%j', async (asked, ids) => {
  const { tasks, scheduler } = await report({}, asked);
  expect(tasks.map(({ task }) => task.id).sort()).toEqual(ids);
  expect(scheduler?.pools.map(({ tasks: open }) => open)).toEqual([1, 1]);
});

describe('without what Temporal knows', () => {
  test.each<[string, ReportDeps['client'], string]>([
    ['there is no server', UNREACHABLE, 'temporal-unreachable'],
    [
      'it fails meanwhile',
      server({ getHandle: () => ({ describe: async () => gone() }) }),
      'temporal-failed',
    ],
  ])('%s', async (_what, client, code) => {
    const found = await report({ client }, SINCE);
    expect(found).toMatchObject({ summary: { open: 2 }, scheduler: null, ended: null });
    expect(found.problems[0]).toMatchObject({ what: 'alone', failure: { code } });
  });

  test('what has ended cannot be read', async () => {
    const list = (options: { query: string }) =>
      options.query.includes('CloseTime') ? gone() : serverOf(PLACE).workflow.list(options);
    const found = await report({ client: server({ list }) }, SINCE);
    expect(found.ended).toBe(null);
    expect(found.scheduler?.pools).toHaveLength(2);
    expect(found.problems).toMatchObject([{ what: 'ended-unknown', failure: { code: 'temporal-failed' } }]);
  });

  test('a defect of ours is none of the server', async () => {
    const broken = server({}, { describeNamespace: async () => undefined });
    await expect(report({ client: broken }, SINCE)).rejects.toThrow(TypeError);
  });
});

test.each<[string, Partial<ReportDeps>, ReportAsked]>([
  ['with a server', { tinytask: { ...tinytask, listOpen: down } }, OPEN],
  ['without one', { client: UNREACHABLE, tinytask: { ...tinytask, listOpen: down } }, OPEN],
  ['for complete tasks', { tinytask: { ...tinytask, list: down } }, { statuses: ['complete'] }],
])('a TinyTask that does not answer is an error: %s', async (_what, deps, asked) => {
  await expect(report(deps, asked)).rejects.toThrow('nobody is there');
});

import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import type { SchedulerEvent } from '../../../activities/events.ts';
import { surveyActivities } from '../../../activities/survey/survey.ts';
import { loadConfig } from '../../../config/load.ts';
import { packRuns, type SurveyInput, type SurveyResult, unpackRuns } from '../../../contract/pass.ts';
import type { AgentRegistry } from '../../../domain/agent.ts';
import type { TinyTask } from '../../../tinytask/client.ts';
import type { NewTask } from '../../../tinytask/task-arguments.ts';
import { sayWarnings } from '../../../words/pass.ts';
import { clientOf, type DescribedRun, type Signalled } from '../../support/described-runs.ts';
import { agentOf, runOf } from '../../support/tasks.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

const registry: AgentRegistry = {
  agents: [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'qa')],
  ...{ mode: 'queue', warnings: ['a line of the file is odd'] },
};
const INTERVAL_MS = 60_000;
const FIRST: SurveyInput = {
  ...{ full: true, once: false, runs: [], assignedByUs: {}, pools: {}, ranks: {}, paused: false },
  ...{ first: [], toldChanges: {}, serves: null, last: null, keepsKnown: true },
};
const REFILL: SurveyInput = { ...FIRST, full: false, last: { by: '1@box', config: '' } };

interface Stand {
  tinytask: TinyTask;
  heard: Signalled[];
  log: SchedulerEvent[];
  /** As the server has them. */
  runs: DescribedRun[];
  /** Workflows that were looked at: by the client that tells, and by the one that asks. */
  looked: { telling: string[]; asking: string[] };
  create(task?: Partial<NewTask>): Promise<number>;
  survey(input: SurveyInput): Promise<SurveyResult>;
}

async function stand(settings: Record<string, string> = {}): Promise<Stand> {
  const tinytask = client((await embeddedTinyTask()).endpoint);
  const heard: Signalled[] = [];
  const log: SchedulerEvent[] = [];
  const runs: DescribedRun[] = [];
  const named = Object.entries(settings).map(([name, value]) => [`TINYSCHEDULER_${name}`, value]);
  const env = { TINYSCHEDULER_LOOP_INTERVAL_SEC: '60', ...Object.fromEntries(named) };
  const looked: Stand['looked'] = { telling: [], asking: [] };
  const { survey } = surveyActivities({
    client: noting(
      clientOf(() => runs, heard),
      looked.telling,
    ),
    asking: noting(
      clientOf(() => runs),
      looked.asking,
    ),
    ...{ tinytask, config: loadConfig({ env, cwd: '/' }).config },
    ...{ loadAgents: async () => registry, tell: (event) => void log.push(event) },
  });
  return {
    ...{ tinytask, heard, log, runs, looked },
    create: async (task) =>
      (await tinytask.create({ title: 'a', createdBy: 'test', queue: 'dev', ...task })).id,
    survey: (input) =>
      new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() }).run(survey, input),
  };
}

/** The same client, which notes what it is asked to describe. */
function noting(client: Client, looked: string[]): Client {
  const getHandle = (id: string) => {
    const handle = client.workflow.getHandle(id);
    const describe = () => {
      looked.push(id);
      return handle.describe();
    };
    return { ...handle, describe };
  };
  return { ...client, workflow: { ...client.workflow, getHandle } } as unknown as Client;
}

const idsOf = ({ starts }: SurveyResult) => starts.map(({ task }) => task.id);
const whyOf = ({ report }: SurveyResult) => report.waiting.map(({ taskId, reason }) => [taskId, reason.why]);

describe('a full pass', () => {
  test('each thing that it tells has its id', async () => {
    const it = await stand({ WAITING_PER_AGENT: '0' });
    await it.survey(FIRST);
    const ids = it.log.splice(0).map(({ pass }) => pass);
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[\w-]+-\w+$/);
  });

  test('that blockers do not count is a warning', async () => {
    const it = await stand({ DISABLE_BLOCKING: 'true' });
    const { report } = await it.survey(FIRST);
    expect(sayWarnings(report)).toEqual([...registry.warnings, expect.stringContaining('DISABLE_BLOCKING')]);
  });

  test('starts what may start, and says why the rest does not', async () => {
    const it = await stand({ WAITING_PER_AGENT: '0' });
    const [one, two, qa] = [await it.create(), await it.create(), await it.create({ queue: 'qa' })];
    const nobody = await it.create({ queue: 'ops' });
    const result = await it.survey(FIRST);
    expect(idsOf(result)).toEqual([one, qa]);
    expect(whyOf(result)).toEqual([
      [two, 'pool-full'],
      [nobody, 'no-agent-for-queue'],
    ]);
    expect(result).toMatchObject({
      ...{ semaphores: ['pool-dev', 'pool-qa'], loopIntervalMs: INTERVAL_MS, runs: null },
      counts: { idle: 4, working: 0, waiting: 2 },
    });
    expect(result.report).toMatchObject({
      ...{ errors: [], warnings: registry.warnings, waitingTotal: 2 },
      figures: { tasksSpawned: 2, unassignedMatched: 2, leasesScanned: 0, leasesReclaimed: 0 },
    });
    expect(it.log.map(({ what }) => what)).toEqual(['pass-began', 'tinytask', 'planned', 'pass-ended']);
  });

  test('takes a task back and plans it at once', async () => {
    const it = await stand();
    const id = await it.create({ assignedTo: 'ada' });
    const { createdAt } = await it.tinytask.update(id, { status: 'working' });
    const memo = { createdAt, heartbeatTimeoutMs: 0 };
    it.runs.push({ taskId: id, agent: 'ada', phase: 'running', closedAtMs: Date.now(), memo });
    const result = await it.survey(FIRST);
    expect(result.report.figures.leasesReclaimed).toBe(1);
    expect(idsOf(result)).toEqual([id]);
  });

  test('comes sooner where a task can be taken back sooner', async () => {
    const it = await stand();
    const id = await it.create({ assignedTo: 'ada' });
    const { createdAt } = await it.tinytask.update(id, { status: 'working' });
    const memo = { createdAt, heartbeatTimeoutMs: 20_000 };
    it.runs.push({ taskId: id, agent: 'ada', phase: 'running', closedAtMs: Date.now(), memo });
    const result = await it.survey(FIRST);
    expect(result.starts).toEqual([]);
    expect(result.loopIntervalMs).toBeGreaterThan(10_000);
    expect(result.loopIntervalMs).toBeLessThanOrEqual(20_000);
  });

  test('finds the runs as they are, and has semaphores look at those that were ended', async () => {
    const it = await stand();
    const [running, ended] = [await it.create({ assignedTo: 'ada' }), await it.create({ assignedTo: 'bob' })];
    await it.tinytask.update(running, { status: 'working' });
    const memo = { semaphore: 'pool-dev', wants: 'ada' };
    it.runs.push({
      taskId: running,
      agent: 'ada',
      phase: 'running',
      closedAtMs: null,
      atAttempt: true,
      memo,
    });
    it.runs.push({ taskId: ended, agent: 'bob', phase: 'waiting', closedAtMs: Date.now(), memo });
    const believed = packRuns([runOf(ended, 'bob')]);
    const result = await it.survey({ ...FIRST, runs: believed, last: { by: '1@box', config: 'x' } });
    expect(unpackRuns(result.runs ?? [])).toEqual([runOf(running, 'ada', 'active', { wants: 'ada' })]);
    expect(it.heard).toMatchObject([{ workflowId: 'pool-dev', name: 'look-at-holders' }]);
    expect(result.report.warnings.join()).toContain('another configuration than 1@box');
  });
});

describe('a refill', () => {
  test('goes by what the scheduler knows, and asks the server for no run but those it starts', async () => {
    const it = await stand({ WAITING_PER_AGENT: '0' });
    const [one, two] = [await it.create(), await it.create({ queue: 'qa' })];
    // Of this one the scheduler was told; the server's list would not show it.
    const result = await it.survey({ ...REFILL, runs: packRuns([runOf(one, 'ada')]) });
    expect(idsOf(result)).toEqual([two]);
    expect(result).toMatchObject({ runs: null, semaphores: null, pools: null, unawareOfPause: [] });
    expect(it.heard).toEqual([]);
    expect(it.looked).toEqual({ telling: [], asking: [`task-${two}`] });
  });

  test('takes nothing back', async () => {
    const it = await stand();
    const id = await it.create({ assignedTo: 'ada' });
    const { createdAt } = await it.tinytask.update(id, { status: 'working' });
    const memo = { createdAt, heartbeatTimeoutMs: 0 };
    it.runs.push({ taskId: id, agent: 'ada', phase: 'running', closedAtMs: Date.now() + 1_000, memo });
    await it.survey(REFILL);
    expect((await it.tinytask.get(id))?.status).toBe('working');
  });

  test('knows of a task put first until it is not idle, and of our assignments until they start or go', async () => {
    const it = await stand();
    const [waits, works] = [await it.create({ queue: 'ops' }), await it.create()];
    await it.tinytask.update(works, { status: 'working', assignedTo: 'ada' });
    const ours = { pool: 'dev', agent: 'ada' };
    const result = await it.survey({
      ...REFILL,
      ...{ first: [waits, works, 99], assignedByUs: { [waits]: ours, 99: ours } },
    });
    expect(result.first).toEqual([waits]);
    expect(result.assignedByUs).toEqual({ [waits]: ours });
  });
});

describe('nothing starts', () => {
  test.each<[string, Partial<SurveyInput>, Record<string, string>, string]>([
    ['while the scheduler is paused', { paused: true }, {}, 'scheduler-paused'],
    ['while it is disabled', {}, { ENABLED: 'false' }, 'scheduler-disabled'],
  ])('%s, and each task says so', async (_, change, settings, why) => {
    const it = await stand(settings);
    const id = await it.create();
    const result = await it.survey({ ...FIRST, ...change });
    expect(result.starts).toEqual([]);
    expect(whyOf(result)).toEqual([[id, why]]);
  });

  test('while TinyTask is down: that is an error of the pass, and all that was known stays', async () => {
    const it = await stand();
    await it.tinytask.close();
    const known = { first: [3], assignedByUs: { 3: { pool: 'dev', agent: 'ada' } }, toldChanges: { 3: 'x' } };
    const runs = packRuns([runOf(3, 'ada')]);
    const result = await it.survey({ ...REFILL, ...known, runs });
    const asKnown = { first: null, assignedByUs: null, toldChanges: null, runs: null };
    expect(result).toMatchObject({ ...asKnown, starts: [], fingerprint: '', changed: [] });
    expect(result.report).toMatchObject({
      errors: [expect.any(String)],
      figures: { errors: 1, leasesScanned: 1 },
    });
    expect(it.log.find(({ what }) => what === 'tinytask')).toMatchObject({
      problem: result.report.errors[0],
    });
    expect(it.log.at(-1)).toMatchObject({ what: 'pass-ended', sawTasks: false });
    expect(result).not.toHaveProperty('sawTasks');
    // A scheduler of an earlier version could not replay what follows from that.
    expect(await it.survey({ ...REFILL, heedsUnseen: true })).toMatchObject({ sawTasks: false });
  });
});

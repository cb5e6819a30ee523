import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Listening, listen } from '../../api/server/listen.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { schedulerError } from '../../words/errors.ts';
import { type ApiStand, ATTEMPT, apiStand, lookOf, openTaskOf } from '../support/api-stand.ts';
import { glances } from '../support/glances.ts';
import { endedClient } from '../support/history-stand.ts';
import { schedulesInMemory } from '../support/schedules-in-memory.ts';
import { taskOf } from '../support/tasks.ts';

/** The program, from PyPI; scripts/schemathesis.mjs finds or installs it. */
const PROGRAM = process.env.SCHEMATHESIS;
/** Of each operation; with 160 there are more than 5,000 requests. */
const EXAMPLES = process.env.SCHEMATHESIS_EXAMPLES ?? '2';
/** How many requests have to be made. */
const LEAST = Number(process.env.SCHEMATHESIS_LEAST ?? '300');

const none = async (taskId: number) => {
  if (taskId > 3) throw schedulerError({ code: 'no-such-task', taskId });
};
const state = { scheduler: 'running', exists: true, paused: false, enabled: true, daemon: '1@here' } as const;

const FIGURES = {
  ...{ leasesScanned: 0, leasesReclaimed: 0, unassignedMatched: 0, assignedSpawned: 0 },
  ...{ tasksSpawned: 0, blockedSkipped: 0, errors: 0 },
};

const pass = async () => ({
  ...{
    atMs: 1_790_000_000_000,
    tookMs: 1,
    started: [],
    waiting: [],
    waitingTotal: 0,
    errors: [],
    warnings: [],
  },
  ...{ by: '1@here', config: '', figures: FIGURES },
});

/** A scheduler that knows three tasks and one agent, and keeps schedules. */
const CLIENT: Partial<SchedulerClient> = {
  ...glances,
  schedules: schedulesInMemory().client,
  look: async () => lookOf({ tasks: [openTaskOf(1), openTaskOf(2, { phase: 'parked' }), openTaskOf(3)] }),
  ...endedClient(() => []),
  pools: async () => ({ ...state, pools: [], placeless: 0, mode: 'queue', problems: [] }),
  explainAll: async () => ({
    ...{ ...state, open: 0, running: 0, groups: [], moreGroups: 0, moreTasks: 0, problems: [] },
  }),
  async task(id) {
    await none(id);
    return taskOf(id);
  },
  async attempts(id) {
    await none(id);
    return [ATTEMPT];
  },
  async explain(id) {
    await none(id);
    return {
      ...{
        ...state,
        task: { ...taskOf(id), archived: false },
        run: null,
        told: null,
        waits: null,
        reasons: [],
      },
      ...{
        hangsOn: [],
        hangsOnMore: 0,
        place: null,
        change: null,
        attempts: [],
        attemptsTotal: 0,
        problems: [],
      },
    };
  },
  async log(id, { from }) {
    await none(id);
    const start = from < 0 ? 0 : from;
    return { attempt: ATTEMPT, from: start, to: 5, size: 5, text: 'hello', isOver: true };
  },
  async searchLog(id, { from }) {
    await none(id);
    return { attempt: ATTEMPT, matches: from > 0 ? [] : [0], to: 5, size: 5, isOver: true };
  },
  endedRuns: async () => ({ runs: [], more: false }),
  report: async (asked) => ({
    ...{ atMs: 1_790_000_000_000, asked, agents: [], tasks: [], scheduler: null, ended: null, problems: [] },
    summary: { open: 0, idle: 0, working: 0, complete: 0, agentsWithWork: [] },
    priorities: { byPriority: [], average: null },
    ages: { oldest: null, newest: null, averageMs: null, ahead: 0 },
  }),
  forecast: async () => ({
    ...{ ...state, atMs: 1_790_000_000_000, tasks: [], end: null, ending: 0, kept: 0, unknown: 0, draws: 1 },
    ...{ restsOn: { tasks: 0, sinceMs: null, notOver: 0 }, coming: null, problems: [] },
  }),
  whatIf: async (changes) => {
    const outlook = { end: null, ending: 0, kept: 0, unknown: 0 };
    return {
      ...{
        ...state,
        atMs: 1_790_000_000_000,
        changes,
        before: outlook,
        after: outlook,
        starts: [],
        waits: [],
      },
      ...{ keeps: [], frees: [], moved: [], movedMore: 0, coming: null, problems: [] },
      restsOn: { tasks: 0, sinceMs: null, notOver: 0 },
    };
  },
  check: async () => ({
    alerts: [{ what: 'parked', taskIds: [2] }],
    pools: 1,
    agents: 1,
    running: 1,
    waiting: 0,
  }),
  add: async ({ title }) => taskOf(4, { title }),
  tasks: async () => [taskOf(5, { status: 'complete' })],
  pastPasses: async () => ({ passes: [await pass()], beforeMs: 1_790_000_000_000 }),
  pass,
  pause: async () => undefined,
  resume: async () => undefined,
  startAgents: async () => undefined,
  stopAgents: async () => [],
  setLimit: async (agent, slots) => ({ agent, slots: slots ?? 1, configured: 1, byHand: true, held: 0 }),
  parked: async () => [2],
  cancellable: async () => [1],
  async runNow(id) {
    if (id !== undefined) await none(id);
  },
  async retry(taskId) {
    await none(taskId);
    return { taskId, did: 'put-first' };
  },
  async cancel(taskId) {
    await none(taskId);
    return { taskId, did: 'nothing', since: 'parked' };
  },
  retryEach: async (ids) => ids.map((taskId) => ({ taskId, done: { taskId, did: 'put-first' } })),
  cancelEach: async (ids) =>
    ids.map((taskId) => ({ taskId, done: { taskId, did: 'nothing', since: 'parked' } })),
};

let stand: ApiStand;
let server: Listening;
beforeAll(async () => {
  // A token is demanded, so that it is seen whether each path asks for one.
  stand = apiStand(CLIENT, { tokenRequired: true });
  server = await listen(stand.app, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  stand.end();
});

test.skipIf(PROGRAM === undefined)(
  'thousands of requests, right and wrong ones: no defect, and no answer that the document does not have',
  { timeout: 1_200_000 },
  async () => {
    const token = await stand.token('admin');
    const checks = [
      'not_a_server_error',
      'status_code_conformance',
      'content_type_conformance',
      'response_headers_conformance',
      'response_schema_conformance',
      'negative_data_rejection',
      'unsupported_method',
      'missing_required_header',
    ];
    const args = [
      ...['run', `${server.url}/openapi.json`, '--checks', checks.join(','), '--no-color'],
      ...['-H', `Authorization: Bearer ${token}`, '--max-examples', EXAMPLES],
      // A stream does not end.
      ...[
        '--exclude-path',
        '/api/events',
        '--phases',
        'examples,coverage,fuzzing',
        '--request-timeout',
        '20',
      ],
    ];
    // What is too long for headers is refused, too: a random text in an address may be.
    const refused = [400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429, 431].map((code) => `"${code}"`);
    const rejection = `[checks.negative_data_rejection]\nexpected-statuses = [${refused.join(', ')}]\n`;
    await writeFile(join(stand.stateDir, 'schemathesis.toml'), rejection);
    const child = spawn(PROGRAM ?? '', args, { cwd: stand.stateDir, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
    const [code] = await once(child, 'close');
    const answered = stand.told.filter(({ what }) => what === 'answered').length;
    const defects = stand.told.filter(({ what }) => what === 'defect');
    // What was sent may be long.
    if (code !== 0) console.log(said.replace(/^(.{500}).*$/gm, '$1 …').slice(-10_000));
    console.log(`schemathesis: ${answered} requests`);
    expect([code, defects]).toEqual([0, []]);
    expect(answered).toBeGreaterThan(LEAST);
  },
);

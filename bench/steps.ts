import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { putOff } from '../activities/attempt/claim.ts';
import { loadAgents } from '../config/agent-control.ts';
import { loadConfig } from '../config/load.ts';
import { poolId } from '../domain/semaphore-id.ts';
import { identify, readProcessTable } from '../goose/host/process-table.ts';
import { deleteRunRecord, newRunToken, type RunRecord, writeRunRecord } from '../goose/host/run-record.ts';
import { sweep } from '../goose/host/sweep.ts';
import { preflight } from '../goose/preflight.ts';
import { runGoose } from '../goose/run/run.ts';
import { gooseEnvironment } from '../goose/start/command-line.ts';
import { readBootId } from '../os/boot-id.mjs';
import type { Measurement, Result } from './figures.ts';
import { percentile, round } from './numbers.ts';
import { QUEUE, withStand } from './stand.ts';
import { until } from './until.ts';

/** What each step of an attempt costs by itself, on a system that does nothing else. */
export const steps: Measurement = { keys: ['steps'], measure: measureSteps };

async function measureSteps(root: string, quick: boolean): Promise<Result> {
  const times = quick ? 10 : 200;
  return withStand(root, { agents: 5, slots: 1, sleepSeconds: 0 }, async (stand) => {
    const [id = 0] = await stand.addTasks(1);
    await stand.startDaemon();
    await until(
      'the task that sets everything up',
      async () => (await stand.tinytask.get(id))?.status === 'complete',
    );
    const env = {
      PATH: process.env.PATH,
      GOOSE_PROVIDER: 'stub',
      BENCH_NOTES: join(stand.dir, 'notes'),
      TINYSCHEDULER_BASE_PATH: stand.dir,
      TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json',
      TINYSCHEDULER_GOOSE_BIN: join(stand.dir, 'goose'),
    };
    const { config } = loadConfig({ env, cwd: stand.dir });
    await mkdir(config.runningDir, { recursive: true });
    const gooseBin = join(stand.dir, 'goose');
    const request = {
      ...config,
      gooseBin,
      env: gooseEnvironment(env, newRunToken()),
      agent: 'agent01',
      queue: null,
      tags: [],
    };
    const token = newRunToken();
    const bootId = readBootId();
    const record: RunRecord = {
      token,
      taskId: id,
      agent: 'agent01',
      attemptId: 'x/1',
      workflowId: 'x',
      runId: 'x',
      activityTaskToken: 'x'.repeat(200),
      host: hostname(),
      bootId,
      worker: await identify(process.pid),
      graceMs: 1_000,
      startedAt: Date.now(),
      deadlineAt: Date.now() + 3_600_000,
    };
    const { namespace } = stand.client.options;
    const steps: [string, () => unknown][] = [
      [
        'Temporal: describeNamespace (a round trip to the server)',
        () => stand.client.workflowService.describeNamespace({ namespace }),
      ],
      [
        'Temporal: putOff, the last look before a claim (two describes at a time)',
        () => putOff(stand.client, { semaphore: poolId(QUEUE), agent: 'agent01', fence: Date.now() }),
      ],
      ['TinyTask: get', () => stand.tinytask.get(id)],
      ['TinyTask: update', () => stand.tinytask.update(id, { priority: 1 })],
      ['TinyTask: subtasks', () => stand.tinytask.subtasks(id)],
      ['TinyTask: listOpen (empty)', () => stand.tinytask.listOpen()],
      ['agents: loadAgents, as each attempt does', () => loadAgents(config)],
      ['agents: the same without keeping the last good one', () => loadAgents(config, { keep: false })],
      ['preflight, all answers known', () => preflight(request)],
      ['record: write (and replace)', () => writeRunRecord(config.runningDir, record)],
      [
        'record: sweep with one record that is no orphan',
        () =>
          sweep({
            runningDir: config.runningDir,
            host: hostname(),
            bootId,
            now: Date.now(),
            isOrphan: () => false,
          }),
      ],
      ['record: delete', () => deleteRunRecord(config.runningDir, token)],
      ['processes: read the table once', () => readProcessTable()],
      [
        'goose: a stub of 0 s, from the call to the result (log, spawn, two looks)',
        () => {
          const own = newRunToken();
          return runGoose(
            {
              command: { file: gooseBin, args: ['run', '--recipe', join(config.recipesDir, 'agent01.yaml')] },
              env: gooseEnvironment(env, own),
              cwd: stand.dir,
              token: own,
              log: { dir: config.logDir, name: `${own}.log`, maxBytes: 10_000 },
              maxRuntimeMs: 60_000,
              stallMs: 0,
              graceMs: 1_000,
            },
            { signal: new AbortController().signal },
          );
        },
      ],
    ];
    const rows: string[][] = [];
    for (const [what, step] of steps) {
      const ms: number[] = [];
      for (let at = 0; at < times; at++) {
        const from = performance.now();
        await step();
        ms.push(performance.now() - from);
      }
      rows.push([what, ...[0.5, 0.99].map((p) => `${round(percentile(ms, p))} ms`)]);
    }
    const section = {
      key: 'steps' as const,
      title: 'What each step of an attempt takes by itself',
      about: `Times on the clock, ${times} of each, on a system that does nothing else.`,
      head: ['step', 'p50', 'p99'],
      rows,
    };
    return { figures: [], sections: [section] };
  });
}

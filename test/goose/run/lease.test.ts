import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Context, heartbeat } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activityLease } from '../../../activities/attempt/activity-lease.ts';
import type { Stop } from '../../../domain/attempt/judge.ts';
import { type DevServer, startDevServer } from '../../../embedded/servers/dev-server.ts';
import { Guardian } from '../../../goose/guardian/guardian.ts';
import { readPlace } from '../../../goose/host/owner.ts';
import { identify } from '../../../goose/host/process-table.ts';
import { newRunToken, writeRunRecord } from '../../../goose/host/run-record.ts';
import { type BeatAnswer, Lease } from '../../../goose/run/lease.ts';
import { runGoose } from '../../../goose/run/run.ts';
import { allowed } from '../../support/allowed.ts';
import { buildOnce, GUARDIAN } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { goneAfter, livingIn } from '../../support/guarded-worker.ts';
import { quietRuntime } from '../../support/quiet-runtime.ts';
import { stubRun, temporaryFolder } from '../../support/stub-runs.ts';
import { startSwallowingProxy } from '../../support/swallowing-proxy.ts';
import { temporalCliForTests } from '../../support/tools.ts';

const POLICY = { timeoutMs: 1_400, graceMs: 400, marginMs: 200 };

/** A lease whose heartbeats are answered by `beat`. */
function leaseOf(beat: (at: number) => Promise<BeatAnswer>, everyMs = 100) {
  const stops: Stop[] = [];
  const deadlines: number[] = [];
  let beats = 0;
  const lease = new Lease({
    policy: POLICY,
    everyMs,
    beat: () => {
      beats += 1;
      return beat(beats);
    },
    onStop: (stop) => stops.push(stop),
    onRenewed: (deadlineAt) => deadlines.push(deadlineAt),
  });
  return { lease, stops, deadlines, [Symbol.dispose]: () => lease.end() };
}

const never = () => new Promise<BeatAnswer>(() => {});
const failing = () => Promise.reject<BeatAnswer>(new Error('deadline exceeded'));

describe('a lease', () => {
  test('holds while heartbeats are acknowledged, each for its own time', async () => {
    using held = leaseOf(async () => 'acknowledged');
    const startMs = Date.now();
    await held.lease.begin();
    expect(held.lease.deadlineAt - startMs).toBeLessThanOrEqual(900);
    await eventually('1.5 s have passed', () => Date.now() - startMs > 1_500);
    expect(held.lease.obstacle()).toBeUndefined();
    expect(held.lease.deadlineAt).toBeGreaterThan(startMs + 1_500);
    expect(held.deadlines).toEqual([...held.deadlines].sort((a, b) => a - b));
  });

  test('does not begin without an answer', async () => {
    using held = leaseOf(failing);
    await held.lease.begin();
    expect(held.stops).toMatchObject([{ why: 'lease-lost' }]);
    expect(held.lease.obstacle()).toMatchObject({ why: 'lease-lost' });
  });

  test.each([
    ['get no answer', never],
    ['fail', failing],
  ])('ends so long after the last acknowledged one was sent, when heartbeats %s', async (_, then) => {
    using held = leaseOf((at) => (at === 1 ? Promise.resolve('acknowledged' as const) : then()));
    const startMs = Date.now();
    await held.lease.begin();
    await eventually('it is told to stop', () => held.stops.length > 0, 3_000);
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(790);
    expect(held.stops).toMatchObject([{ why: 'lease-lost' }]);
  });

  test('cannot be won back, and a late start is refused though no timer has run', async () => {
    using held = leaseOf(async (at) => (at === 1 ? 'acknowledged' : never()));
    await held.lease.begin();
    const untilMs = Date.now() + 900;
    while (Date.now() < untilMs);
    expect(held.lease.obstacle()).toMatchObject({ why: 'lease-lost' });
  });

  test.each([
    ['gone', 'lease-lost'],
    ['cancel-requested', 'cancelled'],
  ] as const)('stops the run at once when the answer is %s', async (answer, why) => {
    using held = leaseOf(async (at) => (at < 3 ? 'acknowledged' : answer), 50);
    await held.lease.begin();
    await eventually('it is told to stop', () => held.stops.length > 0, 1_000);
    expect(held.stops).toMatchObject([{ why }]);
  });
});

describe('with a server', () => {
  const folder = temporaryFolder();
  let server: DevServer;
  let connection: Connection;
  let client: Client;

  beforeAll(async () => {
    quietRuntime();
    await buildOnce();
    server = await startDevServer({
      cli: await temporalCliForTests(),
      stateDir: join(folder.path, 'state'),
      logDir: join(folder.path, 'logs'),
      env: process.env,
      port: 0,
      uiPort: 0,
    });
    connection = await Connection.connect({ address: server.address });
    client = new Client({ connection });
  });
  afterAll(async () => {
    await connection?.close();
    await server?.stop();
    folder[Symbol.dispose]();
  });

  /** A worker whose activity runs an agent under a lease; all its connections go through `address`. */
  async function startWorker(name: string, address: string, act?: () => Promise<void>) {
    const work = join(folder.path, name, 'work');
    mkdirSync(work, { recursive: true });
    const native = await NativeConnection.connect({ address });
    const leases = Connection.lazy({ address, interceptors: [] });
    const verdicts: string[] = [];
    const agent = async () => {
      const stopping = new AbortController();
      const lease = activityLease({
        client: new Client({ connection: leases }),
        context: Context.current(),
        says: () => ({ fence: 1 }),
        graceMs: 500,
        everyMs: 1_000,
        onStop: (stop) => stopping.abort(stop),
        onRenewed: () => {},
      });
      await lease.begin();
      const spec = stubRun('ignores-term', work, { graceMs: () => lease.graceLeftMs() });
      const result = await runGoose(spec, { signal: stopping.signal, obstacle: () => lease.obstacle() });
      lease.end();
      verdicts.push(result.verdict.kind);
    };
    const worker = await Worker.create({
      connection: native,
      taskQueue: name,
      workflowsPath: new URL('../../fixtures/hold-workflow.ts', import.meta.url).pathname,
      activities: { agent: act ?? agent },
      shutdownForceTime: '1s',
    });
    const done = worker.run().catch(() => {});
    const stop = async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await done;
      await leases.close();
      await native.close();
    };
    return { folder: join(folder.path, name), verdicts, stop };
  }

  test('that is cut off: the agent is dead before the server gives its task away', async () => {
    const timeoutMs = 4_000;
    const proxy = await startSwallowingProxy(server.address);
    const worker = await startWorker('cut', proxy.address);
    const handle = await client.workflow.start('hold', {
      workflowId: 'cut',
      taskQueue: 'cut',
      args: [timeoutMs],
    });
    await eventually('two live', () => livingIn(worker.folder).length >= 2);
    proxy.swallow();
    await goneAfter(worker.folder, timeoutMs);
    const deadAtMs = Date.now();
    const timedOut = await eventually(
      'it has timed out',
      async () => {
        const { events } = await handle.fetchHistory();
        return events?.find((event) => event.activityTaskTimedOutEventAttributes);
      },
      timeoutMs,
    );
    const atMs = Number(timedOut.eventTime?.seconds) * 1_000 + Number(timedOut.eventTime?.nanos) / 1e6;
    expect(deadAtMs).toBeLessThan(atMs);
    await eventually('there is a verdict', () => worker.verdicts.length > 0);
    expect(worker.verdicts).toEqual(['worker-lost']);
    await handle.terminate();
    await proxy.close();
    await worker.stop();
  });

  test('that no longer knows the run: the agent is stopped with the next heartbeat', async () => {
    const worker = await startWorker('ended', server.address);
    const handle = await client.workflow.start('hold', {
      workflowId: 'ended',
      taskQueue: 'ended',
      args: [60_000],
    });
    await eventually('two live', () => livingIn(worker.folder).length >= 2);
    await handle.terminate();
    // A heartbeat, the grace and a second.
    await goneAfter(worker.folder, 1_000 + 500 + 1_000);
    await eventually('there is a verdict', () => worker.verdicts.length > 0);
    expect(worker.verdicts).toEqual(['worker-lost']);
    await worker.stop();
  });

  test('hears from a guardian that a worker is lost, long before the heartbeat timeout', async () => {
    const running = join(folder.path, 'lost', 'running');
    mkdirSync(running, { recursive: true });
    const tokens: Uint8Array[] = [];
    const worker = await startWorker('lost', server.address, async () => {
      tokens.push(Context.current().info.taskToken);
      heartbeat();
      await Context.current().cancelled;
    });
    const handle = await client.workflow.start('hold', {
      workflowId: 'lost',
      taskQueue: 'lost',
      args: [60_000],
    });
    const token = await eventually('it has a token', () => tokens[0]);
    const { host, bootId } = await readPlace(running);
    const guardian = await Guardian.start({
      runningDir: running,
      graceMs: 500,
      worker: await identify(process.pid),
      access: { connectionOptions: { address: server.address }, namespace: 'default' },
      entry: join(await buildOnce(), GUARDIAN),
    });
    try {
      const startMs = Date.now();
      await writeRunRecord(running, {
        ...{
          token: newRunToken(),
          taskId: 1,
          agent: 'ada',
          attemptId: 'a/1',
          workflowId: 'lost',
          runId: 'a',
        },
        ...{ activityTaskToken: Buffer.from(token).toString('base64'), host, bootId, graceMs: 500 },
        ...{ worker: { pid: process.pid, startTime: 1 }, startedAt: startMs, deadlineAt: startMs + 60_000 },
      });
      expect(await handle.result()).toMatchObject({ how: 'WorkerLost' });
      expect(Date.now() - startMs).toBeLessThan(allowed(10_000));
    } finally {
      await guardian.leave();
      await worker.stop();
    }
  });
});

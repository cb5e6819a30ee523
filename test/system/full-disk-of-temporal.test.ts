import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevServer, startDevServer } from '../../embedded/servers/dev-server.ts';
import { allowed } from '../support/allowed.ts';
import { tinyscheduler } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { mountSmallDisk, noMountsBecause, type SmallDisk } from '../support/small-disk.ts';
import { temporalCliForTests } from '../support/tools.ts';

const why = noMountsBecause();
if (why !== undefined) console.log(`full disk of Temporal: skipped, since ${why}`);

describe.skipIf(why !== undefined)('a Temporal server whose disk is full', () => {
  let dir: string;
  let disk: SmallDisk;
  let server: DevServer;
  let connection: Connection;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'full-disk-'));
    disk = mountSmallDisk(dir, 32);
    const more = { stateDir: dir, logDir: dir, env: process.env, port: 0, uiPort: 0 };
    server = await startDevServer({ cli: await temporalCliForTests(), ...more });
    connection = await Connection.connect({ address: server.address });
  }, 1_800_000);
  afterAll(async () => {
    await connection?.close();
    disk?.free();
    await server?.stop();
    disk?.unmount();
    rmSync(dir, { recursive: true, force: true });
  });

  test('is told within seconds, instead of nothing or something that is not so', async () => {
    const { workflow } = new Client({ connection });
    const start = () =>
      connection.withDeadline(Date.now() + 2_000, () =>
        workflow.signalWithStart('scheduler', {
          workflowId: 'scheduler',
          taskQueue: 'nobody',
          signal: 'look-again',
        }),
      );
    await start();
    disk.fill();
    const isStuck = async () => {
      await start().catch(() => undefined);
      const look = () => workflow.getHandle('scheduler').describe();
      return connection.withDeadline(Date.now() + 1_000, look).then(
        () => false,
        () => true,
      );
    };
    await eventually('it cannot read any more', isStuck, 60_000);

    const env = {
      PATH: process.env.PATH ?? '',
      HOME: tmpdir(),
      TEMPORAL_ADDRESS: server.address,
      TINYSCHEDULER_BASE_PATH: dir,
    };
    for (const command of ['status', 'run-now']) {
      // With a full disk it is too busy now and then even to take a connection, which is told as that.
      const answers: { code: number | undefined; inTime: boolean }[] = [];
      await eventually(`${command} tells it`, async () => {
        const startedAt = performance.now();
        const { code, stderr } = await tinyscheduler({ env, cwd: tmpdir() }, command);
        answers.push({ code, inTime: performance.now() - startedAt < allowed(15_000) });
        if (/answers, but has not read a workflow in 5 s: is its disk full\? Make room/.test(stderr))
          return true;
        throw new Error(`it says: ${stderr}`);
      });
      for (const answer of answers) expect(answer).toEqual({ code: 1, inTime: true });
    }
  });
});

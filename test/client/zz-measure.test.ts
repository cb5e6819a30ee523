import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { asTold } from '../../api/events/told.ts';
import { changesBetween, schedulesIn } from '../../client/follow/changes.ts';
import { allSchedules } from '../../client/schedules/all.ts';
import { inBatches } from '../../contract/in-batches.ts';
import { lookOf, openTaskOf } from '../support/api-stand.ts';
import { startLimitedServer } from '../support/limited-server.ts';
import { definitionOf } from '../support/schedules.ts';

test('snapshot', () => {
  const title = 'Write the release notes of the parser and send them';
  const tasks = Array.from({ length: 10_000 }, (_, at) =>
    openTaskOf(at + 1, {
      title,
      waits: { reason: { why: 'pool-full', queue: 'dev', used: 5, limit: 5 } },
      blockedBy: at % 4 ? [] : [at + 2],
    }),
  );
  const look = lookOf({ tasks });
  for (const most of [500, 10_000, 10_000, 10_000]) {
    const began = performance.now();
    const told = asTold('x', 1, { event: 'snapshot', look, schedules: null }, most);
    const ms = performance.now() - began;
    console.log(most, told.size, 'bytes', Math.round(ms), 'ms', gzipSync(told.bytes).length, 'gz');
  }
});

test('schedules', { timeout: 900_000 }, async () => {
  const server = await startLimitedServer({});
  try {
    const { client } = server;
    const ids = Array.from({ length: 10_000 }, (_, at) => at);
    let began = performance.now();
    await inBatches(ids, async (at) => {
      const definition = definitionOf(`s${at}`, { timing: { kind: 'cron', cron: '0 2 * * *' } });
      await client.workflow.start('schedule', {
        workflowId: `schedule-s${at}`,
        taskQueue: 'nobody',
        memo: {
          schedule: { definition, version: 1, createdMs: 1, editedMs: 1 },
          now: { count: 0, open: 0, badInARow: 0, nextMs: at % 2 ? Date.now() + 3_600_000 : 1 },
        },
      });
    });
    console.log('made', Math.round(performance.now() - began));
    for (let i = 0; i < 6; i += 1) {
      began = performance.now();
      const cpu = process.cpuUsage();
      const all = await allSchedules(client);
      const used = process.cpuUsage(cpu);
      console.log(
        'read',
        all.schedules.length,
        all.more,
        Math.round(performance.now() - began),
        'ms',
        Math.round((used.user + used.system) / 1000),
        'cpu ms',
      );
      began = performance.now();
      const seen = schedulesIn(all, undefined);
      const n = changesBetween(seen, schedulesIn(all, seen)).length;
      console.log('compare', n, Math.round(performance.now() - began));
      await new Promise((r) => setTimeout(r, 1000));
    }
    expect(1).toBe(1);
  } finally {
    await server.stop();
  }
});

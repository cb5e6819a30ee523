import { appendFileSync } from 'node:fs';
import { test } from 'vitest';
import { historyOf } from '../../../client/history/groups.ts';
import { readPastRuns } from '../../../client/history/past-runs.ts';
import { KeptHistories } from '../../../temporal/kept-histories.ts';
import { runsOnStubs } from '../../support/runs-on-stubs.ts';

const { newRun } = runsOnStubs();
const say = (text: string) => appendFileSync('/tmp/measure-history.txt', `${text}\n`);
test('cost', { timeout: 1_200_000 }, async () => {
  let client: never | undefined;
  for (let at = 0; at < 50; at += 1) {
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        const run = await newRun();
        client = run.client as never;
        await run.grant();
        await run.result();
      }),
    );
    if (at % 10 === 0) say(`made ${(at + 1) * 40}`);
  }
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const histories = KeptHistories.of(client as never);
  for (let round = 0; round < 6; round += 1) {
    const began = performance.now();
    const cpu = process.cpuUsage();
    const past = await readPastRuns(
      { client: client as never, histories },
      { sinceMs: Date.now() - 3_600_000 },
    );
    const tookMs = performance.now() - began;
    const used = process.cpuUsage(cpu);
    const g = performance.now();
    const by = historyOf(past, { by: 'hour', timeZone: 'Europe/Berlin', which: {}, recent: 30 });
    say(
      JSON.stringify({
        round,
        tookMs,
        cpuMs: (used.user + used.system) / 1000,
        looked: past.lookedAt,
        runs: past.runs.length,
        more: past.more,
        groupMs: performance.now() - g,
        groups: by.groups.length,
        heap: process.memoryUsage().heapUsed / 1e6,
      }),
    );
  }
});

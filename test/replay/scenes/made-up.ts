import { scheduleWorkflowId } from '../../../contract/ids.ts';
import { backfill, decideMissed } from '../../../contract/messages.ts';
import { missedBecause } from '../../../domain/schedule/ended.ts';
import { eventually } from '../../support/eventually.ts';
import { definitionOf, scheduleAt } from '../../support/schedules.ts';
import type { System } from '../../support/system.ts';
import { wished } from '../../support/wished.ts';
import { daemonWith, endBy, type Kept, refOf } from './scene.ts';

/** Two backfill what a schedule has missed, and somebody wants it to be run; of another time the other way round. */
export async function madeUp(system: System): Promise<Kept[]> {
  const daemon = await daemonWith(system, { LOOP_INTERVAL_SEC: '1' });
  const { define, status, handle } = scheduleAt(system.client, 'makes-up');
  await define(definitionOf('makes-up', { timing: { kind: 'every', everyMs: 5_000 } }));
  await system.client.schedule.getHandle('makes-up').delete();
  const [first = 0, second = 0] = await eventually(
    'two are missed',
    async () => {
      const missed = (await status()).history.filter((line) => missedBecause(line) !== undefined);
      return missed.length > 1 && missed.map(({ plannedMs }) => plannedMs);
    },
    300_000,
  );
  const fill = (ms: number) => wished(handle, backfill, { fromMs: ms, toMs: ms });
  const run = (plannedMs: number) => wished(handle, decideMissed, { plannedMs, decide: 'run' });
  await Promise.all([fill(first), fill(first)]);
  await run(first);
  await run(second);
  await fill(second);
  const ref = await refOf(system, scheduleWorkflowId('makes-up'));
  await endBy('SIGTERM', daemon);
  return [{ name: 'schedule-makes-up-once', ref, shows: ['core_patch', 'backfill', 'decide-missed'] }];
}

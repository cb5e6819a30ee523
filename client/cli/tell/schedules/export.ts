import { inBatches } from '../../../../contract/in-batches.ts';
import type { ScheduleLine } from '../../../../contract/schedule.ts';
import { allSchedules } from '../../../apply-schedules.ts';
import { exportedJson, inOrder, schedulesText } from '../../../schedules/file/write-file.ts';
import type { SchedulesClient } from '../../../schedules-client.ts';
import type { Context } from '../../call/context.ts';
import { openScheduler } from '../../call/scheduler.ts';
import { printJson, printText } from '../../show/print.ts';

/** `schedule export`: the file that `schedule apply` reads, of all schedules or of those that are named. */
export async function exportSchedules(
  context: Context,
  names: readonly string[],
  { json }: { json?: boolean },
): Promise<number> {
  const scheduler = await openScheduler(context);
  try {
    const lines = inOrder(await linesOf(scheduler.schedules, [...new Set(names)]));
    if (json) printJson({ schedules: lines.map(exportedJson) });
    else printText(schedulesText(lines));
    return 0;
  } finally {
    await scheduler.close();
  }
}

async function linesOf(schedules: SchedulesClient, names: readonly string[]): Promise<ScheduleLine[]> {
  if (names.length === 0) return allSchedules(schedules);
  return inBatches(names, (name) => schedules.line(name, 0));
}

import { randomUUID } from 'node:crypto';
import { askAdmission } from '../../../activities/occurrence/ask-admission.ts';
import { loadConfig } from '../../../config/load.ts';
import { OCCURRENCES_ID, occurrenceId } from '../../../contract/ids.ts';
import { enterAnswered, occurrenceLeft } from '../../../contract/messages.ts';
import type { Entered } from '../../../contract/occurrence.ts';
import { answered, standIn } from '../../support/stand-ins.ts';
import type { System } from '../../support/system.ts';
import { daemonWith, endBy, type Kept, refOf } from './scene.ts';

const PLANNED_MS = Date.UTC(2026, 10, 26, 3);

/** Occurrences of one schedule ask to be let in, a later one before an earlier one. */
export async function inOrder(system: System): Promise<Kept[]> {
  const daemon = await daemonWith(system, { LOOP_INTERVAL_SEC: '1' });
  const { config } = loadConfig({ env: {}, cwd: '/nowhere' });
  const refs = new Map<number, { workflowId: string; runId: string }>();
  const ask = async (hour: number) => {
    const plannedMs = PLANNED_MS + hour * 3_600_000;
    const workflowId = occurrenceId('ordered', plannedMs);
    const ref = refs.get(hour) ?? { workflowId, runId: await standIn(system.client, workflowId) };
    refs.set(hour, ref);
    const asking = randomUUID();
    const asked = { ...ref, schedule: 'ordered', jobKey: 'ordered', maxPerJob: null, maxGlobal: null };
    const how = { overlap: 'in-turn', priority: 0, plannedMs, force: false, asking } as const;
    await askAdmission({ client: system.client, config }, { ...asked, ...how }, Date.now());
    return answered<Entered>(system.client, workflowId, enterAnswered.name, asking);
  };
  for (const hour of [1, 3, 2]) await ask(hour);
  const first = refs.get(1);
  if (first !== undefined)
    await system.client.workflow.getHandle(OCCURRENCES_ID).signal(occurrenceLeft, first);
  for (const hour of [3, 2]) await ask(hour);
  const ref = await refOf(system, OCCURRENCES_ID);
  await endBy('SIGTERM', daemon);
  return [
    { name: 'admission-keeps-the-order', ref, shows: ['core_patch', 'enter', 'left', 'enter-answered'] },
  ];
}

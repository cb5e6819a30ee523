import type { ChildProcess } from 'node:child_process';
import { taskWorkflowId } from '../../../contract/ids.ts';
import type { RunStatus } from '../../../contract/run.ts';
import { eventually } from '../../support/eventually.ts';
import { letGo } from '../../support/gates.ts';
import { guardiansOf } from '../../support/guardians.ts';
import { DEVELOPER, type System } from '../../support/system.ts';
import {
  gooseGone,
  gooseLives,
  inPhase,
  inStatus,
  newTask,
  runResult,
  signalTask,
  slotsOf,
} from '../../support/task-runs.ts';
import { daemonWith, endBy, type Kept, type Ref, runOf, untilLetGo, waitsToGo } from './scene.ts';

const SETTINGS = {
  LOOP_INTERVAL_SEC: '1',
  KILL_GRACE_SEC: '1',
  HEARTBEAT_SEC: '5',
  MAX_ATTEMPTS: '2',
  // Longer than an outage of TinyTask lasts here, since it counts from the verdict.
  BACKOFF_SEC: '25',
};

/** One run whose worker is killed in each of its phases: in line, with goose, writing back, backing off, parked. */
export async function losses(system: System): Promise<Kept[]> {
  await system.agents([{ agentName: 'lossy', agentType: 'lossy' }]);
  await system.recipe('lossy', untilLetGo('MODEL: empty'), DEVELOPER);
  let daemon = await daemonWith(system, SETTINGS);
  const holder = (await newTask(system, { assignedTo: 'lossy' })).id;
  await gooseLives(system, holder);
  const { id } = await newTask(system, { assignedTo: 'lossy' });
  await inPhase(system, id, 'waiting');
  await eventually('it is in line', async () => (await slotsOf(system, 'lossy')).waiters.length === 1);
  const ref = await runOf(system, id);
  const replace = async (meanwhile: () => Promise<unknown> = async () => undefined) => {
    await endBy('SIGKILL', daemon);
    await meanwhile();
    daemon = await daemonWith(system, SETTINGS);
  };

  await replace();
  // Its goose has died with the worker: either of the two may be first to have the slot now.
  await system.tool('delete_task', { id: holder });
  await gooseLives(system, id);

  // The guardian says that the worker is lost.
  await replace(() => gooseGone(system, id));
  await gooseLives(system, id);
  // Nobody says so, and the server notices by itself.
  await killWithGuardian(daemon);
  await eventually('the server has given the attempt up', () =>
    has(system, ref, 'activityTaskTimedOutEventAttributes'),
  );
  const atWork = waitsToGo(system, id);
  daemon = await daemonWith(system, SETTINGS);
  await atWork;

  const back = await system.withoutTinyTask();
  await letGo(system, id);
  await eventually('it writes back', async () => {
    const { says } = await system.client.workflow.getHandle(taskWorkflowId(id)).query<RunStatus>('status');
    return says.includes('writing it back');
  });
  await replace(back);
  await inPhase(system, id, 'backing-off');
  await replace();
  await inPhase(system, id, 'parked');
  await replace(() => signalTask(system, id, 'retry'));
  await inPhase(system, id, 'parked');
  await system.tinytask.update(id, { status: 'complete' });
  await inStatus(system, id, 'complete');
  await runResult(system, id);
  await endBy('SIGTERM', daemon);
  return [
    {
      name: 'run-loses-its-worker-in-each-phase',
      ref,
      shows: [
        'workflowTaskTimedOutEventAttributes',
        'activityTaskTimedOutEventAttributes',
        'WorkerLost',
        'retry',
      ],
    },
  ];
}

/** At once, so that neither can tell of the other's end. */
async function killWithGuardian(daemon: ChildProcess): Promise<void> {
  for (const pid of guardiansOf(daemon.pid)) process.kill(pid, 'SIGKILL');
  await endBy('SIGKILL', daemon);
}

async function has(system: System, { workflowId, runId }: Ref, attributes: string): Promise<boolean> {
  const { events } = await system.client.workflow.getHandle(workflowId, runId).fetchHistory();
  return JSON.stringify(events).includes(`"${attributes}":{`);
}

import { NOTIFIER_ID } from '../../../contract/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { startReceiver } from '../../support/receiver.ts';
import type { System } from '../../support/system.ts';
import { inStatus, newTask } from '../../support/task-runs.ts';
import { ask } from '../../support/told.ts';
import { daemonWith, endBy, type Kept, refOf } from './scene.ts';

const SETTINGS = { LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1', MAX_ATTEMPTS: '1', NOTIFY_AFTER_MIN: '0' };

/** A receiver that is away and comes back, one that refuses, a daemon that is killed meanwhile, and the end of what was told. */
export async function notifications(system: System): Promise<Kept[]> {
  const receiver = await startReceiver();
  try {
    await system.agents([{ agentName: 'ada', agentType: 'dev' }]);
    await system.recipe('ada', 'MODEL: length');
    const settings = { ...SETTINGS, NOTIFY: receiver.url };
    receiver.answer(503);
    const daemon = await daemonWith(system, settings);
    const { id } = await newTask(system, { queue: 'dev' });
    await eventually('it was tried twice', () => receiver.tries.length > 1);
    await endBy('SIGKILL', daemon);
    receiver.answer(200);
    const second = await daemonWith(system, settings);
    await eventually('it was delivered', () => receiver.taken.length > 0, 180_000);
    const { id: other } = await newTask(system, { queue: 'dev' });
    await eventually('so was another one', () => receiver.taken.length > 1, 180_000);
    await system.recipe('ada', 'MODEL: say Done.');
    for (const each of [id, other]) await ask(system, ['retry', String(each)]);
    for (const each of [id, other]) await inStatus(system, each, 'complete');
    await eventually('their ends are told', () => receiver.taken.length > 3, 180_000);
    await eventually('its memo says that all is well', async () => {
      const { memo } = await system.client.workflow.getHandle(NOTIFIER_ID).describe();
      return JSON.stringify(memo?.notifier) === '{"waiting":0}';
    });
    const ref = await refOf(system, NOTIFIER_ID);
    await endBy('SIGTERM', second);
    return [
      { name: 'notifier-tells-and-tries-again', ref, shows: ['watchConditions', 'deliverNotification'] },
    ];
  } finally {
    await receiver.close();
  }
}

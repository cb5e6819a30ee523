import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { expect, test, vi } from 'vitest';
import { readSnapshot } from '../../client/snapshot.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { configOf, registryOf, serverOf } from '../support/place.ts';

const AT = { tasks: [], agents: [{ name: 'ada', queue: 'dev', limit: 1 }] };

vi.mock('../../config/agent-control.ts', () => ({ loadAgents: async () => registryOf(AT) }));

const tinytask = { listOpen: async () => [] } as unknown as TinyTask;

/** A scheduler that answers, disabled by its daemon, whose survey nobody has taken at the first looks. */
function serverWith({ scheduledMsAgo, takenAtLook }: { scheduledMsAgo: number; takenAtLook: number }) {
  const inForce = { mode: 'queue' as const, enabled: false, blockingDisabled: false };
  const client = serverOf({ ...AT, disabled: true }, { inForce, agents: [], lastPass: null });
  const { getHandle } = client.workflow;
  let look = 0;
  client.workflow.getHandle = ((id: string) => {
    const handle = getHandle(id);
    if (id !== 'scheduler') return handle;
    return {
      ...handle,
      describe: async () => ({ ...(await handle.describe()), raw: { pendingActivities: survey() } }),
    };
  }) as typeof getHandle;
  function survey() {
    look += 1;
    const scheduledTime = msToTs(Date.now() - scheduledMsAgo);
    const taken = { lastStartedTime: msToTs(Date.now()), lastWorkerIdentity: '7@here' };
    return [{ activityType: { name: 'survey' }, scheduledTime, ...(look >= takenAtLook && taken) }];
  }
  return { client: client as Client, looks: () => look };
}

const config = configOf({ ...AT, disabled: false });

test('a survey that was scheduled a moment ago tells nothing of the daemon: it is looked at again', async () => {
  const { client } = serverWith({ scheduledMsAgo: 10, takenAtLook: 3 });
  const { scheduler, inForce } = await readSnapshot({ client, tinytask, config });
  expect(scheduler).toMatchObject({ daemon: '7@here', enabled: false });
  expect(inForce.enabled).toBe(false);
});

test('one that nobody has taken for long has no daemon, and is not waited for', async () => {
  const { client, looks } = serverWith({ scheduledMsAgo: 60_000, takenAtLook: Number.POSITIVE_INFINITY });
  const { scheduler } = await readSnapshot({ client, tinytask, config });
  expect(scheduler.daemon).toBeNull();
  expect(looks()).toBe(1);
});

const HOUR_MS = 3_600_000;
/** As the server has them: what does not beat it gives up, and schedules it again. */
const [SCHEDULED, STARTED] = [1, 2];

/** Whether there is a daemon, where the server's clock is so far behind that of this host. */
async function daemonOf(state: number, behindMs: number): Promise<string | null> {
  const client = serverOf(AT, state === STARTED ? { agents: [], lastPass: null } : undefined);
  const { getHandle } = client.workflow;
  const now = msToTs(Date.now() - behindMs);
  const taken = { lastStartedTime: now, lastHeartbeatTime: now, lastWorkerIdentity: '7@here' };
  const pending = {
    ...{ activityType: { name: 'watch' }, scheduledTime: now, state },
    ...(state === STARTED && taken),
  };
  client.workflow.getHandle = ((id: string) => {
    const handle = getHandle(id);
    if (id !== 'scheduler') return handle;
    return {
      ...handle,
      describe: async () => ({ ...(await handle.describe()), raw: { pendingActivities: [pending] } }),
    };
  }) as typeof getHandle;
  return (await readSnapshot({ client, tinytask, config })).scheduler.daemon;
}

test.each<[string, number]>([
  ['an hour ahead', HOUR_MS],
  ['right', 0],
  ['an hour behind', -HOUR_MS],
])('whether a daemon lives the server knows, where the clock of this host is %s', async (_, behindMs) => {
  expect(await daemonOf(STARTED, behindMs)).toBe('7@here');
  expect(await daemonOf(SCHEDULED, behindMs)).toBeNull();
});

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOTIFIER_ID } from '../../contract/ids.ts';
import { startDaemon } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { type System, startSystem } from '../support/system.ts';
import { newTask } from '../support/task-runs.ts';
import { ask } from '../support/told.ts';

const SECRET = 'T0PS3CRET';
const TOKEN = 'a-token-of-a-receiver';
const HOSTILE = `<!channel> \u001b[2J\u202e@all https://evil.example ${SECRET.toLowerCase()} ${'x'.repeat(300)}`;

let system: System;
let receiver: Receiver;
let daemon: ChildProcess | undefined;
beforeAll(async () => {
  system = await startSystem();
  receiver = await startReceiver();
  await system.agents([{ agentName: 'ada', agentType: 'dev' }]);
  await system.recipe('ada', 'MODEL: length');
  Object.assign(system.env, {
    TINYSCHEDULER_NOTIFY: `${receiver.url}/hook/${SECRET}`,
    TINYSCHEDULER_NOTIFY_TOKEN: TOKEN,
    TINYSCHEDULER_NOTIFY_AFTER_MIN: '0',
    TINYSCHEDULER_MAX_ATTEMPTS: '1',
    TINYSCHEDULER_LOOP_INTERVAL_SEC: '1',
    TINYSCHEDULER_KILL_GRACE_SEC: '1',
  });
});
afterAll(async () => {
  await end('SIGTERM');
  await receiver?.close();
  await system?.stop();
});

async function end(signal: NodeJS.Signals): Promise<void> {
  const ending = daemon;
  daemon = undefined;
  if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
  ending.kill(signal);
  await once(ending, 'exit');
}

test('a receiver that is away gets each message when it is back, also after the daemon was killed', async () => {
  receiver.answer(503);
  daemon = await startDaemon(system.env);
  const { id } = await newTask(system, { queue: 'dev', title: HOSTILE });
  const [tried] = await eventually('it was tried', () => receiver.tries.length > 0 && receiver.tries);
  expect(tried?.message).toMatchObject({ kind: 'parked', state: 'firing', facts: { task_id: id } });

  const said = await eventually('status tells', async () => {
    const { stdout } = await ask(system, ['status']);
    return stdout.includes('Notifications are not delivered since') && stdout;
  });
  expect(said).toContain('the receiver answers 503');
  await end('SIGKILL');

  daemon = await startDaemon(system.env);
  receiver.answer(200);
  const [taken] = await eventually('it was delivered', () => receiver.taken.length > 0 && receiver.taken);
  expect(taken?.message.id).toBe(tried?.message.id);
  expect(taken?.headers).toMatchObject({
    'idempotency-key': tried?.message.id,
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/json',
  });
  await eventually('status is well', async () => {
    const { stdout } = await ask(system, ['status']);
    return !stdout.includes('Notifications');
  });

  // Its end is told, and both only once.
  await system.recipe('ada', 'MODEL: say Done.');
  await ask(system, ['retry', String(id)]);
  await eventually('its end is told', () =>
    receiver.taken.some(({ message }) => message.state === 'recovered'),
  );
  const about = receiver.taken.filter(({ message }) => message.key === `parked/${id}`);
  expect(about.map(({ message }) => message.state)).toEqual(['firing', 'recovered']);

  const everything = JSON.stringify(receiver.tries);
  const bodies = JSON.stringify(receiver.tries.map(({ message }) => message));
  for (const secret of [SECRET, TOKEN, '<', '@', '\\u001b', '\u202e', '://evil'])
    expect(bodies, secret).not.toContain(secret);
  expect(everything).toContain(SECRET);
  const { stdout: shown } = await ask(system, ['config', '--show']);
  const { stdout: json } = await ask(system, ['config', '--show', '--json']);
  for (const text of [said, shown, json]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(TOKEN);
  }
  const { memo } = await system.client.workflow.getHandle(NOTIFIER_ID).describe();
  expect(JSON.stringify(memo)).not.toContain('hook');
});

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { stillOff } from '../../../client/still-off.ts';
import { isTurned, lookUntil } from '../../../client/turned.ts';
import { deedOf } from '../../../contract/by-hand.ts';
import type { Look } from '../../../contract/listings.ts';
import { schedulerError } from '../../../words/errors.ts';
import { sayReason } from '../../../words/reason.ts';
import { NOT_TAKEN, sayDaemon, sayStopped } from '../../../words/tool-answer.ts';
import { type Desk, note, noteOf, SEEN_WITHIN_MS, type Told, tool } from './tool.ts';

const shape = z.strictObject({ note });
const about = { scope: 'operate', shape, idempotent: true } as const;

// The process belongs to whoever started it: tools neither end nor start one. What a caller wants of a daemon is that work is taken,
// or is not, and that is what these turn.

export const startDaemon = tool({
  ...{ ...about, name: 'scheduler_start_daemon' },
  about: 'Take new work again: undoes scheduler_stop_daemon and any pause of everything. Starts no process',
  async run({ note: text }, desk) {
    const before = await desk.look.within(0);
    await desk.scheduler.use((client) => client.resume({}, noteOf(desk, text)));
    const { after, inForce } = await turnedAll(desk, 'resume');
    refuseWithoutDaemon(after);
    const { all, some } = stillOff(after.status, {});
    const off = [...all, ...some].map(sayReason);
    return turned({
      ...{ before, after, inForce },
      summary: sayDaemon(after.status),
      lines: off.map((each) => `Still off: ${each}`),
    });
  },
});

export const stopDaemon = tool({
  ...{ ...about, name: 'scheduler_stop_daemon', destructive: true },
  about:
    'Take no new work from now on. What runs goes on, what is queued stays. Undone by scheduler_start_daemon',
  async run({ note: text }, desk) {
    const before = await desk.look.within(0);
    await desk.scheduler.use((client) => client.pause({}, noteOf(desk, text)));
    const { after, inForce } = await turnedAll(desk, 'pause');
    const summary = inForce ? sayStopped(after.status.running.length) : `${NOT_TAKEN}.`;
    return turned({ before, after, inForce, summary });
  },
});

function turnedAll({ look }: Desk, verb: 'pause' | 'resume') {
  return lookUntil(
    () => look.within(0),
    ({ status }) => isTurned(status, verb, {}),
  );
}

export const restartDaemon = tool({
  ...{ ...about, name: 'scheduler_restart_daemon' },
  about:
    'Look at everything anew, now: tasks, agents, configuration. A pause stays, as over a restart of the process',
  async run(_, desk) {
    const before = await desk.look.within(0);
    refuseWithoutDaemon(before);
    const passed = await passNow(desk);
    const after = await desk.look.within(0);
    const { paused, deeds } = after.status;
    const by = deedOf(deeds, ['pause'])?.by;
    const lines = [
      passed
        ? 'A pass is done.'
        : 'A pass is under way: scheduler_daemon_status tells when it is over, as last_pass.',
      ...(paused
        ? [`It is paused${by === undefined ? '' : ` by ${by}`}: scheduler_start_daemon ends that.`]
        : []),
    ];
    return turned({ before, after, summary: sayDaemon(after.status), lines });
  },
});

/** Whether it is over already. @throws `no-daemon` where none has taken it */
async function passNow(desk: Desk): Promise<boolean> {
  const asked = { id: randomUUID(), once: false, acceptMs: SEEN_WITHIN_MS };
  return soon(
    desk.scheduler.use(async (client) => {
      if ((await client.pass(asked)) === undefined) throw noDaemon();
      return true;
    }),
  );
}

/** False: it goes on, and how it ends is seen by who looks. */
export async function soon(work: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, SEEN_WITHIN_MS, false);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

/** @throws `no-daemon` */
function refuseWithoutDaemon({ status }: Look): void {
  if (status.daemon === null) throw noDaemon();
}

const noDaemon = () => schedulerError({ code: 'no-daemon', withinMs: SEEN_WITHIN_MS });

interface Turned extends Omit<Told, 'facts'> {
  before: Look;
  after: Look;
  inForce?: boolean;
}

function turned({ before, after, inForce = true, ...told }: Turned): Told {
  const json = ({ status: { scheduler, daemon, paused, running } }: Look) => {
    return { scheduler, daemon, paused, running: running.length };
  };
  return { ...told, facts: { before: json(before), after: json(after), in_force: inForce } };
}

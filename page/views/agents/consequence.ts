import { capital } from './capital.ts';

// What a switch or a limit would do, said before it is done.

/** What the API tells of a switch, done or only tried. */
export interface Switched {
  running: number[];
  still_off: string[];
  in_force: boolean | null;
  became: { task_id: number; did: string; says: string }[];
}

export type Verb = 'pause' | 'resume' | 'stop' | 'start' | 'drain';

/** What waits for it. */
export interface InLine {
  /** Runs in line that are meant; null: not known. */
  waiting: number | null;
  /** They are in the line of this queue, and other agents of it go on to take them. */
  othersOf?: string | undefined;
}

export function sayConsequence(
  verb: Verb,
  told: Pick<Switched, 'running' | 'still_off'>,
  { waiting, othersOf }: InLine,
): string {
  const running = count(told.running.length, 'running task');
  const wait =
    waiting === null ? 'how many wait is not known' : `${waiting} ${waiting === 1 ? 'waits' : 'wait'}`;
  const off = told.still_off.length === 0 ? '' : ` It stays off all the same: ${told.still_off.join('; ')}.`;
  const line = `${wait} in line of queue ${othersOf}, which its other agents take`;
  const then = othersOf === undefined ? `${wait}. Nothing more starts until it is resumed.` : `${line}.`;
  switch (verb) {
    case 'pause':
      return `${running} ${told.running.length === 1 ? 'goes' : 'go'} on; ${then}`;
    case 'drain':
      return `${running} ${told.running.length === 1 ? 'goes' : 'go'} on to the end; ${then}`;
    case 'stop':
      return `${running} ${told.running.length === 1 ? 'is' : 'are'} stopped and put back in line; no attempt is used. ${capital(othersOf === undefined ? `${wait}, and nothing starts until it is started again` : line)}.`;
    case 'resume':
    case 'start':
      return waiting === null
        ? `What waits may start; ${wait}.${off}`
        : `${capital(waiting === 0 ? 'nothing' : `${waiting}`)} ${waiting === 1 || waiting === 0 ? 'waits' : 'wait'} and may start as slots are free${off === '' ? '' : ' and all else is on'}.${off}`;
  }
}

/**
 * @param after null: as it is configured
 * @param agent `kept`: what keeps it from starting anything, as a clause; null: nothing does
 */
export function sayLimitConsequence(
  { held, limit, waiting, kept }: { held: number; limit: number; waiting: number; kept: string | null },
  after: number | null,
): string {
  if (after === null) return `It has ${count(limit, 'slot')} now, and as many as are configured then.`;
  const goOn = `${count(limit, 'slot')} become${limit === 1 ? 's' : ''} ${after}. ${count(held, 'running task')} ${held === 1 ? 'goes' : 'go'} on`;
  if (after === 0) return `${goOn}; nothing more starts while it has no slot.`;
  if (after < held) return `${goOn}; nothing more starts until fewer than ${after} run.`;
  if (kept !== null) return `${goOn}; nothing of ${waiting} in line starts, since ${kept}.`;
  const more = Math.min(waiting, after - held);
  return `${goOn}; ${more === 0 ? 'nothing' : more} of ${waiting} in line can start at once.`;
}

/** `1 slot`, `4 slots`. */
export function saySlots(slots: number): string {
  return count(slots, 'slot');
}

/** What became of it. */
export function saySwitched({ in_force: inForce, became, still_off: off }: Switched, done: string): string {
  if (inForce === false) return `${done}: nobody has taken it yet; it counts when somebody does.`;
  const of = (which: string) => became.filter(({ did }) => did === which).length;
  const [stoppedNow, ended, still] = [of('stopped'), of('ended'), of('still-running')];
  const parts = [
    ...(stoppedNow > 0 ? [`${count(stoppedNow, 'task')} stopped`] : []),
    ...(ended > 0 ? [`${count(ended, 'task')} ${ended === 1 ? 'has' : 'have'} ended`] : []),
    ...(still > 0 ? [`${count(still, 'task')} ${still === 1 ? 'has' : 'have'} not ended yet`] : []),
  ];
  const stopped = parts.length === 0 ? '' : ` ${parts.join(', ')}.`;
  return `${done}.${stopped}${off.length === 0 ? '' : ` Still off: ${off.join('; ')}.`}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

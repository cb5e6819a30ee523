import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as messages from '../../contract/messages.ts';

const { answerTo: _, ...MESSAGES } = messages;
type Name = keyof typeof MESSAGES;
type Workflow = 'scheduler' | 'pool' | 'run-task' | 'schedule' | 'occurrences' | 'scheduled-run' | 'notifier';

/** Who gets each message. A table, so that the compiler finds one that is missing. */
const RECEIVERS: Record<Name, Workflow> = {
  define: 'schedule',
  pauseSchedule: 'schedule',
  resumeSchedule: 'schedule',
  runScheduleNow: 'schedule',
  skipNext: 'schedule',
  backfill: 'schedule',
  decideMissed: 'schedule',
  deleteSchedule: 'schedule',
  beginOccurrence: 'schedule',
  occurrenceEnded: 'schedule',
  scheduleStatus: 'schedule',
  enterOccurrence: 'occurrences',
  occurrenceLeft: 'occurrences',
  occurrencesClosed: 'occurrences',
  occurrencesStatus: 'occurrences',
  notifierStatus: 'notifier',
  askToEnter: 'scheduled-run',
  beginAnswered: 'scheduled-run',
  enterAnswered: 'scheduled-run',
  makeWay: 'scheduled-run',
  occurrenceStatus: 'scheduled-run',
  pauseAll: 'scheduler',
  resumeAll: 'scheduler',
  stopAllAgents: 'scheduler',
  startAllAgents: 'scheduler',
  runNow: 'scheduler',
  runChanged: 'scheduler',
  poolChanged: 'scheduler',
  enable: 'scheduler',
  disable: 'scheduler',
  daemonStarted: 'scheduler',
  makePass: 'scheduler',
  passUpdate: 'scheduler',
  schedulerStatus: 'scheduler',
  planState: 'scheduler',
  pause: 'pool',
  resume: 'pool',
  stopAgents: 'pool',
  startAgents: 'pool',
  stopHolders: 'pool',
  setLimit: 'pool',
  requestSlot: 'pool',
  releaseSlot: 'pool',
  processesGone: 'pool',
  modelAnswered: 'pool',
  order: 'pool',
  configure: 'pool',
  schedulerPaused: 'pool',
  tryAgainNow: 'pool',
  lookAtHolders: 'pool',
  semaphoreStatus: 'pool',
  grantSlot: 'run-task',
  askAgain: 'run-task',
  stopAttempt: 'run-task',
  note: 'run-task',
  withdraw: 'run-task',
  retry: 'run-task',
  lookAgain: 'run-task',
  runStatus: 'run-task',
};
const NAMES = Object.keys(RECEIVERS) as Name[];

/** That a second workflow takes, too. */
const ALSO: Partial<Record<Workflow, Name[]>> = { 'scheduled-run': ['note', 'runChanged'] };

describe.each(['scheduler', 'pool', 'run-task', 'schedule', 'occurrences', 'scheduled-run'] as const)(
  'to %s',
  (workflow) => {
    const mine = [...NAMES.filter((name) => RECEIVERS[name] === workflow), ...(ALSO[workflow] ?? [])];

    test('each signal, query and update has a name of its own', () => {
      const known = mine.map((name) => `${typeOf(MESSAGES[name])} ${MESSAGES[name].name}`);
      expect(known).toEqual([...new Set(known)]);
    });

    // A message that nobody handles is kept by the SDK, and nobody hears of it.
    test('each is handled', () => {
      const folder = new URL(`../../workflows/${workflow}/`, import.meta.url);
      const code = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
      const handled = [
        ...code.join('\n').matchAll(/\b(?:heed|setHandler|fulfil)\(\s*(?:answers,\s*)?(\w+)/g),
      ].map(([, name]) => name);
      expect(handled.sort()).toEqual([...mine].sort());
    });
  },
);

/** A wish is a signal. */
function typeOf(message: (typeof MESSAGES)[Name]): string {
  return 'type' in message ? message.type : 'signal';
}

test('people can type each name', () => {
  for (const name of NAMES) expect(MESSAGES[name].name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

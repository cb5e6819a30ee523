import type { AttemptIds, SchedulerEvent } from '../../activities/events.ts';
import type { AttemptResult } from '../../contract/run.ts';
import type { Follow } from '../../domain/attempt/follow.ts';
import type { Outcome } from '../../domain/attempt/settle.ts';
import { meaningOfVerdict } from '../../domain/attempt/verdict.ts';
import { sayOutcome } from '../../words/outcome.ts';
import { type Entry, type Fields, info, type Line, type Standing } from './line.ts';
import { localTime } from './local-time.ts';
import { passEnded } from './pass-words.ts';
import { planned } from './plan-words.ts';
import { scheduleWords } from './schedule-words.ts';

/** What the log says of an event; the one place that has its words. */
export function words(event: SchedulerEvent): Entry[] {
  const { pass } = event;
  return pass === undefined ? wordsOf(event) : wordsOf(event).map((entry) => inPass(entry, pass));
}

/** What a pass does has its id, so that its lines are found among those of others; of what lasts the fields have it. */
function inPass(entry: Entry, pass: string): Entry {
  const withId = (line: Line) => ({ ...line, fields: { ...line.fields, pass } });
  if (!('key' in entry)) return { ...withId(entry), text: `${entry.text}; pass ${pass}` };
  return { ...entry, now: entry.now.map((item) => ({ ...item, say: () => withId(item.say()) })) };
}

function wordsOf(event: SchedulerEvent): Entry[] {
  switch (event.what) {
    case 'serving': {
      const { role, by, temporal, tinytask, goose } = event;
      const where = `Temporal ${temporal}, TinyTask ${tinytask}, goose ${goose}`;
      return [info(`Serving as ${role}, ${by}: ${where}`, { role, temporal, tinytask, goose })];
    }
    case 'stopping':
      return [info(`Stopping, agents first: ${event.why}`)];
    case 'stopped':
      return [info('Stopped')];
    case 'problem':
      return [occasion(`problem of ${event.about}`, 'WARNING', event.problem)];
    case 'settings-taken':
      return [
        info(
          `The env file has changed; from now on its values of these count: ${event.variables.join(', ')}`,
        ),
      ];
    case 'temporal':
    case 'tinytask':
    case 'notifications':
      return [elsewhere(event)];
    case 'scheduler-started-again': {
      const paused = event.paused ? ' It was paused, and still is' : '';
      return [
        {
          level: 'WARNING',
          text: `The scheduler was ${event.how}, and is started again; open runs go on.${paused}`,
        },
      ];
    }
    case 'pass-began':
      return event.full ? [info(`Starting reconciliation by ${event.by}`)] : [];
    case 'planned':
      return planned(event);
    case 'pass-ended':
      return passEnded(event);
    case 'reclaimed': {
      const { taskId, agent, runId } = event;
      const why = 'its run was ended from outside before it could write back';
      return [
        info(`Task ${taskId} is taken back from ${agent}: ${why}; run ${runId}`, { taskId, agent, runId }),
      ];
    }
    case 'claimed':
      return [
        ...assigned(event),
        info(`${attempt(event)} starts; log ${event.log}, run ${event.runId}`, ids(event)),
      ];
    case 'attempt-ended':
      return [attemptEnded(event)];
    case 'slot-kept':
      return [
        occasion('slots', 'WARNING', `task ${event.taskId} keeps its slot: ${event.problem}`, ids(event)),
      ];
    case 'worktree-beyond':
      return [worktree(event)];
    case 'settled':
      return [notSettled(event, null), ...settled(event)];
    case 'not-settled':
      return [notSettled(event, event.problem)];
    default:
      return scheduleWords(event);
  }
}

/** That somebody whom we need does not answer, or does again. */
function elsewhere(
  event: Extract<SchedulerEvent, { what: 'temporal' | 'tinytask' | 'notifications' }>,
): Standing {
  const { what, problem } = event;
  switch (what) {
    case 'temporal': {
      const { address } = event;
      const down = problem && `Temporal at ${address} cannot be used; it is tried again: ${problem}`;
      return condition(what, down, 'ERROR', `Temporal at ${address} answers again`);
    }
    case 'tinytask':
      return condition(what, problem, 'ERROR', 'TinyTask answers again');
    case 'notifications': {
      const down = problem && `Notifications are not delivered; they are tried again: ${problem}`;
      return condition(what, down, 'WARNING', 'Notifications are delivered again');
    }
  }
}

/** One thing that holds, or does not where `problem` is null; the same whatever words the problem has. */
function condition(key: string, problem: string | null, level: Line['level'], over?: string): Standing {
  if (problem === null) return { key, now: [] };
  const say = (): Line => ({ level, text: problem });
  return { key, now: [{ id: key, value: '', say, ...(over !== undefined && { over: info(over) }) }] };
}

/** Something that happens again and again, told by its text. */
export function occasion(key: string, level: Line['level'], text: string, fields?: Fields): Standing {
  const say = (): Line => ({ level, text, ...(fields && { fields }) });
  return { key, how: 'occasions', now: [{ id: text.slice(0, 500), value: '', say }] };
}

const attempt = ({ taskId, agent, attempt: number }: AttemptIds) =>
  `Task ${taskId} attempt ${number} on ${agent}`;

function ids({ taskId, agent, attempt: number, runId }: AttemptIds): Fields {
  return { taskId, agent, attempt: number, runId };
}

/** The last word of an assignment is its agent: that is what people count. */
function assigned({
  taskId,
  agent,
  assignedFrom: queue,
}: Extract<SchedulerEvent, { what: 'claimed' }>): Line[] {
  return queue === null
    ? []
    : [info(`Assigning task ${taskId} to ${queue} agent ${agent}`, { taskId, agent, queue })];
}

function attemptEnded(event: AttemptIds & { result: AttemptResult }): Entry {
  const { verdict, noAttempt, claimed, log, seconds, turns, tokens } = event.result;
  const { kind, reason } = verdict;
  const fields = { ...ids(event), verdict: kind, seconds, turns, tokens, log };
  const run = `run ${event.runId}`;
  if (noAttempt !== undefined) return info(`${attempt(event)} is put off: ${reason}; ${run}`, fields);
  const level = meaningOfVerdict(kind).isHarmless ? 'INFO' : 'WARNING';
  if (!claimed) {
    const say = () =>
      ({ level, text: `${attempt(event)} did not start: ${kind}, ${reason}; ${run}`, fields }) as const;
    // What keeps it from starting may last, and is tried again and again.
    const id = `${event.taskId} ${event.agent} ${kind} ${reason.slice(0, 300)}`;
    return { key: 'did not start', how: 'occasions', now: [{ id, value: '', say }] };
  }
  const work = `${seconds} s, ${turns} turns, ${tokens ?? 'unknown'} tokens, log ${log ?? 'none'}`;
  return { level, text: `${attempt(event)} ended: ${kind}, ${reason}; ${work}, ${run}`, fields };
}

/** That one is kept is told again and again, since somebody has to look after it. */
function worktree(event: Extract<SchedulerEvent, { what: 'worktree-beyond' }>): Entry {
  const { taskId, agent, path, branch, kept, unmerged } = event;
  const fields = { taskId, agent, path, branch };
  if (kept !== null) {
    const text = `The worktree ${path} of task ${taskId} is beyond what ${agent} keeps, and stays, since ${kept}`;
    return occasion('worktrees', 'WARNING', text, fields);
  }
  const left = unmerged === 0 ? '' : `, with ${unmerged} commits that are not merged`;
  return info(`The worktree ${path} of task ${taskId} is removed; its branch ${branch} stays${left}`, fields);
}

function settled(event: Extract<SchedulerEvent, { what: 'settled' }>): Line[] {
  const { outcome, follow, wrote, claimed } = event;
  // That it did not start was said.
  if (!claimed && outcome.task === 'untouched' && follow.next === 'end') return [];
  const fields = { ...ids(event), outcome: outcome.task, wrote, next: follow.next };
  const text = `${attempt(event)}: ${sayOutcome(outcome)}${sayFollow(follow, outcome)}; run ${event.runId}`;
  return [{ level: follow.next === 'park' ? 'WARNING' : 'INFO', text, fields }];
}

function notSettled(event: AttemptIds, problem: string | null): Standing {
  const text = `${attempt(event)}: its result is not written to TinyTask yet: `;
  return condition(`result of ${event.runId}`, problem === null ? null : text + problem, 'WARNING');
}

function sayFollow(follow: Follow, outcome: Outcome): string {
  switch (follow.next) {
    case 'park':
      return `; parked: ${follow.reason}`;
    case 'back-off':
      return `; it runs again at ${localTime(follow.untilMs)}`;
    case 'again':
      return '; it runs again';
    case 'end':
      return outcome.task === 'returned' ? '; it is planned anew' : '';
  }
}

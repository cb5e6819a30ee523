import { AGENTS } from '../contract/configuration-mark.ts';
import type { Changed, Condition, Headline, HeadlineCounts } from '../contract/headline.ts';
import { cut } from '../domain/cut.ts';
import { moment } from './clock.ts';
import { sayDeed } from './deed.ts';
import { duration } from './duration.ts';
import { firstListed } from './listed.ts';
import { counted, number } from './number.ts';
import { sayProblem } from './problem.ts';

/** Characters; a line of a page, and of a message to somebody's telephone. */
const LONGEST = 198;
/** Of what is wrong; more of it does not help who was woken. */
const SAID = 3;
const LONGEST_NAME = { chars: 32, bytes: 128 };
const LONGEST_PROBLEM = { chars: 64, bytes: 256 };

/** The first line, in words: `2 of 40 agents stuck; 118 tasks wait; oldest 3 h; nothing lost`. Below 200 characters. */
export function sayHeadline({ conditions, counts, oldestWaiting, atMs }: Headline): string {
  const said = conditions.slice(0, SAID).map((condition) => sayCondition(condition, atMs));
  const more = conditions.length - said.length;
  const all = [
    ...said,
    ...(more > 0 ? [`${more} more to look at`] : []),
    ...(counts === null ? [] : sayCounts(counts, oldestWaiting && atMs - oldestWaiting.sinceMs)),
  ];
  const text = all.join('; ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ');
  return cut(`${text.charAt(0).toUpperCase()}${text.slice(1)}`, { chars: LONGEST, bytes: 4 * LONGEST });
}

const short = (name: string) => cut(name, LONGEST_NAME);
const verb = (count: number, one: string, many: string) => (count === 1 ? one : many);

/** What is not as usual, as a clause. */
export function sayCondition(condition: Condition, nowMs: number): string {
  switch (condition.what) {
    case 'unseen':
      return `${sayWho(condition.failure.code)}: nothing is known of what runs and waits`;
    case 'no-tinytask':
      return 'TinyTask does not answer: which tasks wait is not known';
    case 'nobody':
      return condition.neverStarted
        ? 'the scheduler was not started yet'
        : 'no daemon: nothing starts by itself';
    case 'no-pass':
      return `the daemon has not looked for work for ${duration(nowMs - condition.sinceMs)}`;
    case 'workflows-stuck':
      return `${counted(condition.count, 'workflow')} ${verb(condition.count, 'does', 'do')} not get on`;
    case 'agents-stuck':
      return `${condition.count} of ${counted(condition.of, 'agent')} stuck`;
    case 'lost':
      return `${counted(condition.count, 'run')} lost`;
    case 'no-host':
      return `${counted(condition.count, 'task')} not taken by a goose host for ${duration(nowMs - condition.sinceMs)}`;
    case 'not-started':
      return `${counted(condition.count, 'task')} not started for ${duration(nowMs - condition.sinceMs)} beside free slots`;
    case 'unserved':
      return sayUnserved(condition);
    case 'off':
      return sayOff(condition);
    case 'agents-off':
      return `${condition.count} of ${counted(condition.of, 'agent')} turned off`;
    case 'budget':
      return `${counted(condition.agents, 'agent')} without budget for today`;
    case 'parked':
      return `${counted(condition.tasks, 'task')} parked`;
    case 'placeless':
      return `${counted(condition.tasks, 'task')} for nobody`;
    case 'schedules': {
      const { count, first } = condition;
      return count === 1 && first
        ? `schedule ${short(first.schedule)} in trouble`
        : `${counted(count, 'schedule')} in trouble`;
    }
    case 'not-notified':
      return `notifications not delivered for ${duration(nowMs - condition.sinceMs)}`;
    case 'problems':
      return `${counted(condition.count, 'problem')}: ${cut(sayProblem(condition.first), LONGEST_PROBLEM)}`;
  }
}

function sayWho(code: string): string {
  if (code === 'temporal-unreachable' || code === 'temporal-stuck') return 'Temporal does not answer';
  return `the scheduler cannot be asked (${code})`;
}

function sayUnserved({ tasks, queues }: Extract<Condition, { what: 'unserved' }>): string {
  const [queue] = queues;
  const where = queue !== undefined && queues.length === 1 ? ` in queue ${short(queue)}` : '';
  return `no agent for ${counted(tasks, 'task')}${where}`;
}

function sayOff({ how, deed }: Extract<Condition, { what: 'off' }>): string {
  if (how === 'disabled') return 'disabled: nothing starts';
  const by = deed?.by === undefined ? 'by hand' : `by ${short(deed.by)}`;
  return how === 'paused' ? `paused ${by}: nothing starts` : `agents stopped ${by}: nothing starts`;
}

function sayCounts(
  { running, waiting, waitingTotal, lost }: HeadlineCounts,
  oldestMs: number | null,
): string[] {
  const runs = running === 0 ? 'nothing runs' : `${counted(running, 'task')} ${verb(running, 'runs', 'run')}`;
  if (waiting === null || waitingTotal === null) return [runs];
  const rest = waiting['backing-off'] ?? 0;
  const blocked = waiting.blocked ?? 0;
  const hostless = waiting['waiting-for-host'] ?? 0;
  const waits =
    waitingTotal > 0
      ? [
          `${number(waitingTotal)} ${verb(waitingTotal, 'task waits', 'tasks wait')}`,
          ...(oldestMs === null ? [] : [`oldest ${sayAge(oldestMs)}`]),
        ]
      : rest + blocked + hostless === 0
        ? ['nothing waits']
        : [
            ...(rest > 0 ? [`${number(rest)} ${verb(rest, 'backs', 'back')} off`] : []),
            ...(blocked > 0 ? [`${number(blocked)} blocked`] : []),
          ];
  const taken = hostless > 0 ? [`${number(hostless)} ${verb(hostless, 'waits', 'wait')} for a host`] : [];
  return [runs, ...taken, ...waits, ...(lost === 0 ? ['nothing lost'] : [])];
}

/** In its largest unit. */
function sayAge(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return hours >= 1 ? `${hours} h` : duration(ms);
}

const NAMES_SAID = 3;

/** What changed, as a clause. */
export function sayChanged(changed: Changed): string {
  switch (changed.what) {
    case 'deed': {
      const { deed, queue } = changed;
      const whom = deed.agent !== undefined ? `${deed.agent}: ` : queue === null ? '' : `queue "${queue}": `;
      return `${whom}${sayDeed(deed)}`;
    }
    case 'configuration': {
      const names = changed.names.map((name) => (name === AGENTS ? 'the agents' : `TINYSCHEDULER_${name}`));
      return `changed: ${firstListed(names, NAMES_SAID)}`;
    }
    case 'build':
      return `version ${changed.version}, built ${moment(changed.builtMs)}, schedules from now on: ${changed.by}`;
    case 'daemon':
      return `${changed.by} schedules from now on`;
  }
}

import type { Switched } from './api/shapes.ts';
import type { SchedulerNow } from './live/store.ts';

/** What turns everything the other way than it is. */
export interface Turn {
  /** Everything is on, and this turns it off. */
  isOn: boolean;
  path: '/api/pause' | '/api/resume' | '/api/start-agents';
  button: string;
  title: string;
}

const PAUSE: Turn = { isOn: true, path: '/api/pause', button: 'Pause all', title: 'Pause everything?' };
const RESUME: Turn = { isOn: false, path: '/api/resume', button: 'Resume all', title: 'Resume everything?' };
const START: Turn = {
  ...{ isOn: false, path: '/api/start-agents', button: 'Start agents' },
  title: 'Start all agents again?',
};

/** Of what holds at the same time the stop outlasts the pause. */
export function turnFor({ paused, stopped }: Pick<SchedulerNow, 'paused' | 'stopped'>): Turn {
  if (stopped) return START;
  return paused ? RESUME : PAUSE;
}

interface Seen {
  /** Tasks that have a slot. */
  running: number;
  /** Open tasks; null: not known. */
  open: number | null;
  before: Pick<SchedulerNow, 'paused' | 'enabled' | 'daemon'>;
}

/** What would be so then. */
export function sayBefore(turn: Turn, { running, open, before }: Seen): string {
  const waits = open === null ? null : Math.max(0, open - running);
  if (turn.isOn) {
    const rest = waits === null ? 'how many wait is not known' : `${waits} ${waits === 1 ? 'waits' : 'wait'}`;
    const goOn =
      running === 0
        ? 'Nothing runs'
        : running === 1
          ? '1 running task goes on'
          : `${running} running tasks go on`;
    return `${goOn}; ${rest}. Nothing more starts until somebody resumes everything.`;
  }
  const start =
    waits === null
      ? 'What waits starts as soon as slots are free; how many wait is not known.'
      : waits === 0
        ? 'No task waits; what comes starts again.'
        : `What can of ${waits === 1 ? '1 open task' : `${waits} open tasks`} without a slot starts as soon as slots are free.`;
  return [start, ...stillOff(turn, before)].join(' ');
}

function stillOff({ path }: Turn, { paused, enabled, daemon }: Seen['before']): string[] {
  return [
    ...(path === '/api/start-agents' && paused ? ['It stays paused: resume it then.'] : []),
    ...(enabled ? [] : ['It stays disabled by TINYSCHEDULER_ENABLED.']),
    ...(daemon === null ? ['No daemon is there, so nothing starts by itself.'] : []),
  ];
}

/** What became of it. */
export function sayAfter(turn: Turn, done: Pick<Switched, 'in_force' | 'still_off'>): string {
  const word = turn.isOn
    ? 'Everything is paused'
    : turn.path === '/api/resume'
      ? 'Everything goes on'
      : 'All agents may start again';
  if (done.in_force === false) return `${word}, but nobody has taken it yet: it counts when somebody does.`;
  return [
    `${word}.`,
    ...(done.still_off.length > 0 ? [`Still off: ${done.still_off.join('; ')}.`] : []),
  ].join(' ');
}

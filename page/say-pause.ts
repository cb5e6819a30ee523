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
  /** Tasks that wait, as the first line counts them; null: not known. */
  wait: number | null;
  before: Pick<SchedulerNow, 'paused' | 'enabled' | 'daemon'>;
}

/** What would be so then. */
export function sayBefore(turn: Turn, { running, wait, before }: Seen): string {
  if (!turn.isOn) return [sayStart(wait), ...stillOff(turn, before)].join(' ');
  const rest = wait === null ? 'how many wait is not known' : `${wait} ${wait === 1 ? 'waits' : 'wait'}`;
  return `${sayGoOn(running)}; ${rest}. Nothing more starts until somebody resumes everything.`;
}

function sayGoOn(running: number): string {
  if (running === 0) return 'Nothing runs';
  return running === 1 ? '1 running task goes on' : `${running} running tasks go on`;
}

function sayStart(wait: number | null): string {
  if (wait === null) return 'What waits starts as soon as it can; how many wait is not known.';
  if (wait === 0) return 'No task waits; what comes starts again.';
  return `${wait === 1 ? '1 task waits and starts' : `${wait} tasks wait and start`} as soon as slots are free.`;
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

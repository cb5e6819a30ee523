import type { SchedulerNow } from './live/store.ts';
import type { Verb } from './views/agents/consequence.ts';

/** What turns everything the other way than it is. */
export interface Turn {
  verb: Extract<Verb, 'pause' | 'resume' | 'start'>;
  path: '/api/pause' | '/api/resume' | '/api/start-agents';
  button: string;
  title: string;
  done: string;
}

const PAUSE: Turn = {
  ...{ verb: 'pause', path: '/api/pause', button: 'Pause all' },
  ...{ title: 'Pause everything?', done: 'Everything is paused' },
};
const RESUME: Turn = {
  ...{ verb: 'resume', path: '/api/resume', button: 'Resume all' },
  ...{ title: 'Resume everything?', done: 'Everything is resumed' },
};
const START: Turn = {
  ...{ verb: 'start', path: '/api/start-agents', button: 'Start all agents' },
  ...{ title: 'Start all agents again?', done: 'All agents are started' },
};

/** Of what holds at the same time the stop outlasts the pause. */
export function turnFor({ paused, stopped }: Pick<SchedulerNow, 'paused' | 'stopped'>): Turn {
  if (stopped) return START;
  return paused ? RESUME : PAUSE;
}

/** What will still keep everything then, as the look before it shows. */
export function sayStillOff(
  { verb }: Turn,
  now: Pick<SchedulerNow, 'paused' | 'enabled' | 'daemon'>,
): string[] {
  if (verb === 'pause') return [];
  return [
    ...(verb === 'start' && now.paused ? ['It stays paused: resume it then.'] : []),
    ...(now.enabled ? [] : ['It stays disabled by TINYSCHEDULER_ENABLED.']),
    ...(now.daemon === null ? ['No daemon is there, so nothing starts by itself.'] : []),
  ];
}

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

/** What keeps everything then that is no switch: of switches the API tells. */
export function sayNobody({ verb }: Turn, { daemon }: Pick<SchedulerNow, 'daemon'>): string[] {
  if (verb === 'pause' || daemon !== null) return [];
  return ['No daemon is there, so nothing starts by itself.'];
}

import type { OlderTinyTask } from '../contract/status.ts';
import type { Lack } from '../domain/lack.ts';
import { listed } from './listed.ts';

/** What does not work with a TinyTask 1, for `status` and `validate-config`. */
export function sayOlderTinyTask({ lacks, sse }: OlderTinyTask): string {
  const missing = lacks.length === 0 ? '' : `, without ${listed(lacks)}`;
  const which = lacks.includes('queues') ? 'a TinyTask 1' : 'an older TinyTask';
  const follows = lacks.map(sayLack);
  if (sse) {
    follows.push(
      'it speaks SSE, which goose does not, so agents are not given its tools: a recipe that needs them brings a bridge',
    );
  }
  return `TinyTask is ${which}${missing}: ${follows.join('; ')}. All of it works with TinyTask 2.`;
}

function sayLack(lack: Lack): string {
  switch (lack) {
    case 'queues':
      return 'only tasks that are assigned to an agent run';
    case 'blockers':
      return 'no task waits for another';
    case 'subtasks':
      return 'no task waits for parts of its own';
  }
}

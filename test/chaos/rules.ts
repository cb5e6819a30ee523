/** The settings that the system runs with, and the times that follow from the rules. All in milliseconds. */
export const HEARTBEAT_MS = 5_000;
export const KILL_GRACE_MS = 1_000;
export const LOOP_MS = 5_000;
export const MAX_RUNTIME_MS = 8_000;
/** max(3 heartbeats, 15 s). */
export const HEARTBEAT_TIMEOUT_MS = 15_000;

/** What is lost has to be gone so long after its worker or guardian was killed or stopped. */
export const GONE_MS = KILL_GRACE_MS + 1_000;
/** Node takes so long to load a worker (1 s on an idle machine); the time above counts from its first line. */
export const LOADING_MS = 1_500;
/** A slot comes back, and a task that nobody works on is no longer `working`, within this. */
export const BACK_MS = HEARTBEAT_TIMEOUT_MS + LOOP_MS;
/**
 * An agent has all its slots in use again within this. It may have been taken for unwell, because TinyTask was down: then
 * one run probes it first, that one's worker may have been lost too, and the next pass starts the others.
 */
export const FULL_MS = BACK_MS + MAX_RUNTIME_MS + KILL_GRACE_MS + LOOP_MS;
/** Longer than a lease. */
export const STOPPED_MS = HEARTBEAT_TIMEOUT_MS + 3_000;
/** Times are seen this late: two looks of the observer and the way of a process's start or end. */
export const SEEN_LATE_MS = 250;

/** A goose whose task was taken from it is dead after this: a look at the task every 3 s, the grace, and a margin. */
export const LET_GO_MS = 3_000 + KILL_GRACE_MS + 1_500;
/** How far the clock of one host is ahead, where one is. */
export const CLOCK_AHEAD_MS = 90_000;

export interface ChaosAgent {
  name: string;
  limit: number;
  /** What a real goose's model plays; absent: a stub in goose.sh. */
  script?: string;
}

const done = 'MODEL: shell echo {{ agent }} >> {{ base_path }}/evidence/{{ task_id }}\nMODEL: say done';

const MARK = 'MODEL: shell echo >> {{ base_path }}/writes/{{ task_id }}';

/** Every agent has a queue of its own but the two of `dev`. */
export const AGENTS: readonly ChaosAgent[] = [
  { name: 'gus', limit: 2, script: `MODEL: tool get_task {"id": {{ task_id }}}\nMODEL: wait 2s\n${done}` },
  { name: 'gil', limit: 1, script: `MODEL: wait 3s\n${done}` },
  {
    name: 'hank',
    limit: 1,
    script: [
      'MODEL: wait 2s',
      'MODEL: tool move_task {"task_id": {{ task_id }}, "current_agent": "hank", "new_agent": "gus", "comment": "yours"}',
      // Where the task could not be moved, because TinyTask was down, its answer counts, and the task is its own.
      'MODEL: shell echo {{ agent }} >> {{ base_path }}/evidence/{{ task_id }}',
      'MODEL: say handed on',
    ].join('\n'),
  },
  {
    // Writes to its task as agents do, its end included; before each write a mark in a file of its task grows.
    name: 'scribe',
    limit: 1,
    script: [
      ...['begun', 'half way'].flatMap((note) => [
        'MODEL: wait 1s',
        MARK,
        `MODEL: tool add_comment {"task_id": {{ task_id }}, "content": "${note}", "created_by": "{{ agent }}"}`,
        MARK,
        `MODEL: tool update_task {"id": {{ task_id }}, "description": "${note}"}`,
      ]),
      'MODEL: wait 500ms',
      'MODEL: shell echo {{ agent }} >> {{ base_path }}/evidence/{{ task_id }}; echo >> {{ base_path }}/writes/{{ task_id }}',
      'MODEL: tool update_task {"id": {{ task_id }}, "status": "complete"}',
      'MODEL: say done',
    ].join('\n'),
  },
  { name: 'cutter', limit: 1, script: 'MODEL: wait 3s\nMODEL: length' },
  { name: 'forker', limit: 3 },
  { name: 'stubborn', limit: 2 },
  { name: 'leaver', limit: 2 },
  { name: 'loud', limit: 1 },
  { name: 'liar', limit: 1 },
];

export function queueOf(agent: string): string {
  return agent === 'gus' || agent === 'gil' ? 'dev' : agent;
}

/** Whether there are agents that may get the tasks of a queue which are with nobody. */
export function isServed(queue: string | null): boolean {
  return AGENTS.some(({ name }) => queueOf(name) === queue);
}

export function isAgent(name: string | null): boolean {
  return AGENTS.some((agent) => agent.name === name);
}

/** To whom an agent hands its tasks on by itself. */
export function movesTo(agent: string): string | undefined {
  return agent === 'hank' ? 'gus' : undefined;
}

/** Whether it marks its writes to TinyTask; see `scribe`. */
export function writes(agent: string): boolean {
  return AGENTS.some(({ name, script }) => name === agent && script?.includes('/writes/'));
}

/** Tags that name no recipe. What they keep from running is their task, and nothing else. */
export const TAGS_OF_NOTHING = [
  'recipe:names-nothing',
  'recipe:',
  'recipe:gus.yaml',
  'recipe:../recipes/gus',
] as const;

export function namesNothing(tags: readonly string[]): boolean {
  return tags.some((tag) => tag.startsWith('recipe:'));
}

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

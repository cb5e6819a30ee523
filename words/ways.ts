// How each surface names what a program or an agent can ask for next: a request over HTTP, a tool over MCP.

/** Each as the beginning of a sentence, such as `GET /api/tasks` of "GET /api/tasks lists the open ones." */
export interface Ways {
  tasks: string;
  addTask: string;
  task(taskId: number): string;
  explain(taskId: number): string;
  forecast: string;
  cancel(taskId: number): string;
  cancelMany: string;
  agents: string;
  pools: string;
  limit(agent: string): string;
  /** Tells whether everything answers. */
  health: string;
  /** Tells what requests take. */
  document: string;
  changes: string;
  state: string;
  schedules: string;
  editSchedule(schedule: string): string;
  /** As a sentence: so that an edit is of what is there. */
  seeBeforeEditing(schedule: string): string;
  resumeSchedule(schedule: string): string;
  endSchedule(schedule: string): string;
  scheduleHistory(schedule: string): string;
  occurrences: string;
  /** As a sentence, where it is not known whether something was done. */
  askAgain: string;
  /** As a sentence, where a name of a request was used for another one. */
  otherKey: string;
  /** As a sentence, where somebody may not do what was asked for. `command`: makes a token that may. */
  mayMore(command: string): string;
}

export const OVER_HTTP: Ways = {
  tasks: 'GET /api/tasks',
  addTask: 'POST /api/tasks',
  task: (id) => `GET /api/tasks/${id}`,
  explain: (id) => `GET /api/tasks/${id}/explain`,
  forecast: 'GET /api/forecast',
  cancel: (id) => `POST /api/tasks/${id}/cancel`,
  cancelMany: 'POST /api/tasks/cancel',
  agents: 'GET /api/agents',
  pools: 'GET /api/pools',
  limit: (agent) => `POST /api/agents/${agent}/limit`,
  health: 'GET /readyz',
  document: 'GET /openapi.json',
  changes: 'GET /api/events',
  state: 'GET /api/state',
  schedules: 'GET /api/schedules/',
  editSchedule: (name) => `PATCH /api/schedules/${name}/`,
  seeBeforeEditing: (name) =>
    `GET /api/schedules/${name}/ again, and send the ETag of its answer as If-Match.`,
  resumeSchedule: (name) => `POST /api/schedules/${name}/enable/`,
  endSchedule: (name) => `PATCH /api/schedules/${name}/`,
  scheduleHistory: (name) => `GET /api/schedules/${name}/history/`,
  occurrences: 'GET /api/occurrences',
  askAgain: 'look, or send the same request again with its Idempotency-Key',
  otherKey: 'Send a new Idempotency-Key with a new request.',
  mayMore: (command) => `Have ${command} run on the host, and send that token.`,
};

const call = (tool: string, args: Record<string, string> = {}) =>
  Object.keys(args).length === 0 ? tool : `${tool} ${JSON.stringify(args)}`;
const REPLACE = (name: string) =>
  `${call('scheduler_remove_task', { task_id: name })} and then scheduler_add_task`;

export const OVER_MCP: Ways = {
  tasks: 'scheduler_list_tasks',
  addTask: 'scheduler_add_task',
  task: (id) => call('scheduler_get_task', { task_id: String(id) }),
  explain: (id) => call('scheduler_explain', { task_id: String(id) }),
  forecast: 'scheduler_explain',
  cancel: (id) => call('scheduler_control', { action: 'cancel', task_id: String(id) }),
  cancelMany: 'scheduler_control',
  agents: 'scheduler_get_status',
  pools: 'scheduler_get_status',
  limit: () => 'A person at the command line',
  health: 'scheduler_daemon_status',
  document: 'The schema of the tool',
  changes: 'scheduler_get_status',
  state: 'scheduler_get_status',
  schedules: call('scheduler_list_tasks', { task_type: 'cron' }),
  editSchedule: REPLACE,
  seeBeforeEditing: (name) => `Look with ${call('scheduler_get_task', { task_id: name })} again.`,
  resumeSchedule: (name) => call('scheduler_control', { action: 'resume', task_id: name }),
  endSchedule: REPLACE,
  scheduleHistory: (name) => call('scheduler_get_task', { task_id: name }),
  occurrences: call('scheduler_list_tasks', { task_type: 'cron' }),
  askAgain:
    'look with scheduler_get_task or scheduler_list_tasks, or call the tool with the same arguments again',
  otherKey: 'Choose another task_id, or send the arguments that came with it before.',
  mayMore: (command) =>
    `Go on without it, or ask whoever set up these tools: over HTTP for a token by ${command}, by stdio to leave out --read-only, or for --programs.`,
};

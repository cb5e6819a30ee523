/** A search attribute of a run. All of ours are names or numbers that are compared as a whole. */
const keyword = (name: string) => ({ name, type: 'KEYWORD' as const });

/** Who has, had or alone may have the task: from its grant on, or where the task wants one agent. */
export const AGENT = keyword('Agent');
/** Workflow id of the semaphore that gives the run its slots. */
export const POOL = keyword('Pool');
/** `queue` of the task. */
export const QUEUE = keyword('Queue');
/** Id of the task, as text. */
export const TASK_ID = keyword('TaskId');
/** A `Phase` of run.ts. */
export const PHASE = keyword('Phase');

/** All that a namespace has to know before a run can be started in it. */
export const SEARCH_ATTRIBUTES = [AGENT, POOL, QUEUE, TASK_ID, PHASE];

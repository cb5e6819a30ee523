/** Calls to TinyTask over plain HTTP: what judges the system does not look through the system's own client. */

/** A task as TinyTask answers it, as far as it is looked at here. */
export interface TaskRow {
  id: number;
  title: string;
  status: 'idle' | 'working' | 'complete';
  assigned_to: string | null;
  queue_name: string | null;
  blocked_by_task_id: number | null;
  is_currently_blocked: boolean;
  tags: string[];
  archived_at: string | null;
  /** ISO 8601, whole seconds. */
  updated_at: string;
}

export interface CommentRow {
  id: number;
  content: string;
  created_by: string | null;
}

const DEADLINE_MS = 3_000;

/** The answer of a tool, parsed. Throws when TinyTask does not answer, or refuses. */
export async function callTinyTask(
  endpoint: string,
  tool: string,
  args: Record<string, unknown>,
  deadlineMs = DEADLINE_MS,
): Promise<unknown> {
  const response = await fetch(`${endpoint}/mcp`, {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: tool, arguments: args },
    }),
    signal: AbortSignal.timeout(deadlineMs),
  });
  const { result, error } = (await response.json()) as {
    result?: { isError?: boolean; content: { text: string }[] };
    error?: unknown;
  };
  const text = result?.content[0]?.text;
  if (text === undefined || result?.isError) throw new Error(`${tool}: ${text ?? JSON.stringify(error)}`);
  return JSON.parse(text);
}

export function listTasks(endpoint: string): Promise<TaskRow[]> {
  return list(endpoint, {});
}

/** Archived ones too. */
export function listAllTasks(endpoint: string): Promise<TaskRow[]> {
  return list(endpoint, { include_archived: true }, 20_000);
}

async function list(endpoint: string, which: object, deadlineMs?: number): Promise<TaskRow[]> {
  const answer = await callTinyTask(endpoint, 'list_tasks', { limit: 100_000, ...which }, deadlineMs);
  return (Array.isArray(answer) ? answer : (answer as { tasks: TaskRow[] }).tasks) as TaskRow[];
}

export async function getTask(endpoint: string, id: number): Promise<TaskRow & { comments: CommentRow[] }> {
  return (await callTinyTask(endpoint, 'get_task', { id })) as TaskRow & { comments: CommentRow[] };
}

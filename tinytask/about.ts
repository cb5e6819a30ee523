import { SharedSession } from './session.ts';

/** What a TinyTask says of itself. */
export interface AboutTinyTask {
  /** Undefined where it does not say. */
  version: string | undefined;
  /** Names of its tools. */
  tools: string[];
}

/** Tools without which no task can be run. */
export const NEEDED_TOOLS = [
  'list_tasks',
  'get_task',
  'update_task',
  'list_comments',
  'add_comment',
] as const;

/** Asks the TinyTask at `endpoint`. Throws a TinyTaskError. */
export async function aboutTinyTask(endpoint: string, deadlineMs: number): Promise<AboutTinyTask> {
  const session = new SharedSession(endpoint, deadlineMs);
  try {
    return await session.call({ tool: 'tools/list', repeatable: true }, async (client, signal) => {
      const { tools } = await client.listTools(undefined, { signal });
      return { version: client.getServerVersion()?.version, tools: tools.map(({ name }) => name) };
    });
  } finally {
    await session.close();
  }
}

import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Lack } from '../domain/lack.ts';
import type { TransportKind } from './session.ts';

/** Which TinyTask is spoken to, as far as it differs from TinyTask 2. */
export interface TinyTaskKind {
  speaks: TransportKind;
  /** In the order of the union; of TinyTask 2 none. */
  lacks: Lack[];
}

/** By the tools that it lists: all versions say of themselves that they are 1.0.0. */
export function kindOf(
  speaks: TransportKind,
  tools: readonly Pick<Tool, 'name' | 'inputSchema'>[],
): TinyTaskKind {
  const names = new Set(tools.map(({ name }) => name));
  const create = tools.find(({ name }) => name === 'create_task')?.inputSchema.properties ?? {};
  const has: Record<Lack, boolean> = {
    queues: 'queue_name' in create,
    blockers: 'blocked_by_task_id' in create,
    subtasks: names.has('get_subtasks'),
  };
  return { speaks, lacks: (Object.keys(has) as Lack[]).filter((what) => !has[what]) };
}

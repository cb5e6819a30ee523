import { entrySchema } from './control-entry.ts';

/**
 * The agent control file as JSON Schema, for editors and for who checks one before it is used. The reader asks for more: no two
 * entries have the same `agentName`, and it is no name that JavaScript has for its own (`constructor`); the program of a
 * `launchPrefix` is not empty, nor all of it together too long; only one of `workingDir` and `worktree` is there; the first
 * text of `verify` is not empty, nor all of it together too long; entries of one `agentType` have the same `poolBudget`, or
 * none; and a `timeZone` is one that there is.
 */
export function controlFileSchema(): Record<string, unknown> {
  const { $schema, ...entry } = entrySchema();
  return {
    $schema,
    title: 'Agent control file of TinyScheduler',
    description: 'The agents, the queue that each serves, and how many tasks each may have at a time.',
    type: 'array',
    items: entry,
  };
}

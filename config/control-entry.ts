import { z } from 'zod';
import type { Agent } from '../domain/agent.ts';
import { NAME, nameProblem } from '../domain/names.ts';
import { RULE_BOUNDS } from '../domain/run-rules.ts';
import { completion, verify, workingDir, worktree } from './entry-places.ts';
import { text, wholeNumber } from './entry-values.ts';
import { nearestName } from './nearest-name.ts';
import { RULES, type WrittenRules } from './run-rules.ts';
import { LONGEST_QUOTE, quotedKey, shown } from './shown-value.ts';

/** An entry of the agent control file, as it is written there. */
export interface ControlEntry extends WrittenRules {
  agentName: string;
  agentType: string;
  limit?: number | undefined;
  hostGroup?: string | undefined;
  workingDir?: string | undefined;
  worktree?: Agent['worktree'];
}

export const MAX_LIMIT = 1000;

const named = text
  .superRefine((value, context) => {
    const problem = value === '' ? 'is empty' : nameProblem(value);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ pattern: NAME.source, not: { pattern: '\\.\\.' } });

const entry = z.object({
  agentName: named.meta({ description: 'Name of the agent, and of its recipe: recipes/<agentName>.yaml.' }),
  agentType: named.meta({
    description: 'The queue of TinyTask that it serves. Agents of one queue are a pool.',
  }),
  limit: wholeNumber(0, MAX_LIMIT)
    .meta({
      default: 1,
      description: 'Slots: how many tasks it may have at a time. TINYSCHEDULER_AGENT_LIMITS counts more.',
    })
    .optional(),
  hostGroup: named
    .meta({ description: 'Run it only on workers with this TINYSCHEDULER_HOST_GROUP.' })
    .optional(),
  workingDir: workingDir.optional(),
  worktree: worktree.optional(),
  completion: completion.optional(),
  verify: verify.optional(),
  ...RULES,
});
const KEYS = Object.keys(entry.shape);

/** What an entry may be, as JSON Schema. Keys that it does not name are no errors, since they are none for the reader. */
export function entrySchema(): Record<string, unknown> {
  return z.toJSONSchema(entry, { io: 'input', unrepresentable: 'any' });
}

interface CheckedEntry {
  entry?: ControlEntry;
  /** Clauses that say what has to be mended before the entry can be used. */
  problems: string[];
  /** Clauses about what has no effect. */
  warnings: string[];
}

/** Checks an entry of the control file. */
export function checkEntry(data: unknown): CheckedEntry {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    const example = '{"agentName": "vaela", "agentType": "dev"}';
    return { problems: [`must be an object such as ${example}, not ${shown(data)}`], warnings: [] };
  }
  const unknown = Object.keys(data).filter((key) => !KEYS.includes(key) && !isNote(key));
  const result = entry.safeParse(data);
  if (result.success) {
    const { problems, warnings } = checkTogether(result.data);
    if (problems.length > 0) return { problems, warnings: [] };
    return { entry: result.data, problems, warnings: [...unknown.map(unknownKey), ...warnings] };
  }
  const problems = result.error.issues.map(({ path, message }) => {
    const meant = unknown.find((each) => nearestKey(each) === path[0]);
    return `${path.join('.')} ${message}${meant === undefined ? '' : `; perhaps ${quotedKey(meant)} is meant for it`}`;
  });
  return { problems, warnings: [] };
}

/** What keys say against each other. */
function checkTogether({ workingDir, worktree, completion, verify }: ControlEntry): CheckedEntry {
  const problems: string[] = [];
  const warnings: string[] = [];
  if (workingDir !== undefined && worktree !== undefined)
    problems.push('workingDir and worktree both say where it works: remove one of them');
  if (verify?.command[0] === '') problems.push('verify names no program: its first text is empty');
  if (verify !== undefined && verify.command.join('').length > RULE_BOUNDS.verify.chars)
    problems.push(`verify has more than ${RULE_BOUNDS.verify.chars} characters: put it into a file`);
  if (verify !== undefined && completion === 'agent')
    warnings.push(
      'verify comes after the agent has completed its task (completion is "agent"), so it only comments on a task that does not verify',
    );
  return { problems, warnings };
}

/** Keys that people write notes under. */
function isNote(key: string): boolean {
  return /^[_$#/]/.test(key) || /^(?:comment|description|notes?)$/i.test(key);
}

function unknownKey(key: string): string {
  const nearest = nearestKey(key);
  const mend = nearest === undefined ? `the keys are ${KEYS.join(', ')}` : `perhaps "${nearest}" is meant`;
  return `${quotedKey(key)} is no key of an agent and has no effect; ${mend}`;
}

function nearestKey(key: string): string | undefined {
  const lower = key.slice(0, LONGEST_QUOTE).toLowerCase().replace(/[_-]/g, '');
  const nearest = nearestName(
    lower,
    KEYS.map((each) => each.toLowerCase()),
  );
  return KEYS.find((each) => each.toLowerCase() === nearest);
}

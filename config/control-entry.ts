import { z } from 'zod';
import type { Agent } from '../domain/agent.ts';
import type { Budget } from '../domain/budget.ts';
import { NAME, nameProblem } from '../domain/names.ts';
import { RULE_BOUNDS } from '../domain/run-rules.ts';
import { BUDGET_KEYS, budgetEntry } from './budget-entry.ts';
import { completion, verify, workingDir, worktree } from './entry-places.ts';
import { text, wholeNumber } from './entry-values.ts';
import { RULES, type WrittenRules } from './run-rules.ts';
import { quotedKey, shown } from './shown-value.ts';
import { meantFor, sayUnknown, unknownKeys } from './unknown-keys.ts';

/** An entry of the agent control file, as it is written there. */
export interface ControlEntry extends WrittenRules {
  agentName: string;
  agentType: string;
  limit?: number | undefined;
  hostGroup?: string | undefined;
  workingDir?: string | undefined;
  worktree?: Agent['worktree'];
  budget?: Budget | undefined;
  poolBudget?: Budget | undefined;
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
  budget: budgetEntry('Tokens that the agent may take in a day; at the limit nothing more of it starts.'),
  poolBudget: budgetEntry(
    'The same for all agents with this agentType together. It stands in one of their entries, or in several alike.',
  ),
});
const KEYS = Object.keys(entry.shape);
const BUDGETS = ['budget', 'poolBudget'];

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
  const result = entry.safeParse(data);
  if (result.success) {
    const { problems, warnings } = checkTogether(result.data);
    if (problems.length > 0) return { problems, warnings: [] };
    return { entry: result.data, problems, warnings: [...unknownIn(data), ...warnings] };
  }
  const problems = result.error.issues.map(({ path, message }) => {
    const [key = '', inner] = path.map(String);
    const isOfBudget = inner !== undefined && BUDGETS.includes(key);
    const meant = isOfBudget ? meantInBudget(inner, data, key) : meantFor(key, data, KEYS);
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

function unknownIn(data: object): string[] {
  const own = unknownKeys(data, KEYS).map((key) => sayUnknown(key, KEYS, 'an agent'));
  const inBudgets = BUDGETS.flatMap((key) =>
    unknownKeys(fieldOf(data, key), BUDGET_KEYS).map(
      (inner) => `${key}: ${sayUnknown(inner, BUDGET_KEYS, 'a budget')}`,
    ),
  );
  return [...own, ...inBudgets];
}

function meantInBudget(inner: string, data: object, key: string): string | undefined {
  return meantFor(inner, fieldOf(data, key), BUDGET_KEYS);
}

function fieldOf(data: object, key: string): object {
  const value = (data as Record<string, unknown>)[key];
  return typeof value === 'object' && value !== null ? value : {};
}

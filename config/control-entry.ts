import { z } from 'zod';
import type { Budget } from '../domain/budget.ts';
import { NAME, nameProblem } from '../domain/names.ts';
import { BUDGET_KEYS, budgetEntry } from './budget-entry.ts';
import { meantFor, sayUnknown, unknownKeys } from './unknown-keys.ts';
import { quotedKey, shown, wanted } from './wanted.ts';

/** An entry of the agent control file, as it is written there. */
export interface ControlEntry {
  agentName: string;
  agentType: string;
  limit?: number | undefined;
  hostGroup?: string | undefined;
  workingDir?: string | undefined;
  budget?: Budget | undefined;
  poolBudget?: Budget | undefined;
}

export const MAX_LIMIT = 1000;

// Messages go on from the key: `limit must be …`.
const text = z.string({ error: ({ input }) => wanted('a text', input) });
/** `meta` is what the JSON Schema says of it, which cannot see into our own checks. */
const named = text
  .superRefine((value, context) => {
    const problem = value === '' ? 'is empty' : nameProblem(value);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ pattern: NAME.source, not: { pattern: '\\.\\.' } });
const slots = z.custom<number>(
  (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_LIMIT,
  { error: ({ input }) => wanted(`a whole number from 0 to ${MAX_LIMIT}`, input) },
);

const entry = z.object({
  agentName: named.meta({ description: 'Name of the agent, and of its recipe: recipes/<agentName>.yaml.' }),
  agentType: named.meta({
    description: 'The queue of TinyTask that it serves. Agents of one queue are a pool.',
  }),
  limit: slots
    .meta({
      ...{ type: 'integer', minimum: 0, maximum: MAX_LIMIT, default: 1 },
      description: 'Slots: how many tasks it may have at a time. TINYSCHEDULER_AGENT_LIMITS counts more.',
    })
    .optional(),
  hostGroup: named
    .meta({ description: 'Run it only on workers with this TINYSCHEDULER_HOST_GROUP.' })
    .optional(),
  workingDir: text
    .refine((value) => value !== '', 'is empty')
    .refine((value) => !value.includes('\0'), 'has a NUL character')
    .meta({
      ...{ minLength: 1, pattern: '^[^\\u0000]*$' },
      description: 'Where its goose runs, in place of TINYSCHEDULER_WORKING_DIR; relative to the base path.',
    })
    .optional(),
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
  if (result.success) return { entry: result.data, problems: [], warnings: unknownIn(data) };
  const problems = result.error.issues.map(({ path, message }) => {
    const [key, inner] = path.map(String);
    const meant = inner === undefined ? meantFor(key, data, KEYS) : meantInBudget(inner, data, key);
    return `${path.map(String).join('.')} ${message}${meant === undefined ? '' : `; perhaps ${quotedKey(meant)} is meant for it`}`;
  });
  return { problems, warnings: [] };
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

function meantInBudget(inner: string, data: object, key = ''): string | undefined {
  return meantFor(inner, fieldOf(data, key), BUDGET_KEYS);
}

function fieldOf(data: object, key: string): object {
  const value = (data as Record<string, unknown>)[key];
  return typeof value === 'object' && value !== null ? value : {};
}

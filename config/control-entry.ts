import { z } from 'zod';
import { NAME, nameProblem } from '../domain/names.ts';
import { nearestName } from './nearest-name.ts';
import { RULES, type WrittenRules } from './run-rules.ts';
import { LONGEST_QUOTE, shortened, shown, wanted } from './shown-value.ts';

/** An entry of the agent control file, as it is written there. */
export interface ControlEntry extends WrittenRules {
  agentName: string;
  agentType: string;
  limit?: number | undefined;
  hostGroup?: string | undefined;
  workingDir?: string | undefined;
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
  if (result.success) return { entry: result.data, problems: [], warnings: unknown.map(unknownKey) };
  const problems = result.error.issues.map(({ path: [key], message }) => {
    const meant = unknown.find((each) => nearestKey(each) === key);
    return `${String(key)} ${message}${meant === undefined ? '' : `; perhaps ${quotedKey(meant)} is meant for it`}`;
  });
  return { problems, warnings: [] };
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

export function quotedKey(key: string): string {
  return JSON.stringify(shortened(key));
}

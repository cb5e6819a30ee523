// TinyTask answers wrong arguments with the issues of zod 3, which zod 4 words differently.
import { z } from 'zod/v3';
import { type Property, type Tool, tools } from './tools.ts';

const STATUS = z.enum(['idle', 'working', 'complete']);
/** libsql gives back a text only up to its first NUL, so one that has any would not be kept whole. */
const TEXT = z.string().refine((text) => !text.includes('\0'), 'Must not contain the character U+0000');
/**
 * TinyTask takes what JavaScript makes a number of: `"7"` is 7, and null is 0, which is the id of no task. JSON has no
 * infinity, but `1e400` is read as one, and would be answered as null.
 */
const NUMBER = z.coerce.number().finite();

/** What TinyTask understands beyond what it lists. */
const UNLISTED: Record<string, z.ZodRawShape> = {
  list_tasks: { status: z.union([STATUS, z.array(STATUS)]).optional() },
  get_queue_tasks: { status: z.union([STATUS, z.array(STATUS)]).optional() },
};

const schemas = new Map(tools.map((tool) => [tool.name, schema(tool)]));

/**
 * The arguments of a call, checked; what the tool does not know is left out. Undefined for an unknown tool.
 * Throws an Error whose message is the list of what is wrong, as JSON.
 */
export function checkArguments(tool: string, given: unknown): Record<string, unknown> | undefined {
  return schemas.get(tool)?.parse(given ?? {});
}

function schema({ name, inputSchema }: Tool) {
  const shape: z.ZodRawShape = {};
  for (const [key, property] of Object.entries(inputSchema.properties)) {
    const rule = ruleOf(key, property);
    shape[key] = inputSchema.required?.includes(key) ? rule : rule.optional();
  }
  return z.object({ ...shape, ...UNLISTED[name] });
}

function ruleOf(key: string, property: Property): z.ZodTypeAny {
  if (property.enum) return STATUS;
  switch (property.type) {
    case 'string':
      return TEXT;
    case 'boolean':
      return z.boolean();
    case 'array':
      return z.array(key === 'exclude_status' ? STATUS : TEXT);
    case 'number':
      // Both are described as "null to make top-level" although only a number is listed.
      return property.description.includes('(null ') ? NUMBER.nullable() : NUMBER;
    default:
      return NUMBER.nullable();
  }
}

import {
  type Field,
  type FieldName,
  OF_TASKS,
  OTHER_NAMES,
  TIMINGS,
} from '../../contract/schedule-problem.ts';

/**
 * A definition as a person writes it: texts by the name of their field. On a command line, in a file and in a call of the API it
 * is the same; definition.ts reads it, fields-of.ts writes it.
 */
export type DefinitionFields = Partial<Record<Exclude<FieldName, ListField>, string>> &
  Partial<Record<ListField, readonly string[]>>;

const LISTS = ['tags', 'args'] as const satisfies Field[];
export type ListField = (typeof LISTS)[number];

export function isList(field: string): field is ListField {
  return LISTS.some((each) => each === field);
}

const WHEN: readonly FieldName[] = [...TIMINGS, ...OTHER_NAMES];
const FOR_TASKS: readonly FieldName[] = OF_TASKS;
/** Of whichever it is, so gone with it. */
const TEXTS: readonly FieldName[] = ['title', 'description'];
const FOR_COMMANDS: readonly FieldName[] = ['command', 'args'];

/**
 * The fields with others in their place: where one says when it is due, what said so before is gone, and where it has a command,
 * what is for tasks, and the other way round. An empty text takes a field away.
 */
export function withFields(before: DefinitionFields, others: DefinitionFields): DefinitionFields {
  const names = Object.keys(others) as FieldName[];
  const gone = new Set<FieldName>(names);
  if (names.some((name) => WHEN.includes(name))) for (const name of WHEN) gone.add(name);
  if (names.includes('command')) for (const name of [...FOR_TASKS, ...TEXTS]) gone.add(name);
  else if (names.some((name) => FOR_TASKS.includes(name))) for (const name of FOR_COMMANDS) gone.add(name);
  const kept = Object.entries(before).filter(([name]) => !gone.has(name as FieldName));
  const added = Object.entries(others).filter(([, value]) => value !== undefined && value.length !== 0);
  return Object.fromEntries([...kept, ...added]);
}

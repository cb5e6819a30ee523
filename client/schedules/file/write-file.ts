import type { ScheduleLine } from '../../../contract/schedule.ts';
import { FIELDS, type Field } from '../../../contract/schedule-problem.ts';
import type { DefinitionFields } from '../fields.ts';
import { fieldsOf } from '../fields-of.ts';
import { noteOfPause } from '../note-of-pause.ts';
import { block, quoted, scalar } from './scalar.ts';

const HEAD = [
  '# Schedules of TinyScheduler, as `schedule export` wrote them.',
  '# `schedule apply -f FILE` makes them be as they are here.',
];
const NUMBERS: readonly Field[] = [
  ...(['max_per_job', 'max_global', 'remaining', 'pause_on_failure', 'priority', 'enabled'] as const),
];

/** What of a schedule a file has. */
export type Exported = Pick<ScheduleLine, 'definition' | 'state' | 'pause' | 'skips'>;

/** Everything of a schedule that `apply` brings back. */
function exportedFields({ definition, pause }: Exported): DefinitionFields {
  const note = pause && noteOfPause(pause);
  return {
    ...fieldsOf(definition),
    ...(pause && { enabled: 'false' }),
    ...(note !== undefined && { pause_note: note }),
  };
}

/** The same as data: texts as in the file, numbers as numbers. */
export function exportedJson(exported: Exported): Record<string, unknown> {
  const fields = Object.entries(exportedFields(exported)).map(([field, value]) => [
    field,
    NUMBERS.includes(field as Field) && /^-?\d+$/.test(String(value)) ? Number(value) : value,
  ]);
  const finished = exported.state === 'finished' ? { finished: true } : {};
  const { enabled, ...others } = Object.fromEntries(fields);
  return { ...others, ...(enabled !== undefined && { enabled: false }), ...finished };
}

/** The file that `apply` reads, in the order of the names. The same schedules make the same text. */
export function schedulesText(schedules: readonly Exported[]): string {
  const sorted = inOrder(schedules);
  const body = sorted.length === 0 ? ['schedules: []'] : ['schedules:', ...sorted.flatMap(linesOf)];
  return `${[...HEAD, '', ...body].join('\n')}\n`;
}

export function inOrder<T extends Exported>(schedules: readonly T[]): T[] {
  const [less, more] = [-1, 1];
  return [...schedules].sort((a, b) => (a.definition.name < b.definition.name ? less : more));
}

function linesOf(exported: Exported): string[] {
  const fields = exportedFields(exported);
  const lines = FIELDS.flatMap((field) => linesOfField(field, fields[field]));
  const [first = '', ...others] = lines;
  if (exported.state === 'finished') lines.push('finished: true');
  const skips = exported.skips.map((ms) => `# Left out by a person: ${new Date(ms).toISOString()}`);
  return [`  - ${first}`, ...[...others, ...skips].map((line) => (line === '' ? '' : `    ${line}`))];
}

function linesOfField(field: Field, value: string | readonly string[] | undefined): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'string') return [`${field}:`, ...value.map((item) => `  - ${scalar(item)}`)];
  if (NUMBERS.includes(field)) return [`${field}: ${value}`];
  const lines = field === 'description' ? block(value) : undefined;
  if (lines === undefined) return [`${field}: ${field === 'description' ? quoted(value) : scalar(value)}`];
  const [mark, ...rest] = lines;
  return [`${field}: ${mark}`, ...rest.map((line) => (line === '' ? '' : `  ${line}`))];
}

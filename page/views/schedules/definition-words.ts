import type { Schedule } from '../../api/shapes.ts';

/** A definition as people read it: what, and what it is; `isText`: several lines that somebody wrote. */
export interface DefinitionRow {
  what: string;
  says: string;
  isText?: true;
}

type Fields = Readonly<Record<string, unknown>>;

/** All of the definition of a schedule, also what is as it would be anyhow. */
export function definitionRows({
  when,
  timezone,
  definition,
  cron_expression: cron,
  job_key: job,
}: Schedule): DefinitionRow[] {
  return [
    { what: 'When', says: when },
    ...(cron === null ? [] : [{ what: 'As cron has it', says: cron }]),
    { what: 'Time zone', says: timezone },
    ...boundRows(definition),
    ...workRows(definition),
    { what: 'Priority', says: text(definition.priority) ?? 'medium' },
    {
      what: 'Where one is not over',
      says: OVERLAPS[text(definition.overlap) ?? 'skip'] ?? String(definition.overlap),
    },
    { what: 'Missed ones', says: `may begin up to ${text(definition.catchup) ?? '1h'} later` },
    ...limitRows(definition, job),
  ];
}

const OVERLAPS: Readonly<Record<string, string>> = {
  skip: 'the next one is left out (skip)',
  buffer: 'the next one waits, one at most (buffer)',
  cancel: 'it is stopped, and its task archived (cancel)',
  allow: 'both go on (allow)',
};

function boundRows({ start, end, remaining, jitter }: Fields): DefinitionRow[] {
  return [
    ...row('Not before', text(start)),
    ...row('Not from then on', text(end)),
    ...row('Remaining', text(remaining) && `${text(remaining)} more times`),
    ...row('Jitter', text(jitter) && `each begins up to ${text(jitter)} later, by chance`),
  ];
}

function workRows({
  title,
  description,
  queue,
  agent,
  recipe,
  tags,
  command,
  args,
}: Fields): DefinitionRow[] {
  const texts = [
    ...row('Title', text(title)),
    ...row('Description', text(description)).map((each) => ({ ...each, isText: true as const })),
  ];
  if (text(command) !== undefined)
    return [
      { what: 'Work', says: 'a program of BIN_DIR' },
      ...row('Program', text(command)),
      ...row(
        'Arguments',
        list(args)
          ?.map((each) => JSON.stringify(each))
          .join(' '),
      ),
      ...texts,
    ];
  const isForNobody = text(queue) === undefined && text(agent) === undefined;
  return [
    { what: 'Work', says: 'a task for an agent' },
    ...texts,
    ...row('Queue', text(queue)),
    ...row('Agent', text(agent)),
    ...(isForNobody ? [{ what: 'For', says: 'nobody: it has neither a queue nor an agent' }] : []),
    ...row('Recipe', text(recipe)),
    ...row('Tags', list(tags)?.join(', ')),
  ];
}

function limitRows(fields: Fields, job: string): DefinitionRow[] {
  const { max_per_job: perJob, max_global: all, pause_on_failure: bad } = fields;
  return [
    ...(text(fields.job_key) === undefined && text(perJob) === undefined
      ? []
      : [{ what: 'Job key', says: job }]),
    ...row('At once with its job key', text(perJob) && `at most ${text(perJob)}`),
    ...row('Begins while of all schedules', text(all) && `fewer than ${text(all)} are under way`),
    ...row(
      'Pauses itself',
      text(bad) && `after ${text(bad)} bad ${text(bad) === '1' ? 'end' : 'ends in a row'}`,
    ),
  ];
}

function row(what: string, says: string | undefined): DefinitionRow[] {
  return says === undefined ? [] : [{ what, says }];
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

function list(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
}

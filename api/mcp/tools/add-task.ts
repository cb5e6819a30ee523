import { z } from 'zod';
import { addOnce } from '../../../client/keys/add-once.ts';
import type { SchedulerClient } from '../../../client/scheduler-client.ts';
import { changedFields } from '../../../client/schedules/changed-fields.ts';
import { definitionOf, type Good } from '../../../client/schedules/definition.ts';
import { withWhatIsLeft } from '../../../client/schedules/what-is-left.ts';
import { RefusedError, type WrongValue } from '../../../contract/api.ts';
import { hasCode } from '../../../contract/errors.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';
import type { FieldName } from '../../../contract/schedule-problem.ts';
import { isoMoment } from '../../../domain/iso-moment.ts';
import { PRIORITIES } from '../../../domain/schedule/definition.ts';
import { sayReason } from '../../../words/reason.ts';
import { sayBesideField, sayDefinitionWarning } from '../../../words/schedule-problem.ts';
import { sayScheduleLine } from '../../../words/tool-answer.ts';
import { nobodyTakes } from '../../routes/add-task.ts';
import { scheduleRow } from './rows.ts';
import {
  checkMayDefine,
  type Desk,
  name,
  noteOf,
  READ_AGE_MS,
  refuse,
  type Told,
  taskId,
  tool,
} from './tool.ts';
import { KEY_OWNER, numberIn } from './which.ts';

const shape = z.strictObject({
  task_id: taskId.describe('A name for it. The same call again adds nothing twice, within a day'),
  task_type: z
    .enum(['immediate', 'scheduled', 'cron', 'custom'])
    .optional()
    .describe(
      'immediate: a task now; scheduled: once, at scheduled_time; cron: again and again; custom: any, also config.command',
    ),
  priority: z.coerce.string().max(20).optional().describe('critical, high, medium, low or a number'),
  cron_expression: z.string().max(200).optional().describe('Five fields'),
  scheduled_time: z
    .string()
    .max(50)
    .optional()
    .describe('2026-12-24T18:00:00Z, or local as 2026-12-24 18:00'),
  queue: name.optional().describe('Whose agents may take it. Without queue and agent nobody does'),
  agent: name.optional(),
  description: z.string().max(20_000).optional().describe('What is to be done'),
  max_retries: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .optional()
    .describe('Taken, but people set it per agent'),
  config: z
    .record(z.string().max(100), z.unknown())
    .optional()
    .describe(
      'More: title, recipe, blocked_by; of schedules every, calendar, timezone, overlap, tags, command, args',
    ),
});
type Asked = z.output<typeof shape>;

export const addTask = tool({
  ...{ name: 'scheduler_add_task', scope: 'operate', idempotent: true, shape },
  about: 'Add a task, or a schedule that makes tasks at its times',
  run(asked, desk) {
    // By such a name another task would be meant next time, and be removed perhaps.
    if (numberIn(asked.task_id) !== undefined)
      refuse('task_id', 'a number is that of a task which is there already: choose a name');
    const isTimed = timeFields(asked).length > 0 || asked.config?.command !== undefined;
    const type = asked.task_type ?? (isTimed ? 'custom' : 'immediate');
    if (type === 'immediate' && isTimed)
      refuse('task_type', 'immediate has no time and no command: use scheduled, cron or custom');
    if (type === 'scheduled' && asked.scheduled_time === undefined)
      refuse('scheduled_time', 'scheduled needs the time at which it is due');
    if (type === 'cron' && timeFields(asked).length === 0)
      refuse('cron_expression', 'cron needs when it is due: five fields, such as 0 3 * * *');
    return isTimed ? addSchedule(asked, desk) : addNow(asked, desk);
  },
});

function timeFields({ cron_expression, scheduled_time, config = {} }: Asked): unknown[] {
  const others = ['cron', 'every', 'at', 'calendar', 'cron_expression', 'interval_minutes'].map(
    (key) => config[key],
  );
  return [cron_expression, scheduled_time, ...others].filter((each) => each !== undefined && each !== null);
}

/** Said each time, so that nobody counts on it. */
const RETRIES =
  'max_retries is not kept: how many attempts a task has is set for its agent, by people (TINYSCHEDULER_MAX_ATTEMPTS)';
const notesOf = ({ max_retries: retries }: Asked) => (retries === undefined ? [] : [RETRIES]);

const nowConfig = z.strictObject({
  title: z.string().trim().min(1).max(500).optional(),
  queue: name.optional(),
  agent: name.optional(),
  recipe: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'it is no name of a recipe')
    .optional(),
  blocked_by: z.coerce.number().int().min(1).max(999_999_999).optional(),
});

async function addNow(asked: Asked, desk: Desk): Promise<Told> {
  const { task_id: key, priority, description, config = {} } = asked;
  const more = checked(nowConfig, definedOf(config));
  const { title = key, queue = asked.queue, agent = asked.agent, recipe, blocked_by: blockedBy } = more;
  const number = priorityOf(priority);
  const nobody = nobodyTakes(await desk.look.within(READ_AGE_MS), { queue, agent });
  const { task, isNew } = await desk.scheduler.use((client) =>
    addOnce(desk.keys, client, {
      ...{ owner: KEY_OWNER, key },
      request: JSON.stringify({ title, queue, agent, recipe, blockedBy, number, description }),
      task: {
        ...{ title, tags: recipe === undefined ? [] : [`recipe:${recipe}`] },
        ...(description !== undefined && { description }),
        ...(queue !== undefined && { queue }),
        ...(agent !== undefined && { agent }),
        ...(number !== undefined && { priority: number }),
        ...(blockedBy !== undefined && { blockedBy }),
      },
    }),
  );
  const { id } = task;
  const notes = [...notesOf(asked), ...(nobody === null ? [] : [sayReason(nobody)])];
  const facts = { added: 'task', task_id: String(id), name: key, is_new: isNew, title, queue: queue ?? null };
  return {
    summary: `Task ${id} is added${isNew ? '' : ', by this same call before'}. Its task_id is ${id} from now on.`,
    lines: notes.map((each) => `Note: ${each}`),
    facts: { ...facts, agent: agent ?? null, notes },
  };
}

/** @throws RefusedError `bad-request` */
function priorityOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const word = text.trim().toLowerCase();
  if (Object.hasOwn(PRIORITIES, word)) return PRIORITIES[word as keyof typeof PRIORITIES];
  if (/^[+-]?\d{1,7}$/.test(word) && Math.abs(Number(word)) <= 1_000_000) return Number(word);
  return refuse('priority', 'it is critical, high, medium, low, or a whole number');
}

/** What an agent may not set, since it would be its own limit. */
const LIMITS = ['max_global'];
/** A program without a time is due at once. */
const AT_ONCE_MS = 2_000;
/** What says when that is. */
const AT_ONCE_FIELDS = ['at', 'timezone'];

async function addSchedule(asked: Asked, desk: Desk): Promise<Told> {
  const good = await definitionAsked(asked, desk);
  checkMayDefine(desk, good.definition);
  const isAtOnce = timeFields(asked).length === 0;
  const { line, isNew } = await desk.scheduler.use((client) => create(client, good, { desk, isAtOnce }));
  const notes = [...notesOf(asked), ...good.warnings.map((each) => sayDefinitionWarning(each, called))];
  return {
    summary: `${sayScheduleLine(line)}.${isNew ? '' : ' It was there already, just so.'}`,
    lines: notes.map((each) => `Note: ${each}`),
    facts: { added: 'schedule', is_new: isNew, ...scheduleRow(line), notes },
  };
}

/** @throws RefusedError `bad-request` with all that is wrong */
async function definitionAsked(asked: Asked, desk: Desk): Promise<Good> {
  const {
    task_id: key,
    priority,
    cron_expression: cron,
    scheduled_time: time,
    queue,
    agent,
    description,
    config = {},
  } = asked;
  const limit = LIMITS.find((field) => field in config);
  if (limit !== undefined) refuse(`config.${limit}`, 'people set limits: leave it out');
  const around = await desk.around();
  const given = { cron, ...(time !== undefined && timeOf(time)), priority, queue, agent, description };
  const fields: Record<string, unknown> = { ...config, ...definedOf(given), name: key };
  if (timeFields(asked).length === 0) Object.assign(fields, atMoment(around.nowMs + AT_ONCE_MS));
  if (config.command === undefined) fields.title ??= key;
  const read = await definitionOf(fields, around);
  if ('definition' in read) return read;
  const wrong: WrongValue[] = read.problems.map((problem) => {
    const at = 'field' in problem ? called(problem.field) : 'arguments';
    return { at, says: sayBesideField(problem, called, at).slice(0, 300) };
  });
  throw new RefusedError({ code: 'bad-request', wrong: wrong.slice(0, 20) });
}

const OWN_NAMES: Partial<Record<FieldName, string>> = {
  ...{ name: 'task_id', cron: 'cron_expression', at: 'scheduled_time' },
  ...{ priority: 'priority', queue: 'queue', agent: 'agent', description: 'description' },
};
/** What a field is called among the arguments. */
const called = (field: FieldName) => OWN_NAMES[field] ?? `config.${field}`;

/** With a zone it is that moment; without one it is of the zone of the schedule. */
function timeOf(text: string): { at: string; timezone?: string } {
  if (/(?:Z|[+-]\d\d:?\d\d)$/i.test(text.trim())) {
    const atMs = isoMoment(text.trim().replace(' ', 'T'));
    if (!Number.isNaN(atMs)) return atMoment(atMs);
  }
  return { at: text.trim().replace('T', ' ') };
}

function atMoment(atMs: number): { at: string; timezone: string } {
  return { at: new Date(atMs).toISOString().slice(0, 19).replace('T', ' '), timezone: 'UTC' };
}

/** @param about `isAtOnce`: nobody has named a time, so each call comes to another one */
async function create(
  { schedules }: SchedulerClient,
  { definition, paused = false, pauseNote }: Good,
  { desk, isAtOnce }: { desk: Desk; isAtOnce: boolean },
): Promise<{ line: ScheduleLine; isNew: boolean }> {
  try {
    const how = { ...noteOf(desk, pauseNote), ...(paused && { paused }) };
    return { line: await schedules.create(definition, how), isNew: true };
  } catch (error) {
    if (!hasCode(error, 'existing-schedule')) throw error;
    const line = await schedules.line(definition.name, 1);
    const changed = changedFields(line.definition, withWhatIsLeft(definition, line));
    if (changed.every((field) => isAtOnce && AT_ONCE_FIELDS.includes(field))) return { line, isNew: false };
    throw error;
  }
}

function checked<Shape extends z.ZodObject>(shape: Shape, value: unknown): z.output<Shape> {
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => {
    return { at: ['config', ...path.map(String)].join('.').slice(0, 200), says: message.slice(0, 300) };
  });
  throw new RefusedError({ code: 'bad-request', wrong: wrong.slice(0, 20) });
}

/** Models send null for what they leave out. */
function definedOf(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

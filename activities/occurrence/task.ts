import type { CreatedTask, CreateTaskInput } from '../../contract/activities.ts';
import { occurrenceTag, scheduleTag } from '../../contract/ids.ts';
import type { Begun } from '../../contract/occurrence.ts';
import { BOUNDS, COMMANDS_AGENT, type Definition } from '../../domain/schedule/definition.ts';
import { fillIn, placeholderValues } from '../../domain/schedule/placeholders.ts';
import { zoneOf } from '../../domain/schedule/zone.ts';
import { FOR_NOBODY, isSameTask, type Task, type TaskRef } from '../../domain/task.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { AUTHOR } from '../../tinytask/comment.ts';
import { beginReading } from '../../tinytask/reading.ts';
import type { NewTask } from '../../tinytask/task-arguments.ts';
import { orRefused, unlessGone } from './writing.ts';

// TinyTask has no key by which a task is made once. So one is made for nobody, and given to somebody when it is known which
// one counts: what is made twice is never run twice.

/** Makes the task of an occurrence, for nobody; where one may be there already, it is looked for. */
export async function createTask(tinytask: TinyTask, input: CreateTaskInput): Promise<CreatedTask> {
  const again = input.mayBeThere && ({ again: true } as const);
  if (again) {
    const there = await madeBy(tinytask, input.occurrence);
    const task = there.find((each) => !isForNobody(each)) ?? there[0];
    if (task !== undefined) return { ...refOf(task), ...again };
  }
  return { ...refOf(await orRefused(tinytask.create(newTask(input)))), ...again };
}

/** Gives it to its queue and agent. What somebody has made of it since stands. */
export async function releaseTask(tinytask: TinyTask, ref: TaskRef, { definition }: Begun): Promise<void> {
  const { queue, agent } = takerOf(definition);
  const mayWrite = beginReading();
  const task = await tinytask.get(ref.id);
  if (task === undefined || !isSameTask(task, ref) || !isForNobody(task)) return;
  const change = { ...(queue && { queue }), ...(agent && { assignedTo: agent }) };
  if (Object.keys(change).length > 0) await orRefused(unlessGone(tinytask.update(ref.id, change, mayWrite)));
}

/** Archives what an occurrence has made besides its own task. Nobody can have run it. */
export async function tidyUp(tinytask: TinyTask, occurrence: string, own: TaskRef): Promise<void> {
  const strays = (await madeBy(tinytask, occurrence)).filter((task) => !isSameTask(task, own));
  for (const stray of strays) await unlessGone(archiveIfForNobody(tinytask, stray));
}

/** The list may have taken long. */
async function archiveIfForNobody(tinytask: TinyTask, stray: TaskRef): Promise<void> {
  const mayWrite = beginReading();
  const task = await tinytask.get(stray.id);
  if (task !== undefined && isSameTask(task, stray) && isForNobody(task))
    await tinytask.archive(stray.id, mayWrite);
}

async function madeBy(tinytask: TinyTask, occurrence: string): Promise<Task[]> {
  const tagged = await tinytask.withTag(occurrenceTag(occurrence));
  return tagged.filter(({ createdBy }) => createdBy === AUTHOR);
}

function isForNobody({ status, assignedTo, queue }: Task): boolean {
  return status === 'idle' && assignedTo === null && queue === null;
}

function newTask({ occurrence, begun, plannedMs }: CreateTaskInput): NewTask {
  const { name, work, priority, timeZone } = begun.definition;
  const { number: count, lastEndMs } = begun;
  // A zone that this host does not know was known to whoever made the schedule.
  const zone = zoneOf(timeZone) ?? zoneOf('UTC');
  const values = zone && placeholderValues({ nominalMs: plannedMs, count, lastEndMs }, zone);
  const fill = (text: string, maxChars: number) =>
    values === undefined ? text : fillIn(text, values, maxChars);
  const titled = (text: string) => fill(text, BOUNDS.titleChars);
  const { description } = work;
  const common = {
    ...{ createdBy: AUTHOR, priority },
    ...(description !== undefined && { description: fill(description, BOUNDS.descriptionChars) }),
  };
  const { queue, agent } = takerOf(begun.definition);
  const namesNobody = queue === undefined && agent === undefined;
  const tags = [scheduleTag(name), occurrenceTag(occurrence), ...(namesNobody ? [FOR_NOBODY] : [])];
  if (work.kind === 'command') {
    const { title = programOf(work.command) } = work;
    return { ...common, title: titled(title), tags };
  }
  const { title, recipe, tags: more = [] } = work;
  return {
    ...{ ...common, title: titled(title) },
    // Its own come first: of several of a kind the first counts.
    tags: [...tags, ...(recipe === undefined ? [] : [`recipe:${recipe}`]), ...more],
  };
}

function takerOf({ work }: Definition): { queue?: string | undefined; agent?: string | undefined } {
  return work.kind === 'command' ? { agent: COMMANDS_AGENT } : work;
}

function programOf(path: string): string {
  return path.split('/').at(-1) || path;
}

function refOf({ id, createdAt }: Task): TaskRef {
  return { id, createdAt };
}

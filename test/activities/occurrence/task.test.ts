import { describe, expect, test } from 'vitest';
import { createTask, releaseTask, tidyUp } from '../../../activities/occurrence/task.ts';
import type { CreateTaskInput } from '../../../contract/activities.ts';
import type { Definition, Work } from '../../../domain/schedule/definition.ts';
import { awaitsReleaseBy } from '../../../domain/task.ts';
import type { TinyTask } from '../../../tinytask/client.ts';
import { callTinyTask } from '../../chaos/tinytask-calls.ts';
import { begunOf, definitionOf } from '../../support/played-occurrences.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

const OCCURRENCE = 'occurrence-nightly-2026-11-26T02:00:00Z';
const PLANNED_MS = Date.UTC(2026, 10, 26, 2);

async function stand(): Promise<{ tinytask: TinyTask; endpoint: string }> {
  const { endpoint } = await embeddedTinyTask();
  return { tinytask: client(endpoint), endpoint };
}

function input(work: Work, change: Partial<CreateTaskInput> & { definition?: Partial<Definition> } = {}) {
  const { definition, ...more } = change;
  const all = definitionOf('nightly', { work, timeZone: 'Europe/Berlin', ...definition });
  const begun = begunOf(all, { number: 7, lastEndMs: Date.UTC(2026, 10, 25, 2, 10) });
  return { occurrence: OCCURRENCE, begun, plannedMs: PLANNED_MS, mayBeThere: false, ...more };
}

const WORK: Work = {
  ...{ kind: 'task', title: 'Report of {{date}}', queue: 'dev', recipe: 'report' },
  ...{
    description: 'Run {{count}} at {{time}}, after {{last_end}}. {{secret}}',
    tags: ['mine', 'occurrence:x'],
  },
};

describe('the task of an occurrence', () => {
  test('is what the author wrote, filled in, and for nobody', async () => {
    const { tinytask } = await stand();
    const { id, createdAt, again } = await createTask(
      tinytask,
      input(WORK, { definition: { priority: 10 } }),
    );
    expect(await tinytask.get(id)).toMatchObject({
      ...{ id, createdAt, title: 'Report of 2026-11-26', priority: 10, createdBy: 'tinyscheduler' },
      description: 'Run 7 at 03:00, after 2026-11-25T03:10:00+01:00. {{secret}}',
      tags: ['schedule:nightly', `occurrence:${OCCURRENCE}`, 'recipe:report', 'mine', 'occurrence:x'],
      ...{ assignedTo: null, queue: null, status: 'idle' },
    });
    expect(again).toBeUndefined();
  });

  test.each<[string, Work, object]>([
    ['its queue', WORK, { queue: 'dev', assignedTo: null }],
    ['its agent', { ...WORK, queue: 'dev', agent: 'ada' } as Work, { queue: 'dev', assignedTo: 'ada' }],
    [
      'the agent of commands',
      { kind: 'command', command: 'bin/clean.sh', args: ['-x'] },
      { queue: null, assignedTo: 'commands' },
    ],
  ])('is given to %s, once', async (_, work, taker) => {
    const { tinytask } = await stand();
    const given = input(work);
    const task = await createTask(tinytask, given);
    await releaseTask(tinytask, task, given.begun);
    expect(await tinytask.get(task.id)).toMatchObject(taker);
    await tinytask.update(task.id, { assignedTo: 'bob', queue: 'other' });
    await releaseTask(tinytask, task, given.begun);
    expect(await tinytask.get(task.id)).toMatchObject({ assignedTo: 'bob', queue: 'other' });
  });

  test('whose schedule names neither a queue nor an agent says so, and stays for whoever gives it one', async () => {
    const { tinytask } = await stand();
    const given = input({ kind: 'task', title: 'x' });
    const task = await createTask(tinytask, given);
    await releaseTask(tinytask, task, given.begun);
    const there = (await tinytask.get(task.id)) ?? expect.fail();
    expect(there).toMatchObject({
      queue: null,
      assignedTo: null,
      tags: expect.arrayContaining(['for:nobody']),
    });
    const released = await createTask(tinytask, input(WORK));
    const waits = (await tinytask.get(released.id)) ?? expect.fail();
    expect([awaitsReleaseBy(there), awaitsReleaseBy(waits)]).toEqual([undefined, OCCURRENCE]);
  });

  test('that runs a command has its title, or the name of the program, and its description', async () => {
    const { tinytask } = await stand();
    const command: Work = { kind: 'command', command: 'bin/clean.sh', args: [] };
    const texts = [];
    for (const work of [command, { ...command, title: 'Clean of {{date}}', description: 'At {{time}}' }]) {
      const { id } = await createTask(tinytask, input(work));
      const { title, description } = (await tinytask.get(id)) ?? {};
      texts.push([title, description]);
    }
    expect(texts).toEqual([
      ['clean.sh', null],
      ['Clean of 2026-11-26', expect.stringMatching(/^At \d\d:\d\d$/)],
    ]);
  });

  test('that may be there already is found, and one that was given to somebody counts before others', async () => {
    const { tinytask } = await stand();
    const given = input(WORK);
    const first = await createTask(tinytask, given);
    const second = await createTask(tinytask, given);
    const again = { ...given, mayBeThere: true };
    expect(await createTask(tinytask, again)).toEqual({ ...first, again: true });
    await releaseTask(tinytask, second, given.begun);
    expect(await createTask(tinytask, again)).toEqual({ ...second, again: true });
    await tinytask.update(second.id, { status: 'complete' });
    expect(await createTask(tinytask, again)).toEqual({ ...second, again: true });
    const other = await createTask(tinytask, { ...again, occurrence: `${OCCURRENCE}-other` });
    expect([first.id, second.id]).not.toContain(other.id);
  });

  test('is not somebody else’s that carries its tag', async () => {
    const { tinytask } = await stand();
    const tags = [`occurrence:${OCCURRENCE}`];
    const hostile = await tinytask.create({ title: 'take me', createdBy: 'mallory', tags });
    const task = await createTask(tinytask, input(WORK, { mayBeThere: true }));
    expect(task.id).not.toBe(hostile.id);
    await tidyUp(tinytask, OCCURRENCE, task);
    expect(await tinytask.get(hostile.id)).toMatchObject({ archivedAt: null });
  });

  test('alone stays: what was made besides it is archived, unless somebody has it', async () => {
    const { tinytask, endpoint } = await stand();
    const made = [];
    for (let n = 0; n < 4; n += 1) made.push(await createTask(tinytask, input(WORK)));
    const [own, stray, taken, archived] = made.map(({ id }) => id) as [number, number, number, number];
    await tinytask.update(taken, { assignedTo: 'ada' });
    await callTinyTask(endpoint, 'archive_task', { id: archived }, 5_000);
    await tidyUp(tinytask, OCCURRENCE, made[0] as { id: number; createdAt: string });
    const left = await tinytask.list();
    expect(left.map(({ id }) => id).sort()).toEqual([own, taken]);
    expect((await tinytask.get(stray))?.archivedAt).not.toBeNull();
  });

  test('that TinyTask refuses is not tried again; one that is gone, or another by now, is given to nobody', async () => {
    const { tinytask } = await stand();
    await expect(createTask(tinytask, input({ ...WORK, title: '' } as Work))).rejects.toMatchObject({
      nonRetryable: true,
      message: expect.stringContaining('TinyTask refused create_task'),
    });
    const given = input(WORK);
    const task = await createTask(tinytask, given);
    await releaseTask(tinytask, { ...task, createdAt: '2020-01-01T00:00:00Z' }, given.begun);
    await releaseTask(tinytask, { ...task, id: 999 }, given.begun);
    expect(await tinytask.get(task.id)).toMatchObject({ queue: null });
  });
});

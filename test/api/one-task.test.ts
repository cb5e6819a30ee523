import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { foundInLog, logAnswer, taskAnswer, tasksAnswer } from '../../api/routes/task-shapes.ts';
import { schedulerError } from '../../words/errors.ts';
import { ATTEMPT, apiStand, lookOf, openTaskOf, WEB_UI } from '../support/api-stand.ts';
import { endedAfterEach } from '../support/ended-after-each.ts';
import { taskOf } from '../support/tasks.ts';

const standing = endedAfterEach(apiStand);

async function read<Shape extends z.ZodType>(answer: Response, shape: Shape): Promise<z.output<Shape>> {
  expect([answer.status, answer.status === 200 ? '' : await answer.text()]).toEqual([200, '']);
  return shape.parse(await answer.json());
}

const away = schedulerError({ code: 'temporal-unreachable', address: 'a', named: true, text: 'no' });
const tinytaskAway = schedulerError({ code: 'tinytask-unreachable', tool: 'get_task', text: 'no' });
const fails = (error: Error) => async () => {
  throw error;
};

describe('one task', () => {
  const comment = (id: number, content = `c${id}`) => ({
    ...{ id, taskId: 1, content, createdBy: 'ada', createdAt: '2026-11-26T13:00:00Z' },
  });

  test('its last comments, cut where they are long, and how many there are', async () => {
    const comments = Array.from({ length: 80 }, (_, at) =>
      comment(at + 1, at === 79 ? 'x'.repeat(1e6) : 'hm'),
    );
    const stand = standing({ task: async (id) => ({ ...taskOf(id), comments }), attempts: async () => [] });
    const told = await read(await stand.ask('/api/tasks/1'), taskAnswer);
    expect(told.comments).toHaveLength(50);
    expect(told.comments?.[0]).toEqual({ id: 31, by: 'ada', at: '2026-11-26T13:00:00.000Z', text: 'hm' });
    expect(told.comments?.at(-1)?.text).toHaveLength(4_001);
    expect(told).toMatchObject({ comments_total: 80, problems: [] });
  });

  test('comments that TinyTask does not tell are not known, which is not none', async () => {
    const stand = standing({ task: async (id) => taskOf(id), attempts: async () => [] });
    expect(await read(await stand.ask('/api/tasks/1'), taskAnswer)).toMatchObject({
      comments: null,
      comments_total: null,
    });
  });

  test('links to its workflow and to the run of each attempt', async () => {
    const stand = standing({ task: async (id) => taskOf(id), attempts: async () => [ATTEMPT] });
    const told = await read(await stand.ask('/api/tasks/1'), taskAnswer);
    const workflow = `${WEB_UI}/namespaces/night%20shift/workflows/task-1`;
    expect([told.links.workflow, told.attempts?.[0]?.link]).toEqual([workflow, `${workflow}/run`]);
  });

  test('while Temporal is away what TinyTask knows is told', async () => {
    const stand = standing({ task: async (id) => taskOf(id), attempts: fails(away), look: fails(away) });
    const told = await read(await stand.ask('/api/tasks/1'), taskAnswer);
    expect(told).toMatchObject({ status: 'idle', attempts: null, where: null, problems: [away.message] });
  });

  test('while TinyTask is away what Temporal knows is told', async () => {
    const stand = standing({ task: fails(tinytaskAway), attempts: async () => [ATTEMPT] });
    const told = await read(await stand.ask('/api/tasks/1'), taskAnswer);
    expect(told).toMatchObject({ title: null, status: null, archived: null, priority: null });
    expect(told).toMatchObject({ attempts: [{ attempt: 1, turns: 1 }], problems: [tinytaskAway.message] });
  });

  test.each([
    ['neither is there', { task: fails(tinytaskAway), attempts: fails(away) }, 'tinytask-unreachable'],
    [
      'TinyTask is away and no run is known',
      { task: fails(tinytaskAway), attempts: async () => [] },
      'tinytask-unreachable',
    ],
    [
      'there is none',
      { task: fails(schedulerError({ code: 'no-such-task', taskId: 1 })), attempts: async () => [] },
      'no-such-task',
    ],
  ])('is a failure where %s', async (_, client, code) => {
    const answer = await standing(client).ask('/api/tasks/1');
    expect(await answer.json()).toMatchObject({ code });
  });
});

test('lists find words of a title in any order, and numbers', async () => {
  const titles = ['Write the Haiku', 'write a poem', 'Haiku about geese'];
  const tasks = titles.map((title, at) => openTaskOf(at + 40, { title }));
  const stand = standing({ look: async () => lookOf({ tasks }) });
  const ids = async (find: string) => {
    const answer = await stand.ask(`/api/tasks?find=${encodeURIComponent(find)}`);
    return (await read(answer, tasksAnswer)).tasks.map(({ task_id: id }) => id);
  };
  expect(await ids('haiku WRITE')).toEqual([40]);
  expect(await ids('#41')).toEqual([41]);
  expect(await ids('geese')).toEqual([42]);
  expect(await ids('nothing')).toEqual([]);
});

describe('the log', () => {
  test('whole lines, and the part before a place', async () => {
    const asked: unknown[] = [];
    const stand = standing({
      log: async (_, about) => {
        asked.push(about);
        return { attempt: ATTEMPT, from: 0, to: 5, size: 5, text: 'x', isOver: true };
      },
    });
    await read(await stand.ask('/api/tasks/1/log?before=900&lines=10'), logAnswer);
    expect(asked).toEqual([{ from: 0, before: 900, mostBytes: 65_536, mostLines: 10 }]);
  });

  test('all of it as text, in pieces', async () => {
    const text = 'é'.repeat(700_000);
    const stand = standing({
      log: async (_, { from, mostBytes }) => {
        const bytes = Buffer.from(text).subarray(from, from + mostBytes);
        const to = from + bytes.length;
        return { attempt: ATTEMPT, from, to, size: 1_400_000, text: bytes.toString(), isOver: false };
      },
    });
    const answer = await stand.ask('/api/tasks/1/log/text');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="task_1_attempt_1.log"');
    expect(await answer.text()).toBe(text);
  });

  test('where a text is in it', async () => {
    const stand = standing({
      searchLog: async (_, { text, from }) => ({
        ...{ attempt: ATTEMPT, matches: text === 'x y' ? [from] : [], to: 9, size: 9, isOver: true },
      }),
    });
    const path = '/api/tasks/1/log/find';
    expect(await read(await stand.ask(`${path}?text=x%20y&from=7`), foundInLog)).toEqual({
      ...{ task_id: 1, attempt: 1, matches: [7], to: 9, size: 9, is_over: true },
    });
    for (const [query, status] of [
      ['from=1', 400],
      ['text=', 400],
      ['text=a&from=10', 416],
    ] as const)
      expect((await stand.ask(`${path}?${query}`)).status, query).toBe(status);
  });
});

import { describe, expect, test } from 'vitest';
import type { NewTaskInput } from '../../../client/scheduler-client.ts';
import type { Scope } from '../../../contract/api.ts';
import type { Note } from '../../../contract/by-hand.ts';
import type { PassReport } from '../../../contract/pass.ts';
import type { Pause, StartedNow } from '../../../contract/schedule.ts';
import type { Removed } from '../../../contract/status.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import { schedulerError } from '../../../words/errors.ts';
import { allowed } from '../../support/allowed.ts';
import { ATTEMPT, agentOf, lookOf, openTaskOf } from '../../support/api-stand.ts';
import { endedAfterEach } from '../../support/ended-after-each.ts';
import { definitionOf } from '../../support/schedules.ts';
import { surroundings } from '../../support/surroundings.ts';
import { taskOf } from '../../support/tasks.ts';
import { scheduleLineOf, type ToolStand, toolStand } from '../../support/tool-stand.ts';

const standing = endedAfterEach(toolStand);

const STARTED: StartedNow = {
  occurrence: 'occurrence-hourly-now',
  taskId: null,
  waits: null,
  leftOut: null,
  ended: null,
};
const FAILED: StartedNow['ended'] = {
  ...{ end: 'failed', reason: 'TinyTask refused it', task: null, verdict: null },
  ...{ attempts: 0, tokens: null, log: null, agent: null },
};
const SECRET = 'the secret prompt';
const noSchedule = async (schedule: string): Promise<never> => {
  throw schedulerError({ code: 'no-such-schedule', schedule, known: [] });
};

describe('adding', () => {
  /** @param began so many occurrences of each schedule */
  function adding(scope: Scope = 'admin', began = 0) {
    // Of a TinyTask that may be set up anew.
    let createdAt = '2026-11-26T12:00:00Z';
    const removed: number[] = [];
    const added: NewTaskInput[] = [];
    const created: Definition[] = [];
    const paused: unknown[] = [];
    const client: Parameters<typeof toolStand>[0] = {
      async add(task) {
        if (task.blockedBy === 99) throw schedulerError({ code: 'no-such-task', taskId: 99 });
        added.push(task);
        return taskOf(40 + added.length, { title: task.title, createdAt });
      },
      tasksWithTag: async () => [],
      task: async (id) => taskOf(id, { description: SECRET, createdAt }),
      async remove(taskId) {
        removed.push(taskId);
        return { taskId, did: 'removed' };
      },
      attempts: async () => [],
      schedules: {
        async create(definition, { paused: isPaused, note } = {}) {
          if (created.some(({ name }) => name === definition.name))
            throw schedulerError({ code: 'existing-schedule', schedule: definition.name });
          created.push(definition);
          paused.push([isPaused === true, note]);
          return scheduleLineOf(definition.name, { definition });
        },
        async line(name) {
          const definition = created.find((each) => each.name === name);
          if (definition === undefined) return noSchedule(name);
          const { remaining } = definition;
          const now = { count: began, open: 0, badInARow: 0 };
          const left = remaining === undefined ? definition : { ...definition, remaining: remaining - began };
          return scheduleLineOf(name, { definition: left, now });
        },
      },
    };
    const stand = standing(client, { scope });
    const setUpAnew = () => {
      createdAt = '2026-11-27T12:00:00Z';
    };
    return { stand, added, created, paused, removed, setUpAnew };
  }
  const add = (stand: ToolStand, args: Record<string, unknown>) => stand.call('scheduler_add_task', args);

  test('immediate is a task, which its name stands for; the same call again adds nothing', async () => {
    const { stand, added } = adding();
    const args = {
      task_id: 'fix',
      task_type: 'immediate',
      priority: 'high',
      queue: 'dev',
      description: 'do it',
    };
    expect((await add(stand, args)).facts).toMatchObject({
      added: 'task',
      task_id: '41',
      is_new: true,
      notes: [],
    });
    expect((await add(stand, args)).facts).toMatchObject({ task_id: '41', is_new: false });
    expect(added).toEqual([
      {
        title: 'fix',
        description: 'do it',
        queue: 'dev',
        priority: 10,
        tags: [expect.stringMatching(/^request:/)],
      },
    ]);
    expect((await stand.call('scheduler_get_task', { task_id: 'fix' })).facts).toMatchObject({
      task_id: '41',
    });
    const other = await add(stand, { ...args, description: 'something else' });
    expect([other.isError, other.facts.code, other.text]).toEqual([
      true,
      'key-used',
      expect.stringContaining('another task_id'),
    ]);
  });

  test('what was refused may be corrected, and added by the same name', async () => {
    const { stand, added } = adding();
    const wrong = await add(stand, { task_id: 'a', queue: 'dev', config: { blocked_by: 99 } });
    const right = await add(stand, { task_id: 'a', queue: 'dev' });
    expect([wrong.facts.code, right.facts.is_new, added.length]).toEqual(['no-such-task', true, 1]);
  });

  test('what config has counts, and who takes it is told', async () => {
    const { stand, added } = adding();
    const config = { title: 'T', recipe: 'r', blocked_by: 7, queue: null };
    const { facts } = await add(stand, { task_id: 'a', agent: 'eve', config, max_retries: 5 });
    expect(added).toEqual([
      { title: 'T', agent: 'eve', blockedBy: 7, tags: ['recipe:r', expect.any(String)] },
    ]);
    expect(facts.notes).toEqual([
      expect.stringContaining('max_retries is not kept'),
      expect.stringContaining('eve'),
    ]);
    expect((await add(stand, { task_id: 'b' })).text).toContain('Note: ');
  });

  test.each([
    ['cron', { cron_expression: '0 3 * * *' }, { timing: { kind: 'cron', cron: '0 3 * * *' } }],
    ['cron', { config: { every: '2h' } }, { timing: { kind: 'every', everyMs: 7_200_000 } }],
    [
      'scheduled',
      { scheduled_time: '2026-12-24T19:00:00+01:00' },
      { timing: { kind: 'at', at: '2026-12-24 18:00:00' }, timeZone: 'UTC' },
    ],
    [
      'scheduled',
      { scheduled_time: '2026-12-24T18:00' },
      { timing: { kind: 'at', at: '2026-12-24 18:00' }, timeZone: 'Europe/Berlin' },
    ],
    [
      'custom',
      { cron_expression: '0 3 * * *', config: { command: 'cleanup.sh' } },
      { work: { kind: 'command', command: 'cleanup.sh', args: [] } },
    ],
    [
      'custom',
      { config: { command: 'cleanup.sh', args: ['-f'] } },
      { timing: { kind: 'at', at: '2026-11-26 12:00:02' }, work: { kind: 'command', args: ['-f'] } },
    ],
    [
      undefined,
      { cron_expression: '0 3 * * *', queue: 'dev', priority: 'low' },
      { priority: -10, work: { queue: 'dev' } },
    ],
  ])('%s with %j is a schedule', async (type, args, definition) => {
    const { stand, created, added } = adding();
    const all = { task_id: 'daily_cleanup', ...(type && { task_type: type }), ...args };
    const { facts, text } = await add(stand, all);
    expect([text, created]).toMatchObject([
      expect.stringMatching(/^Schedule daily_cleanup is active/),
      [definition],
    ]);
    expect(facts).toMatchObject({ added: 'schedule', task_id: 'daily_cleanup', is_new: true });
    expect(added).toEqual([]);
  });

  test('what the guide of the Python version adds, word for word', async () => {
    const { stand, created } = adding('admin');
    const answer = await add(stand, {
      ...{ task_id: 'daily_cleanup', task_type: 'custom', priority: 'medium', cron_expression: '0 3 * * *' },
      ...{ config: { command: 'cleanup.sh' }, description: 'Daily cleanup at 3 AM' },
    });
    expect([answer.isError, created]).toMatchObject([
      false,
      [
        {
          ...{ name: 'daily_cleanup', timing: { kind: 'cron', cron: '0 3 * * *' }, priority: 0 },
          work: { kind: 'command', command: 'cleanup.sh', description: 'Daily cleanup at 3 AM' },
        },
      ],
    ]);
  });

  test('what is wrong is told with its place, once', async () => {
    const { stand } = adding();
    const past = await add(stand, { task_id: 'a', scheduled_time: '2020-01-01T00:00:00Z', queue: 'dev' });
    expect(past.text).toMatch(/^bad-request: scheduled_time: Wed 2020-01-01 00:00 UTC is past/);
  });

  test('its name is none of a task that has its number in a TinyTask that was set up anew', async () => {
    const { stand, added, removed, setUpAnew } = adding();
    const args = { task_id: 'fix', queue: 'dev' };
    await add(stand, args);
    setUpAnew();
    const { facts } = await stand.call('scheduler_remove_task', { task_id: 'fix' });
    expect([facts.code, removed]).toEqual(['no-such-schedule', []]);
    expect((await add(stand, args)).facts).toMatchObject({ task_id: '42', is_new: true });
    expect(added).toHaveLength(2);
    await stand.call('scheduler_remove_task', { task_id: 'fix' });
    expect(removed).toEqual([42]);
  });

  test('a program is for admins, to make and to take out, as over HTTP', async () => {
    const { stand, created } = adding('operate');
    const args = { task_id: 'clean', cron_expression: '0 3 * * *', config: { command: 'cleanup.sh' } };
    expect((await add(stand, args)).facts).toMatchObject({
      ...{ code: 'scope-missing', facts: { needs: 'admin', has: 'operate' }, allowed: ['admin'] },
    });
    expect(created).toEqual([]);
    const deleted: string[] = [];
    const removing = (scope: Scope) =>
      standing(
        {
          schedules: {
            line: async (name) => {
              const { definition } = scheduleLineOf(name);
              const work = { kind: 'command' as const, command: 'cleanup.sh', args: [] };
              return scheduleLineOf(name, { definition: { ...definition, work } });
            },
            delete: async (name) => ({ open: deleted.push(name) }),
          },
        },
        { scope },
      ).call('scheduler_remove_task', { task_id: 'clean' });
    expect((await removing('operate')).facts).toMatchObject({ code: 'scope-missing' });
    expect(deleted).toEqual([]);
    expect((await removing('admin')).isError).toBe(false);
    expect(deleted).toEqual(['clean']);
  });

  test('a program that is due at once is the same one when it is asked for again, although its time is not', async () => {
    const { stand, created } = adding();
    const args = { task_id: 'clean', config: { command: 'cleanup.sh' } };
    await add(stand, args);
    stand.desk.around = async () => surroundings({ nowMs: Date.parse('2026-11-26T12:05:00Z') });
    expect((await add(stand, args)).facts).toMatchObject({ is_new: false });
    const other = await add(stand, { ...args, config: { command: 'backup.sh' } });
    const timed = await add(stand, { ...args, scheduled_time: '2026-12-24T18:00:00Z' });
    expect([other.facts.code, timed.facts.code]).toEqual(['existing-schedule', 'existing-schedule']);
    expect(created).toHaveLength(1);
  });

  test('one that is not enabled begins paused, with the reason', async () => {
    const { stand, paused } = adding();
    const off = { enabled: false, pause_note: 'not yet' };
    await add(stand, { task_id: 'a', cron_expression: '0 3 * * *', config: off });
    await add(stand, { task_id: 'b', cron_expression: '0 3 * * *' });
    expect(paused).toEqual([
      [true, 'not yet'],
      [false, undefined],
    ]);
  });

  test('the same schedule again is the same one; another one under its name is refused', async () => {
    const { stand } = adding();
    const args = { task_id: 'n', task_type: 'cron', cron_expression: '0 3 * * *', queue: 'dev' };
    await add(stand, args);
    expect((await add(stand, args)).facts).toMatchObject({ is_new: false });
    // The same also where less of it remains by now.
    const some = { ...args, config: { remaining: 3 } };
    const later = adding('admin', 1);
    await add(later.stand, some);
    expect((await add(later.stand, some)).facts).toMatchObject({ is_new: false });
    const other = await add(stand, { ...args, cron_expression: '0 4 * * *' });
    expect([other.facts.code, other.text]).toEqual([
      'existing-schedule',
      expect.stringContaining('scheduler_remove_task'),
    ]);
  });

  test.each([
    [{}, 'task_id'],
    [{ task_id: ' ' }, 'task_id'],
    [{ task_id: '42' }, 'task_id'],
    [{ task_id: '#42' }, 'task_id'],
    [{ task_id: 'Task-1' }, 'task_id'],
    [{ task_id: '2026', cron_expression: '0 3 * * *' }, 'task_id'],
    [{ task_id: 'a', priority: 'urgent' }, 'priority'],
    [{ task_id: 'a', priority: 'constructor' }, 'priority'],
    [{ task_id: 'a', priority: '99999999' }, 'priority'],
    [{ task_id: 'a', task_type: 'weekly' }, 'task_type'],
    [{ task_id: 'a', task_type: 'immediate', cron_expression: '0 3 * * *' }, 'task_type'],
    [{ task_id: 'a', task_type: 'cron' }, 'cron_expression'],
    [{ task_id: 'a', task_type: 'scheduled' }, 'scheduled_time'],
    [{ task_id: 'a', scheduled_time: 'soon' }, 'scheduled_time'],
    [{ task_id: 'a', scheduled_time: '2020-01-01T00:00:00Z' }, 'scheduled_time'],
    [{ task_id: 'a', scheduled_time: '2027-02-30T10:00:00Z' }, 'scheduled_time'],
    [{ task_id: 'a', scheduled_time: '2027-11-31T10:00:00+01:00' }, 'scheduled_time'],
    [{ task_id: 'a', cron_expression: '0 3 * *' }, 'cron_expression'],
    [{ task_id: 'a b', cron_expression: '0 3 * * *' }, 'task_id'],
    [{ task_id: 'a', cron_expression: '0 3 * * *', config: { max_global: 99 } }, 'config.max_global'],
    [{ task_id: 'a', cron_expression: '0 3 * * *', config: { tags: ['occurrence:x'] } }, 'arguments'],
    [{ task_id: 'a', cron_expression: '0 3 * * *', config: { nonsense: 1 } }, 'arguments'],
    [{ task_id: 'a', config: { path: '/etc/passwd' } }, 'config'],
    [{ task_id: 'a', config: { recipe: '../x' } }, 'config.recipe'],
    [{ task_id: 'a', config: 'x' }, 'config'],
    [{ task_id: 'a', limit: 5 }, 'arguments'],
    [{ task_id: 'a', description: 'x'.repeat(20_001) }, 'description'],
  ])('%j is refused, with where', async (args, at) => {
    const { stand, added, created } = adding();
    const { isError, facts, text } = await add(stand, args);
    expect([isError, facts]).toMatchObject([
      true,
      { code: 'bad-request', facts: { wrong: expect.arrayContaining([expect.objectContaining({ at })]) } },
    ]);
    expect(text).toContain('Next: Correct the request. The schema');
    expect([added, created]).toEqual([[], []]);
  });
});

describe('looking', () => {
  const many = Array.from({ length: 50 }, (_, place) => openTaskOf(place + 1));

  test('a list has 20 rows and a cursor; each task comes once', async () => {
    const stand = standing({ look: async () => lookOf({ tasks: many }) });
    const seen: string[] = [];
    let cursor: unknown;
    for (let pages = 0; pages < 3; pages += 1) {
      const { facts, text } = await stand.call('scheduler_list_tasks', { cursor: cursor ?? null });
      const tasks = facts.tasks as { task_id: string }[];
      expect(tasks.length).toBe(pages < 2 ? 20 : 10);
      expect(text.split('\n')[0]).toMatch(/50 open tasks|20 of 50|10 of 50/);
      expect(text.split('\n')).toHaveLength(tasks.length + 1);
      seen.push(...tasks.map((each) => each.task_id));
      cursor = facts.next_cursor;
    }
    expect([seen, cursor]).toEqual([many.map(({ taskId }) => String(taskId)), null]);
  });

  test('a page of the largest texts stays small', async () => {
    const tasks = many.map((task) => ({ ...task, title: `${'long '.repeat(200)}\u001b[2J\n` }));
    const stand = standing({ look: async () => lookOf({ tasks }) });
    const { facts, text } = await stand.call('scheduler_list_tasks');
    expect(text.length + JSON.stringify(facts).length).toBeLessThan(20_000);
    expect(text.split('\n')).toHaveLength(21);
  });

  test.each([
    [{ status: 'blocked' }, ['2']],
    [{ status: 'running' }, ['3']],
    [{ status: 'pending' }, ['1', '4']],
    [{ agent: 'ada' }, ['3']],
    [{ queue: 'qa' }, ['4']],
    [{ limit: '1' }, ['1']],
  ])('%j lists %j', async (args, ids) => {
    const tasks = [
      openTaskOf(1),
      openTaskOf(2, { phase: 'blocked' }),
      openTaskOf(3, { phase: 'running', agent: 'ada' }),
      openTaskOf(4, { phase: 'backing-off', queue: 'qa', pool: 'qa' }),
    ];
    const stand = standing({ look: async () => lookOf({ tasks }) });
    const { facts } = await stand.call('scheduler_list_tasks', args);
    expect((facts.tasks as { task_id: string }[]).map((each) => each.task_id)).toEqual(ids);
  });

  test('what has ended is told by how', async () => {
    const ended = {
      runId: 'r',
      agent: 'ada',
      queue: 'dev',
      startedAtMs: 0,
      endedAtMs: 1_000,
      how: 'by-itself',
    } as const;
    const good = { kind: 'completed', reason: 'done' } as never;
    const bad = { kind: 'failed', reason: 'exit 1' } as never;
    const stand = standing({
      endedRuns: async () => ({
        runs: [
          { ...ended, taskId: 1, end: 'complete', verdict: good, attempts: [] },
          { ...ended, taskId: 2, end: 'returned', verdict: bad, attempts: [] },
        ] as never,
        more: false,
      }),
    });
    for (const [status, id] of [
      ['completed', '1'],
      ['failed', '2'],
    ] as const)
      expect((await stand.call('scheduler_list_tasks', { status })).facts).toMatchObject({
        tasks: [{ task_id: id }],
        total: 1,
      });
  });

  test('schedules are listed by their type', async () => {
    const once = scheduleLineOf('once');
    once.definition.timing = { kind: 'at', at: '2027-01-01 00:00' };
    const stand = standing({
      schedules: { list: async () => ({ schedules: [scheduleLineOf('hourly'), once], cursor: 'next' }) },
    });
    const { facts } = await stand.call('scheduler_list_tasks', { task_type: 'cron' });
    expect(facts).toMatchObject({ tasks: [{ task_id: 'hourly', task_type: 'cron' }], next_cursor: 'next' });
    expect((await stand.call('scheduler_list_tasks', { task_type: 'scheduled' })).facts).toMatchObject({
      tasks: [{ task_id: 'once' }],
    });
  });

  test('when a schedule is due next is no time that is left out, and none while it is paused', async () => {
    const nextMs = [0, 1, 2].map((hours) => Date.UTC(2027, 0, 1, hours));
    const skips = nextMs.slice(0, 1);
    const [skipping, paused] = [
      scheduleLineOf('skipping', { nextMs, skips }),
      scheduleLineOf('paused', { nextMs, pause: { atMs: 1 }, state: 'paused' }),
    ];
    const stand = standing({
      schedules: { list: async () => ({ schedules: [skipping, paused], cursor: null }) },
    });
    const { facts, text } = await stand.call('scheduler_list_tasks', { task_type: 'cron' });
    expect(text).toMatch(
      /skipping is active: .*; next 2027-01-01 01:00.*\n.*paused is paused: .*; no next time/,
    );
    expect(facts).toMatchObject({ tasks: [{ left_out: ['2027-01-01T00:00:00.000Z'] }, { left_out: [] }] });
  });

  test('no answer has what others are told to do, or a log', async () => {
    const task = taskOf(5, { description: SECRET, title: 'Sweep' });
    const attempt = { ...ATTEMPT, taskId: 5, log: 'ada-5.log' };
    const stand = standing({
      look: async () => lookOf({ tasks: [openTaskOf(5)] }),
      task: async () => task,
      attempts: async () => [attempt],
      log: async () => {
        throw new Error('nobody may ask for a log');
      },
      schedules: {
        list: async () => ({ schedules: [scheduleLineOf('hourly')], cursor: null }),
        line: async (name) => scheduleLineOf(name),
      },
    });
    const answers = await Promise.all([
      stand.call('scheduler_get_task', { task_id: 5 }),
      stand.call('scheduler_get_task', { task_id: 'hourly' }),
      stand.call('scheduler_explain', { task_id: 'hourly' }),
      stand.call('scheduler_list_tasks', {}),
      stand.call('scheduler_list_tasks', { task_type: 'cron' }),
      stand.call('scheduler_get_status'),
      stand.call('scheduler_daemon_status'),
    ]);
    expect(answers.map(({ isError }) => isError)).toEqual(answers.map(() => false));
    expect(JSON.stringify(answers)).not.toContain(SECRET);
    expect(JSON.stringify(answers.map(({ facts }) => facts))).not.toMatch(/"log"|ada-5\.log/);
  });

  test('status tells the agents that somebody waits for first, and no more than 20 of 200', async () => {
    const agents = Array.from({ length: 200 }, (_, each) =>
      agentOf(`a${each}`, { waiting: each === 150 ? 9 : 0 }),
    );
    const stand = standing({ look: async () => lookOf({ status: { agents }, tasks: many }) });
    const { facts, text } = await stand.call('scheduler_get_status');
    expect(facts).toMatchObject({ agents_total: 200, slots: 200, tasks: { open: 50, pending: 50 } });
    expect(facts.agents).toHaveLength(20);
    expect(facts.agents).toMatchObject({ 0: { name: 'a150' } });
    expect(text).toMatch(/^50 tasks open: 0 running, 50 pending/);
  });
});

describe('changing', () => {
  /** A scheduler that is paused and resumed, and that takes a message only after it was looked at once more. */
  function switching(daemon: string | null = '1@here', passes = true) {
    const did: [string, unknown, Note | undefined][] = [];
    let [paused, wanted] = [false, false];
    const stand = standing({
      async look() {
        const seen = { paused, daemon, scheduler: paused ? 'paused' : 'running' } as const;
        paused = wanted;
        return lookOf({ status: seen });
      },
      async pause(what, note) {
        did.push(['pause', what, note]);
        wanted = true;
      },
      async resume(what, note) {
        did.push(['resume', what, note]);
        wanted = false;
      },
      async pass() {
        did.push(['pass', undefined, undefined]);
        return passes ? ({} as PassReport) : undefined;
      },
    });
    return { stand, did };
  }

  test('stop and start of the daemon are a pause of everything and its end, with who and why', async () => {
    const { stand, did } = switching();
    const stopped = await stand.call('scheduler_stop_daemon', { note: 'disk full' });
    expect([stopped.text, stopped.facts]).toMatchObject([
      'Nothing new starts, and what is queued stays. Nothing runs.',
      { before: { paused: false }, after: { paused: true } },
    ]);
    expect((await stand.call('scheduler_restart_daemon')).text).toContain('scheduler_start_daemon ends that');
    expect((await stand.call('scheduler_start_daemon')).facts).toMatchObject({ after: { paused: false } });
    expect(did).toEqual([
      ['pause', {}, { by: 'a tester', note: 'disk full' }],
      ['pass', undefined, undefined],
      ['resume', {}, { by: 'a tester' }],
    ]);
  });

  test('where no daemon lives, start says so, and restart does nothing', async () => {
    const { stand, did } = switching(null);
    expect((await stand.call('scheduler_start_daemon')).facts.code).toBe('no-daemon');
    expect((await stand.call('scheduler_restart_daemon')).facts.code).toBe('no-daemon');
    expect(did.map(([what]) => what)).toEqual(['resume']);
  });

  test('a pass that nobody has taken is not told as done', async () => {
    const { stand } = switching('1@here', false);
    expect((await stand.call('scheduler_restart_daemon')).facts.code).toBe('no-daemon');
  });

  test('an agent or a queue is paused and resumed', async () => {
    const { stand, did } = switching();
    // Nobody takes it here, and the answer does not say that it is so.
    expect(await stand.call('scheduler_control', { action: 'pause', agent: 'ada' })).toMatchObject({
      text: expect.stringMatching(/^It is asked for/),
      facts: { in_force: false },
    });
    expect(await stand.call('scheduler_control', { action: 'resume', queue: 'dev' })).toMatchObject({
      text: expect.stringMatching(/^Queue dev is resumed\./),
      facts: { in_force: true },
    });
    expect(did.map(([verb, what]) => [verb, what])).toEqual([
      ['pause', { agent: 'ada' }],
      ['resume', { queue: 'dev' }],
    ]);
  });

  test.each([
    [{ action: 'pause' }, 'bad-request'],
    [{ action: 'pause', agent: 'ada', queue: 'dev' }, 'bad-request'],
    [{ action: 'cancel', agent: 'ada' }, 'bad-request'],
    [{ action: 'pause', task_id: '5' }, 'bad-request'],
    [{ action: 'limit', agent: 'ada' }, 'bad-request'],
    [{ action: 'cancel', task_id: 'hourly' }, 'bad-request'],
    [{ action: 'run-now', task_id: 'unknown' }, 'no-such-schedule'],
    [{ action: 'run-now', task_id: '99' }, 'no-such-task'],
    [{ action: 'pause', agent: 'eve' }, 'no-such-agent'],
  ])('%j fails with %s and a next step', async (args, code) => {
    const noTask = async (taskId: number): Promise<never> => {
      throw schedulerError({ code: 'no-such-task', taskId });
    };
    const stand = standing({
      task: noTask,
      pause: async () => {
        throw schedulerError({ code: 'no-such-agent', agent: 'eve', known: ['ada'] });
      },
      schedules: {
        line: async (name) => (name === 'hourly' ? scheduleLineOf(name) : noSchedule(name)),
        runNow: noSchedule,
      },
    });
    const { isError, facts, text } = await stand.call('scheduler_control', args);
    expect([isError, facts.code, text]).toEqual([true, code, expect.stringMatching(/\nNext: .{5,}/)]);
  });

  test.each<[StartedNow, string, object]>([
    [{ ...STARTED, taskId: 7 }, 'scheduler_explain {"task_id":"7"} tells where it is', { task_id: '7' }],
    [
      { ...STARTED, leftOut: { why: 'overlap', with: 'occurrence-hourly-x', sinceMs: 0 } },
      'nothing was started: the one before it',
      { task_id: null, left_out: { why: 'overlap', says: expect.stringContaining('1970') } },
    ],
    [
      { ...STARTED, waits: { for: 'job-key', jobKey: 'backup', limit: 1, with: ['occurrence-b-x'] } },
      'has begun, and waits: as many occurrences with the job key backup',
      { waits: { for: 'job-key', says: expect.stringContaining('backup') } },
    ],
    [
      { ...STARTED, ended: FAILED },
      'has begun, and is over: failed: TinyTask refused it.',
      { task_id: null, end: 'failed' },
    ],
    [
      STARTED,
      'it has not got a task yet. scheduler_get_task {"task_id":"hourly"} will tell',
      { waits: null },
    ],
  ])('run-now of a schedule says what came of it: %j', async (started, says, facts) => {
    const stand = standing({
      schedules: { line: async (name) => scheduleLineOf(name), runNow: async () => started },
    });
    const told = await stand.call('scheduler_control', { action: 'run-now', task_id: 'hourly' });
    expect(told.text).toContain(says);
    expect(told.facts).toMatchObject({
      ...{ schedule: 'hourly', occurrence: STARTED.occurrence, ...facts },
      ...{ before: { state: 'active', open: 0 }, after: { state: 'active' } },
    });
    expect(JSON.stringify(told.facts)).not.toMatch(/Ms":/);
  });

  test('times in the facts of a failure are times, at every depth', async () => {
    const pause = { by: 'ann@h', atMs: 1_790_000_000_000 };
    const stand = standing({
      schedules: {
        line: async (name) => scheduleLineOf(name),
        runNow: async (schedule) => {
          throw schedulerError({ code: 'schedule-paused', schedule, pause });
        },
      },
    });
    const { facts } = await stand.call('scheduler_control', { action: 'run-now', task_id: 'hourly' });
    expect(facts).toMatchObject({
      code: 'schedule-paused',
      facts: { pause: { at: '2026-09-21T14:13:20.000Z' } },
    });
  });

  test('a schedule before and after it is paused, and removed', async () => {
    let pause: Pause | undefined;
    const stand = standing({
      schedules: {
        line: async (name) => scheduleLineOf(name, pause && { pause, state: 'paused' }),
        async pause() {
          pause = { atMs: 1 };
          return true;
        },
        delete: async () => ({ open: 1 }),
      },
    });
    const next = expect.stringMatching(/Z$/);
    expect(
      (await stand.call('scheduler_control', { action: 'pause', task_id: 'hourly' })).facts,
    ).toMatchObject({ before: { state: 'active', next }, after: { state: 'paused', next: null } });
    const removed = await stand.call('scheduler_remove_task', { task_id: 'hourly' });
    expect([removed.text, removed.facts]).toMatchObject([
      expect.stringContaining('1 occurrence of it goes on'),
      { before: { state: 'paused' }, after: null },
    ]);
  });

  test('run-now puts a task first; cancel does not wait until goose has ended', async () => {
    const did: unknown[] = [];
    let end = (): void => undefined;
    const stand = standing({
      look: async () => lookOf({ tasks: [openTaskOf(5, { phase: 'running', agent: 'ada' })] }),
      async runNow(id) {
        did.push(id);
      },
      cancel: (taskId) =>
        new Promise((resolve) => {
          end = () => resolve({ taskId, did: 'nothing', since: 'parked' });
        }),
    });
    expect(
      (await stand.call('scheduler_control', { action: 'run-now', task_id: 'task-5' })).facts,
    ).toMatchObject({
      did: 'put-first',
      before: { task_id: 5, phase: 'running' },
    });
    expect(did).toEqual([5]);
    const beganMs = performance.now();
    const { facts, text } = await stand.call('scheduler_control', { action: 'cancel', task_id: '5' });
    expect(performance.now() - beganMs).toBeLessThan(allowed(2_000));
    expect([facts.did, text]).toEqual([
      'asked',
      expect.stringContaining('scheduler_get_task {"task_id":"5"} tells'),
    ]);
    end();
  });

  test('what takes no time to be cancelled is told as done', async () => {
    const stand = standing({
      look: async () => lookOf({ tasks: [openTaskOf(5, { phase: 'parked' })] }),
      cancel: async (taskId) => ({ taskId, did: 'nothing', since: 'parked' }),
    });
    const { facts } = await stand.call('scheduler_control', { action: 'cancel', task_id: '5' });
    expect(facts).toMatchObject({ did: 'nothing', after: { phase: 'parked' } });
  });

  test.each<[Removed, string]>([
    [{ taskId: 5, did: 'removed' }, 'archived'],
    [{ taskId: 5, did: 'nothing', since: 'complete' }, 'waiting'],
  ])('removing a task: %j', async (removed, phase) => {
    const stand = standing({
      look: async () => lookOf({ tasks: [openTaskOf(5)] }),
      remove: async () => removed,
    });
    const { facts } = await stand.call('scheduler_remove_task', { task_id: 5 });
    expect(facts).toMatchObject({ did: removed.did, before: { phase: 'waiting' }, after: { phase } });
  });

  test('whoever may not have a program run removes no schedule of one', async () => {
    const all: string[] = [];
    const schedules = {
      line: async (name: string) =>
        scheduleLineOf(name, {
          definition: definitionOf(name, { work: { kind: 'command', command: 'x', args: [] } }),
        }),
      delete: async (name: string) => {
        all.push(name);
        return { open: 0 };
      },
    };
    const remove = { task_id: 'clean' };
    expect((await standing({ schedules }).call('scheduler_remove_task', remove)).facts.code).toBe(
      'scope-missing',
    );
    expect(all).toEqual([]);
    await standing({ schedules }, { scope: 'admin' }).call('scheduler_remove_task', remove);
    expect(all).toEqual(['clean']);
  });

  test('removing a schedule deletes it', async () => {
    const stand = standing({
      schedules: { line: async (name) => scheduleLineOf(name), delete: async () => ({ open: 1 }) },
    });
    expect(await stand.call('scheduler_remove_task', { task_id: 'hourly' })).toMatchObject({
      isError: false,
      text: expect.stringContaining('1 occurrence of it goes on'),
    });
  });
});

describe('who may, and how long', () => {
  test('whoever may only read changes nothing, and the log says who tried', async () => {
    const stand = standing({}, { scope: 'read' });
    const { facts, text } = await stand.call('scheduler_stop_daemon');
    expect([facts.code, text]).toEqual(['scope-missing', expect.stringContaining('Next: ')]);
    expect(stand.told).toMatchObject([
      { what: 'tool', tool: 'scheduler_stop_daemon', who: 'a tester', code: 'scope-missing', writes: true },
    ]);
  });

  test('a tool that there is not is refused, with those that there are', async () => {
    const { facts } = await standing().call('scheduler_set_limit', {});
    expect(facts).toMatchObject({
      code: 'no-such-tool',
      allowed: expect.arrayContaining(['scheduler_explain']),
    });
  });

  test('a defect tells its caller nothing, and the log everything', async () => {
    const stand = standing({
      look: async () => {
        throw new Error('the secret of the house');
      },
    });
    const { facts, text } = await stand.call('scheduler_get_status');
    expect([facts.code, text]).toEqual(['internal', expect.not.stringContaining('secret')]);
    expect(stand.told[0]).toMatchObject({ what: 'defect', error: expect.objectContaining({}) });
  });

  test('what cannot connect is told within 2 s, and not done later', async () => {
    const did: string[] = [];
    let connected = (): void => undefined;
    const client = {
      look: async () => lookOf(),
      pause: async () => void did.push('pause'),
      close: async () => undefined,
    };
    const stand = standing(
      {},
      {
        connect: () =>
          new Promise((resolve) => {
            connected = () => resolve(client as never);
          }),
      },
    );
    const beganMs = performance.now();
    const { facts } = await stand.call('scheduler_stop_daemon');
    expect(performance.now() - beganMs).toBeLessThan(allowed(2_000));
    expect(facts).toMatchObject({ code: 'temporal-unreachable', facts: { address: 'here:7233' } });
    connected();
    // Whoever comes later finds the connection.
    expect((await stand.call('scheduler_daemon_status')).isError).toBe(false);
    expect(did).toEqual([]);
  });

  test('what has begun and takes too long is told so: it may still be done', async () => {
    const stand = standing({ pause: () => new Promise(() => undefined) });
    const { facts, text } = await stand.call('scheduler_stop_daemon');
    expect(facts).toMatchObject({ code: 'not-in-time', facts: { within_ms: 1_800, changes: true } });
    expect(text).toContain('It may still be done');
  });
});

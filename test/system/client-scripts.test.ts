import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectScheduler, type Scheduler, type SchedulerEvent } from '../../client/scripts/entry.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import type { Ended } from '../support/command.ts';
import { mainForTests } from '../support/daemon-process.ts';
import { ROOT, readDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import { inPhase, newTask } from '../support/task-runs.ts';

let system: System;
let scheduler: Scheduler;

beforeAll(async () => {
  mainForTests();
  system = await startSystem();
  Object.assign(system.env, { TINYSCHEDULER_MAX_ATTEMPTS: '1', TINYSCHEDULER_KILL_GRACE_SEC: '1' });
  await system.agents([
    { agentName: 'ada', agentType: 'dev', limit: 3 },
    { agentName: 'bob', agentType: 'bad', limit: 2 },
    { agentName: 'cy', agentType: 'slow' },
  ]);
  await system.recipe('ada', 'MODEL: say done');
  await system.recipe('bob', 'MODEL: empty');
  await system.recipe('cy', 'MODEL: wait 600s\nMODEL: say done');
  await system.start('daemon');
  scheduler = await connectScheduler({ env: system.env });
});
afterAll(async () => {
  await scheduler?.close();
  await system.stop();
});

interface Script {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** What it has written so far. */
  said(): { stdout: string; stderr: string };
}

/** One of examples/client, as somebody runs it. */
function start(
  name: string,
  args: string[] = [],
  env: Record<string, string> = {},
  cwd = system.dir,
): Script {
  const child = spawn(process.execPath, [join(ROOT, 'examples/client', name), ...args], {
    cwd,
    env: { ...system.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => {
    said.stdout += part;
  });
  child.stderr.on('data', (part: Buffer) => {
    said.stderr += part;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...said }));
  return { child, ended, said: () => said };
}

const run = (...given: Parameters<typeof start>) => start(...given).ended;

describe('the client', () => {
  test('docs/client.md has a row of each method', () => {
    const { text } = readDocument('docs/client.md');
    const rows = text.split('\n').flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1] ?? []);
    const told = new Set(rows.flatMap((cell) => [...cell.matchAll(/`(\w+)\(/g)].map(([, name]) => name)));
    const { schedules, ...methods } = scheduler;
    const names = [...Object.keys(methods), ...Object.keys(schedules)];
    expect(names.filter((name) => !told.has(name))).toEqual([]);
    expect([...told].filter((name) => !names.includes(name ?? ''))).toEqual([]);
  });

  test('a task is added, waited for and explained; what follows is told', async () => {
    const stop = new AbortController();
    const told: SchedulerEvent[] = [];
    const following = (async () => {
      for await (const event of scheduler.events({ signal: stop.signal })) told.push(event);
    })().catch((error: Error) => error.name);
    const { id } = await scheduler.add({ title: 'Haiku', queue: 'dev' });
    expect(await scheduler.ended(id, { timeoutMs: 60_000 })).toMatchObject({
      ...{ taskId: id, end: 'complete', task: { status: 'complete' } },
      verdict: { kind: 'completed' },
      outcome: { state: 'ended', end: 'complete', agent: 'ada' },
    });
    expect((await scheduler.explain(id)).task.status).toBe('complete');
    const { id: bad } = await scheduler.add({ title: 'Never', queue: 'bad' });
    expect(await scheduler.ended(bad)).toMatchObject({
      ...{ end: 'parked', verdict: { kind: 'agent-failed' }, outcome: { state: 'parked' } },
    });
    await eventually('it is told that it is parked', () =>
      told.some((each) => each.event === 'task' && each.task.taskId === bad && each.task.phase === 'parked'),
    );
    stop.abort();
    expect(await following).toBe('AbortError');
    expect(told[0]?.event).toBe('snapshot');
    // Called back, and parked again: a new end, not the old one.
    const before = (await scheduler.outcomeOf(bad)).attempts;
    expect(await scheduler.retry(bad)).toMatchObject({ did: 'un-parked' });
    expect((await scheduler.ended(bad)).outcome.attempts).toBe(before + 1);
    // What came meanwhile is told to whoever comes back, and nothing twice.
    const after = told.at(-1)?.id ?? '';
    for await (const event of scheduler.events({ after })) {
      expect(event.event).not.toBe('snapshot');
      expect(told.map(({ id: known }) => known)).not.toContain(event.id);
      break;
    }
  });

  test('what is waited for in vain fails with a code, and can be cancelled', async () => {
    const { id } = await scheduler.add({ title: 'Slow', queue: 'slow' });
    await inPhase(system, id, 'running');
    await expect(scheduler.ended(id, { timeoutMs: 300 })).rejects.toMatchObject({
      ...{ code: 'not-ended-yet', failure: { taskId: id, state: 'running' } },
    });
    const waiting = scheduler.ended(id);
    expect(await scheduler.cancel(id)).toMatchObject({ did: 'cancelled' });
    expect(await waiting).toMatchObject({ end: 'parked', verdict: { kind: 'cancelled' } });
    await system.tinytask.archive(id);
    expect(await scheduler.ended(id, { timeoutMs: 60_000 })).toMatchObject({ end: 'archived' });
    await expect(scheduler.ended(9_999_999)).rejects.toMatchObject({ code: 'no-such-task' });
    await expect(scheduler.pause({ agent: 'eve' })).rejects.toMatchObject({ code: 'no-such-agent' });
  });

  test('schedules: what is wrong are facts, and the rest goes on', async () => {
    await expect(scheduler.schedules.definition({ name: 'n', every: '5 parsecs' })).rejects.toMatchObject({
      ...{ code: 'bad-definition', problems: [{ code: 'bad-timing' }, { code: 'nothing-to-do' }] },
    });
    const { definition, warnings } = await scheduler.schedules.definition({
      ...{ name: 'hourly', every: '1h', title: 'Look around', queue: 'dev' },
    });
    expect(warnings).toEqual([]);
    expect(await scheduler.schedules.create(definition)).toMatchObject({ name: 'hourly', state: 'active' });
    await expect(scheduler.schedules.create(definition)).rejects.toMatchObject({ code: 'existing-schedule' });
    const started = await scheduler.schedules.runNow('hourly');
    expect(await scheduler.ended(started.taskId ?? 0, { timeoutMs: 60_000 })).toMatchObject({
      end: 'complete',
    });
    expect(await scheduler.schedules.delete('hourly')).toMatchObject({ open: expect.any(Number) });
  });
});

describe('examples', () => {
  test('judge-commit: the exit code is the verdict, and a commit is judged once', async () => {
    const repository = join(system.dir, 'repository');
    mkdirSync(repository);
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: repository, env: { ...process.env, ...who } });
    const who = {
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@b',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@b',
    };
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'A \u001b[31mred "subject"; $(rm -rf /)');
    const judge = (...args: string[]) => run('judge-commit.mjs', args, {}, repository);
    const env = { TINYSCHEDULER_BASE_PATH: system.dir };
    const [well, badly, none] = await Promise.all([
      judge('--queue', 'dev', 'origin', 'file:///elsewhere'),
      judge('--queue', 'bad'),
      run('judge-commit.mjs', ['--queue', 'dev'], env),
    ]);
    expect(well).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/added task .*is complete \(completed/s),
    });
    expect(badly).toMatchObject({ code: 1, stderr: expect.stringMatching(/is parked \(agent-failed/) });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('no commit here') });
    expect(await judge('--queue', 'dev')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('there is already'),
    });
    const judged = (await scheduler.tasks()).filter(({ title }) => title.includes('red "subject"'));
    expect(judged).toHaveLength(2);
    // Nobody is there for that queue.
    const late = await judge('--queue', 'nobody', '--minutes', '0.01');
    expect(late).toMatchObject({ code: 3, stderr: expect.stringContaining('(not-ended-yet)') });
    expect(await judge()).toMatchObject({ code: 2 });
  });

  test('nightly-batch: in order, once a day, and what cannot be reached is told', async () => {
    const steps = (name: string, content: unknown) => {
      writeFileSync(join(system.dir, name), JSON.stringify(content));
      return name;
    };
    const three = [
      { step: 'fetch', title: 'Fetch', queue: 'dev' },
      { step: 'fail', title: 'Fail', queue: 'bad', after: 'fetch' },
      { step: 'report', title: 'Report', queue: 'dev', after: 'fail' },
    ];
    const first = await run('nightly-batch.mjs', [steps('three.json', three)]);
    expect(first.code).toBe(1);
    expect(first.stdout).toMatch(/^fetch\t\d+\tcomplete\nfail\t\d+\tparked\nreport\t\d+\tnot reached\n$/);
    const again = await run('nightly-batch.mjs', [steps('three.json', three)]);
    expect(again.stdout).toBe(first.stdout);
    const one = steps('one.json', three.slice(0, 1));
    expect(await run('nightly-batch.mjs', [one])).toMatchObject({ code: 0 });
    const count = (await scheduler.tasks()).length;
    const wrong = [[null], [three[1]], [three[0], three[0]], [{ ...three[0], step: '../x' }]];
    const refused = wrong.map((content, at) =>
      run('nightly-batch.mjs', [steps(`wrong-${at}.json`, content)]),
    );
    for (const each of await Promise.all(refused)) expect(each).toMatchObject({ code: 2, stdout: '' });
    expect((await scheduler.tasks()).length).toBe(count);
    // Another Temporal than there is.
    const away = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
    expect(await run('nightly-batch.mjs', [one], away)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('(temporal-unreachable)'),
    });
  });

  test('whoever waits is ended by Ctrl-C, and the task goes on', async () => {
    writeFileSync(
      join(system.dir, 'slow.json'),
      JSON.stringify([{ step: 'slow', title: 'Slow', queue: 'slow' }]),
    );
    const { child, ended, said } = start('nightly-batch.mjs', ['slow.json']);
    const id = Number(await eventually('it is added', () => /slow: task (\d+)/.exec(said().stderr)?.[1]));
    await inPhase(system, id, 'running');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('ended by SIGINT') });
    expect((await lastRunOf(system.client, id))?.phase).toBe('running');
    await scheduler.cancel(id);
  });

  test('pause-on-budget: paused while the money is spent, and a pause of a person stays', async () => {
    const file = (content: unknown) =>
      writeFileSync(
        join(system.dir, 'budget.json'),
        typeof content === 'string' ? content : JSON.stringify(content),
      );
    const isPaused = async (name: string) =>
      (await scheduler.status()).agents.find((each) => each.name === name)?.paused;
    file({ ada: { spent: 12.5, limit: 10 }, cy: { spent: 1, limit: 10 } });
    const looping = start('pause-on-budget.mjs', ['budget.json', '--every', '0.2']);
    await eventually('ada is paused', () => isPaused('ada'));
    await scheduler.pause({ agent: 'cy' }, { by: 'ann', note: 'holiday' });
    file({ ada: { spent: 0, limit: 10 }, cy: { spent: 1, limit: 10 } });
    await eventually('ada goes on', async () => !(await isPaused('ada')));
    looping.child.kill('SIGINT');
    expect(await looping.ended).toMatchObject({ code: 130 });
    expect(await isPaused('cy')).toBe(true);
    await scheduler.resume({ agent: 'cy' });
    file('{"ada": ');
    expect(await run('pause-on-budget.mjs', ['budget.json'])).toMatchObject({ code: 1 });
    file({ eve: { spent: 1, limit: 0 }, ada: { spent: '9', limit: 1 }, __proto__: null });
    expect(await run('pause-on-budget.mjs', ['budget.json'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no agent eve[\s\S]*ada: spent/),
    });
    expect(await isPaused('ada')).toBe(false);
  });

  test('yesterday-as-csv: hostile titles stay in their cells, and compute nothing', async () => {
    const title = '=HYPERLINK("http://x","a")\n"quoted", with, commas\u001b[31m';
    const { id } = await newTask(system, { title, queue: 'dev' });
    await scheduler.ended(id, { timeoutMs: 60_000 });
    const now = new Date();
    const day = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`;
    const { code, stdout } = await run('yesterday-as-csv.mjs', ['--day', day]);
    expect(code).toBe(0);
    const rows = stdout.split('\r\n');
    expect(rows[0]).toBe(
      '"task","title","queue","agent","started","ended","end","verdict","reason","tokens"',
    );
    const [row = ''] = rows.filter((each) => each.startsWith(`${id},`));
    expect(row).toContain(`${id},"'=HYPERLINK(""http://x"",""a"")\n""quoted"", with, commas`);
    expect(row).toContain('"dev","ada",');
    expect(row).toContain('"complete","completed"');
    expect(await run('yesterday-as-csv.mjs')).toMatchObject({ code: 0, stdout: `${rows[0]}\r\n` });
    expect(await run('yesterday-as-csv.mjs', ['--day', '2026-02-31'])).toMatchObject({ code: 2 });
  });

  test('webhook: a delivery is one task, and what is not signed, too large or no task is none', async () => {
    const bytes = Buffer.alloc(32, 7);
    const secret = { WEBHOOK_SECRET: `whsec_${bytes.toString('base64')}` };
    const listen = () => start('webhook.mjs', ['--queue', 'nobody', '--port', '0'], secret);
    const urlOf = ({ said }: Script) => eventually('it listens', () => /http:\S+/.exec(said().stdout)?.[0]);
    let hook = listen();
    let url = await urlOf(hook);
    const resultOf = async (answer: Response): Promise<[number, { task_id: number }]> => [
      answer.status,
      (await answer.json()) as { task_id: number },
    ];
    const send = (
      id: string,
      body: string,
      { seconds = Math.floor(Date.now() / 1_000), signed = body, secret = bytes } = {},
    ) => {
      const hmac = createHmac('sha256', secret).update(`${id}.${seconds}.${signed}`).digest('base64');
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': `v1,x v1,${hmac}`,
      };
      return fetch(url, { method: 'POST', headers, body }).then(resultOf);
    };
    const body = JSON.stringify({ title: 'From outside', description: 'x', queue: 'dev', agent: 'ada' });
    const before = (await scheduler.tasks()).length;
    const answers = await Promise.all(Array.from({ length: 5 }, () => send('one', body)));
    expect(answers.map(([status]) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(answers.map(([, { task_id: id }]) => id)).size).toBe(1);
    expect(await scheduler.task(answers[0]?.[1].task_id ?? 0)).toMatchObject({
      queue: 'nobody',
      assignedTo: null,
    });
    const refused = [
      [await send('two', body, { signed: `${body} ` }), 401],
      [await send('two', body, { secret: Buffer.alloc(32, 8) }), 401],
      [await send('two', body, { seconds: 1_000_000_000 }), 401],
      [await send('one', JSON.stringify({ title: 'Another' })), 409],
      [await send('two', '{"title": '), 400],
      [await send('two', '{"title": 5}'), 400],
      [await send('two', 'null'), 400],
      [await send('two', '['.repeat(60_000)), 400],
      [await send('two', 'x'.repeat(70_000)), 413],
      [
        await fetch(url).then(
          async (answer): Promise<[number, { task_id: number }]> => [
            answer.status,
            (await answer.json()) as never,
          ],
        ),
        405,
      ],
      [await fetch(`${url}/../../etc`, { method: 'POST' }).then(resultOf), 404],
    ] as const;
    expect(refused.map(([[status]]) => status)).toEqual(refused.map(([, status]) => status));
    expect((await scheduler.tasks()).length).toBe(before + 1);
    const back = await system.withoutTinyTask();
    expect(await send('three', body)).toEqual([503, { error: 'tinytask-unreachable' }]);
    await back();
    expect((await send('three', body))[0]).toBe(201);
    // Killed, and begun anew, it knows the delivery.
    hook.child.kill('SIGKILL');
    await hook.ended;
    hook = listen();
    url = await urlOf(hook);
    expect((await send('one', body))[0]).toBe(200);
    hook.child.kill('SIGTERM');
    expect(await hook.ended).toMatchObject({ code: 0 });
    expect(await run('webhook.mjs', ['--queue', 'x'], { WEBHOOK_SECRET: 'short' })).toMatchObject({
      code: 2,
    });
  });

  test('temporal-only: signals and a question with the client of Temporal alone', async () => {
    const temporal = (...args: string[]) => run('temporal-only.mjs', args);
    expect(await temporal('pause')).toMatchObject({ code: 0 });
    await eventually('it is paused', async () => (await scheduler.status()).paused);
    const { id } = await newTask(system, { queue: 'dev' });
    expect(await temporal('resume')).toMatchObject({ code: 0 });
    expect(await temporal('run-now', String(id))).toMatchObject({ code: 0 });
    await scheduler.ended(id, { timeoutMs: 60_000 });
    const { code, stdout } = await temporal('explain', String(id));
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { taskId: id, agent: 'ada' }]);
    expect(await temporal()).toMatchObject({ code: 2 });
  });
});

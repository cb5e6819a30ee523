import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { git, newRepository } from '../support/repositories.ts';
import { SeenDaemons } from '../support/seen-daemons.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { agentIn, inPhase, inStatus, newTask, runResult, signalTask } from '../support/task-runs.ts';

// Only a failure takes that long; the machine may have other things to do.
vi.setConfig({ testTimeout: 240_000 });

let system: System;
let daemons: SeenDaemons;
let repository: string;
const at = (name: string) => join(system.dir, name);
const sh = (script: string) => ['sh', '-c', script];
/** Goes on when the file is gone; the other one then has its process id. */
const waits = (held: string, pid: string) =>
  `echo $$ >${at(pid)}; while [ -e ${at(held)} ]; do sleep 0.05; done`;

function agents(change: Record<string, object> = {}) {
  const rules: Record<string, object> = {
    tess: { workingDir: 'work/{agent}/{taskId}', verify: sh('pwd; cat made.txt') },
    vera: { verify: sh('echo "2 tests failed"; exit 3') },
    early: { verify: ['false'] },
    cora: { completion: 'agent' },
    cody: { completion: 'agent' },
    hank: { completion: 'agent' },
    wes: { worktree: { repository: 'repo', base: 'main', keep: 1 }, verify: sh('git log --format=%s') },
    lost: { worktree: { repository: 'nowhere' } },
    kit: { verify: sh(waits('hold-verify', 'verifying')) },
  };
  const entries = Object.entries({ ...rules, ...change });
  return system.controlFile(
    JSON.stringify(
      entries.map(([agentName, rule]) => ({ agentName, agentType: agentName, limit: 3, ...rule })),
    ),
  );
}

beforeAll(async () => {
  system = await startSystem();
  daemons = new SeenDaemons(system);
  repository = newRepository(system.dir, { 'slow.txt': 'x', '.gitattributes': 'slow.txt filter=slow\n' });
  git(repository, 'config', 'filter.slow.smudge', `sh -c '${waits('hold-add', 'adding')}; cat'`);
  await agents();
  const done = 'MODEL: say Done.';
  const complete = 'MODEL: tool update_task {"id": {{ task_id }}, "status": "complete"}';
  const made = 'MODEL: shell echo {{ task_id }} >>made.txt';
  const commit = `${made}; git add made.txt; git -c user.name=w -c user.email=w@x commit -qm "task {{ task_id }}"`;
  await system.recipe('tess', `${made}\n${done}`, DEVELOPER);
  await system.recipe('wes', `${commit}\n${done}`, DEVELOPER);
  await system.recipe(
    'hank',
    `MODEL: tool move_task {"task_id": {{ task_id }}, "current_agent": "hank", "new_agent": "cody", "comment": "yours"}\n${done}`,
  );
  for (const agent of ['early', 'cody']) await system.recipe(agent, `${complete}\n${done}`);
  for (const agent of ['vera', 'cora', 'lost', 'kit']) await system.recipe(agent, done);
  Object.assign(system.env, {
    ...{ TINYSCHEDULER_MAX_ATTEMPTS: '2', TINYSCHEDULER_LOOP_INTERVAL_SEC: '1' },
    ...{
      TINYSCHEDULER_HEARTBEAT_SEC: '5',
      TINYSCHEDULER_KILL_GRACE_SEC: '1',
      TINYSCHEDULER_RUNS_PER_HOST: '20',
    },
  });
  await daemons.start();
});
afterAll(async () => {
  for (const held of ['hold-add', 'hold-verify']) rmSync(at(held), { force: true });
  await daemons.end();
  await system.stop();
});

const taskOf = async (assignedTo: string) => (await newTask(system, { assignedTo })).id;
const lastComment = async (id: number) => (await system.comments(id)).at(-1);

test('each works where its entry says, and is done when its entry says', async () => {
  const ids = await Promise.all(['tess', 'early', 'cody', 'hank', 'wes', 'vera', 'cora', 'lost'].map(taskOf));
  const [tess = 0, early = 0, cody = 0, hank = 0, wes = 0, vera = 0, cora = 0, lost = 0] = ids;

  await inStatus(system, tess, 'complete');
  const directory = at(`work/tess/${tess}`);
  expect(readFileSync(join(directory, 'made.txt'), 'utf8')).toBe(`${tess}\n`);
  const verified = await lastComment(tess);
  expect(verified).toMatch(/Verified: sh exited with code 0 after .* Log: task_.*-verify\.log on /);
  expect(verified).toContain(`    ${directory}\n    ${tess}`);

  await inPhase(system, vera, 'parked');
  expect(await inStatus(system, vera, 'idle')).toMatchObject({ assignedTo: 'vera' });
  expect(await system.comments(vera)).toMatchObject([
    expect.stringMatching(
      /Attempt 1 failed \(1 of 2\): verify: sh exited with code 3\..*\n {4}2 tests failed$/s,
    ),
    expect.stringMatching(/Parked: attempt 2 of 2 failed: verify: sh exited with code 3\./),
  ]);

  // What the agent completed itself stays: nobody knows who did it.
  expect(await runResult(system, early)).toMatchObject({
    end: 'complete',
    verdict: { kind: 'not-verified' },
  });
  expect(await inStatus(system, early, 'complete')).toBeDefined();
  expect(await lastComment(early)).toMatch(/completed before its work was verified, and that failed/);

  await inPhase(system, cora, 'parked');
  expect(await lastComment(cora)).toMatch(/the agent ended without completing its task or handing it on/);
  expect(await runResult(system, cody)).toMatchObject({ end: 'complete', verdict: { kind: 'completed' } });
  // Handed on to cody, who completes it.
  await inStatus(system, hank, 'complete');
  expect(await system.comments(hank)).toEqual([]);

  await inStatus(system, wes, 'complete');
  expect(git(repository, 'log', '--format=%s', `tinyscheduler/task-${wes}`)).toBe(`task ${wes}\nfirst`);
  expect(await lastComment(wes)).toContain(`    task ${wes}\n    first`);
  expect(git(repository, 'status', '--porcelain')).toBe('');

  // It is the agent that waits, and its task was not touched.
  const health = await eventually('it says what is wrong', async () => {
    const found = (await agentIn(system, 'lost')).health;
    return found.state === 'misconfigured' ? found : undefined;
  });
  expect(health.reason).toMatch(/^there is no repository .*nowhere: clone it there, or correct "worktree"/);
  expect(await system.tinytask.get(lost)).toMatchObject({ status: 'idle' });

  // An edit counts at the next attempt.
  await agents({ vera: { verify: ['true'] }, lost: { worktree: { repository: 'repo' } } });
  await signalTask(system, vera, 'retry');
  await inStatus(system, vera, 'complete');
  await inStatus(system, lost, 'complete');

  // The tree of the first goes with the second; its work stays.
  const next = await taskOf('wes');
  await inStatus(system, next, 'complete');
  const trees = () => git(repository, 'worktree', 'list');
  await eventually('the first is gone', async () => (trees().includes(`/task-${wes} `) ? undefined : true));
  expect(trees()).toContain(`/task-${next} `);
  expect(git(repository, 'show', `tinyscheduler/task-${wes}:made.txt`)).toBe(String(wes));
});

test('a worker that is killed while it makes a worktree, and while it verifies, leaves nothing that lasts', async () => {
  for (const held of ['hold-add', 'hold-verify']) writeFileSync(at(held), '');
  rmSync(at('adding'), { force: true });
  const [adds, verifies] = [await taskOf('wes'), await taskOf('kit')];
  const pidIn = (file: string) =>
    eventually(`${file} is written`, async () =>
      existsSync(at(file)) ? Number(readFileSync(at(file), 'utf8')) || undefined : undefined,
    );
  const pids = [await pidIn('adding'), await pidIn('verifying')];
  await daemons.killAll();
  for (const pid of pids)
    await eventually(`process ${pid} is ended`, async () => (existsSync(`/proc/${pid}`) ? undefined : true));
  expect((await system.tinytask.get(verifies))?.status).toBe('working');
  for (const held of ['hold-add', 'hold-verify']) rmSync(at(held));
  await daemons.start();
  await inStatus(system, adds, 'complete');
  await inStatus(system, verifies, 'complete');
  expect(git(repository, 'log', '--format=%s', `tinyscheduler/task-${adds}`)).toBe(`task ${adds}\nfirst`);
  expect(git(repository, 'fsck', '--no-dangling')).toBe('');
});

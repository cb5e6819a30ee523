import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { logged, logLines } from '../support/log-of-the-day.ts';
import { nextWholePass } from '../support/passes.ts';
import { SeenDaemons } from '../support/seen-daemons.ts';
import { type System, startSystem } from '../support/system.ts';
import { inStatus, newTask } from '../support/task-runs.ts';

const AGENTS = [
  { agentName: 'vaela', agentType: 'dev', limit: 2 },
  { agentName: 'oscar', agentType: 'qa' },
];
const ESCAPE = String.fromCharCode(27);
/** What every pass says. */
const OF_EVERY_PASS = /INFO - (Starting reconciliation|Reconciliation completed)/;

let system: System;
let daemons: SeenDaemons;
let logDir: string;
beforeAll(async () => {
  system = await startSystem();
  logDir = join(system.dir, 'state/logs');
  system.env.TINYSCHEDULER_LOOP_INTERVAL_SEC = '1';
  await system.agents(AGENTS);
  await system.recipe('vaela', 'MODEL: say Done.');
  daemons = new SeenDaemons(system);
});
afterAll(async () => {
  await daemons.end();
  await system.stop();
});

test('what happens is in the file of the day, once, and nothing while nothing happens', async () => {
  const daemon = await daemons.start();
  await logged(logDir, /Processing queue 'qa'/);
  const { id } = await newTask(system, { queue: 'dev', title: `secret${ESCAPE}]0;title` });
  const after = await newTask(system, { queue: 'dev', blockedByTaskId: id });
  const own = await newTask(system, { assignedTo: 'vaela' });
  for (const task of [after, own]) await inStatus(system, task.id, 'complete');
  const misled = await newTask(system, { queue: `nobody${ESCAPE}[2J\nFAKE ERROR - line` });
  const unwritten = await newTask(system, { queue: 'qa' });
  await logged(logDir, /Agent oscar cannot run/);
  await logged(logDir, new RegExp(`Skipping task ${unwritten.id}: oscar cannot run`));
  await logged(logDir, new RegExp(`Skipping task ${misled.id}`));
  await system.tool('delete_task', { id: unwritten.id });
  const blocked = await newTask(system, { queue: 'dev', blockedByTaskId: misled.id });
  await logged(logDir, /Filtered out 1 blocked/);
  await system.tool('delete_task', { id: blocked.id });

  await system.controlFile('[{"agentName": "vaela",]');
  await logged(logDir, /WARNING - The agent control file .* cannot be used/);
  await nextWholePass(system);
  await system.agents(AGENTS);
  await logged(logDir, /Over: The agent control file/);

  const back = await system.withoutTinyTask();
  await logged(logDir, /ERROR - TinyTask at .* does not answer/);
  await nextWholePass(system);
  await back();
  await logged(logDir, /TinyTask answers again/);

  // A pause would be another reason, and what comes after it the first one again.
  const skipped = new RegExp(
    `INFO - Skipping task ${misled.id}: no agent serves queue "nobody \\[2J FAKE ERROR - line"`,
  );
  expect(logLines(logDir).filter((line) => skipped.test(line))).toHaveLength(1);
  await system.client.workflow.getHandle('scheduler').signal('pause');
  await logged(logDir, /The scheduler is paused/);
  await system.client.workflow.getHandle('scheduler').signal('resume');
  await logged(logDir, /The scheduler is no longer paused/);
  await nextWholePass(system);
  const before = logLines(logDir);
  await nextWholePass(system);
  await nextWholePass(system);
  const news = logLines(logDir).slice(before.length);
  expect(news.filter((line) => !OF_EVERY_PASS.test(line))).toEqual([]);

  rmSync(join(system.dir, 'agents.json'));
  await logged(logDir, /WARNING - LEGACY MODE/);
  await logged(logDir, /Queue-based processing will be disabled. Using legacy agent_limits only.$/);
  await system.agents(AGENTS);
  await logged(logDir, /Over: LEGACY MODE/);
  daemon.kill('SIGTERM');
  await once(daemon, 'exit');

  const attempt = `Task ${id} attempt 1 on vaela`;
  const ONCE = [
    /\|INFO - Serving as daemon, \d+@/,
    /INFO - Loaded agent registry: 2 agents, with slots: vaela 2, oscar 1$/,
    new RegExp(
      `INFO - Prioritizing 1 blocker task\\(s\\): Task ${id} blocks 1 task\\(s\\); pass \\w+-\\w+-\\d+$`,
    ),
    new RegExp(`INFO - Assigning task ${id} to dev agent vaela$`),
    new RegExp(`INFO - Starting task ${own.id}, which .* vaela; pass \\w+-\\w+-\\d+$`),
    new RegExp(`INFO - ${attempt} starts; log task_${id}_attempt_1_\\w+\\.log, run [\\w-]+$`),
    new RegExp(
      `INFO - ${attempt} ended: completed, .*; [\\d.]+ s, \\d+ turns, .*log task_${id}_.*run [\\w-]+$`,
    ),
    new RegExp(`INFO - ${attempt}: set to complete; run [\\w-]+$`),
    new RegExp(
      `WARNING - Task ${unwritten.id} attempt 1 on oscar did not start: misconfigured, there is no recipe`,
    ),
    /ERROR - TinyTask at/,
    /WARNING - The agent control file .* cannot be used/,
    /INFO - Over: The agent control file/,
    /WARNING - Agent oscar cannot run/,
    /INFO - TinyTask answers again$/,
    /INFO - The scheduler is paused/,
  ];
  const counts = ONCE.map((what) => [String(what), before.filter((line) => what.test(line)).length]);
  expect(counts).toEqual(ONCE.map((what) => [String(what), 1]));
  const lines = logLines(logDir);
  expect(lines.at(-1)).toMatch(/INFO - Stopped$/);
  expect(lines.filter((line) => !OF_EVERY_PASS.test(line)).length).toBeLessThan(90);
  expect(
    lines.filter((line) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\|(INFO|WARNING|ERROR) - \S/.test(line)),
  ).toEqual([]);
  for (const text of ['secret', 'scripted', ESCAPE]) expect(lines.join('\n')).not.toContain(text);
  expect(statSync(shell('echo $LOG_FILE')).mode & 0o777).toBe(0o600);
});

/** As the operators of the Python version have them in their notes and scripts. */
test.each<[command: string, answer: RegExp]>([
  ['grep "Loaded agent registry" $LOG_FILE | tail -1', /Loaded agent registry: 2 agents/],
  ['grep "Starting reconciliation" $LOG_FILE | tail -10 | wc -l', /^10$/],
  ['grep -A 30 "Starting reconciliation" $LOG_FILE | grep -c "Reconciliation completed"', /^\d\d+$/],
  ['grep -E "(tasks_spawned|unassigned_matched|assigned_spawned)" $LOG_FILE | tail -1', /tasks_spawned=\d+/],
  ['grep "Agent types (queues)" $LOG_FILE | tail -1', /INFO - Agent types \(queues\): dev, qa$/],
  ['grep "Processing queue" $LOG_FILE | tail -1', /Processing queue '\w+': \d+ available slots/],
  ['grep "available slots" $LOG_FILE | tail -1', /Processing queue/],
  [`grep "Found.*unassigned tasks in queue 'dev'" $LOG_FILE | tail -1 | awk '{print $4}'`, /^0$/],
  [`grep "Assigning task" $LOG_FILE | awk '{print $NF}' | sort | uniq -c`, /^ *2 vaela$/],
  [`grep "Assigning task" $LOG_FILE | awk '{print $(NF-1), $NF}' | sort -u`, /^agent vaela$/],
  ['grep -ac "Assigning task.*to.*dev" $LOG_FILE', /^2$/],
  ['grep "Filtered out" $LOG_FILE', /Filtered out 1 blocked task\(s\)/],
  ['grep "Blocked tasks skipped" $LOG_FILE', /Blocked tasks skipped: 1$/m],
  ['grep "Prioritizing.*blocker task" $LOG_FILE', /Prioritizing 1 blocker/],
  ['grep "Task.*blocks.*task(s)" $LOG_FILE', /Task \d+ blocks 1 task\(s\)/],
  ['grep ERROR $LOG_FILE | grep -vc FAKE', /^1$/],
  [`grep "|ERROR" $LOG_FILE | awk '{print $1}' | cut -d: -f1 | sort | uniq -c`, /^ *1 \d{4}-\d\d-\d\dT\d\d$/],
  [
    `grep "|ERROR" $LOG_FILE | awk -F'ERROR - ' '{print $2}' | sort | uniq -c | sort -rn`,
    /^ *1 TinyTask at http/,
  ],
])('%s', (command, answer) => {
  expect(shell(command)).toMatch(answer);
});

test('Temporal away: said once when it begins and once when it ends, on stderr too, without stack traces', async () => {
  const stderr = join(system.dir, 'stderr');
  const old = ['scheduler_20200101.log', 'task_1_attempt_1_00000000.log'].map((name) => join(logDir, name));
  for (const path of old) writeFileSync(path, '');
  for (const path of old) utimesSync(path, 1e9, 1e9);
  const daemon = await daemons.start(stderr);
  await eventually('old logs are removed', () => !old.some((path) => existsSync(path)));
  const comesBack = await system.withoutServer();
  await logged(logDir, /ERROR - Temporal at .* cannot be used; it is tried again: it does not answer$/);
  await comesBack();
  await logged(logDir, /Temporal at .* answers again/);
  await nextWholePass(system);
  daemon.kill('SIGTERM');
  await once(daemon, 'exit');
  const said = readFileSync(stderr, 'utf8').trimEnd().split('\n');
  const messages = said.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  expect(messages.filter(({ msg }) => msg.includes('Temporal at')).map(({ level }) => level)).toEqual([
    50, 30,
  ]);
  expect(messages.filter(({ level }) => level > 30).length).toBeLessThan(8);
  expect(said.filter((line) => /^\s+at /.test(line) || line.includes('stack'))).toEqual([]);
});

function shell(command: string): string {
  const env = { ...process.env, LOG_DIR: logDir };
  const script = `LOG_FILE=$LOG_DIR/scheduler_$(date +%Y%m%d).log; ${command}`;
  return execFileSync('sh', ['-c', script], { env }).toString().trimEnd();
}

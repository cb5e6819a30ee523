// A process of its own: it judges by what ps and TinyTask show. Of what the system says of itself it takes only what it
// can say against itself: that an agent is idle beside work, or unwell for a task's fault.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENTS } from '../agents.ts';
import type { FromObserver, ObserverSettings, ToObserver } from '../messages.ts';
import { FULL_MS } from '../rules.ts';
import { Timeline } from '../timeline.ts';
import { Pools } from './pools.ts';
import { ProcessRules, sayRun } from './process-rules.ts';
import { TaskRules } from './task-rules.ts';

const LOOK_MS = 75;
const POLL_MS = 1_000;
/** Where many programs want the processor, everybody is late, and twice: what is to act, and what it acts on. */
const LATE_FOR_MS = 5_000;

const { dir, tinytask, temporal, zeroMs } = JSON.parse(process.argv[2] ?? '{}') as ObserverSettings;
const timeline = new Timeline(join(dir, 'timeline.txt'), 'observer', zeroMs);
const tell = (message: FromObserver) => void process.send?.(message, () => {});
const now = () => performance.now();

let calmSinceMs: number | undefined;
let looks = 0;
let longestGapMs = 0;
let finishing = false;
let serversKilled = 0;
const said = new Set<string>();

function violation(rule: number, about: string, text: string): void {
  if (said.has(`${rule} ${about}`)) return;
  said.add(`${rule} ${about}`);
  timeline.write(`VIOLATION of rule ${rule}: ${text}`);
  tell({ tell: 'violation', rule, text });
}

const rules: ProcessRules = new ProcessRules(dir, {
  violation,
  started(run) {
    timeline.write(`start  ${sayRun(run)}`);
    tasks.started(run);
    const { token, task, agent, root } = run;
    tell({ tell: 'run', token, task, agent, pid: root.pid, startTime: root.startTime });
  },
  ended(run) {
    const lost = run.lost ? `, ${(now() - run.lost.sinceMs).toFixed(0)} ms after ${run.lost.why}` : '';
    timeline.write(
      `end    task ${run.task} of ${run.agent} (run ${run.token.slice(0, 8)}) after ${(run.lastSeenMs - run.firstSeenMs).toFixed(0)} ms${lost}`,
    );
    tell({ tell: 'run-ended', token: run.token });
  },
  guardian(pid, worker) {
    timeline.write(`guardian ${pid} of worker ${worker}`);
    tell({ tell: 'guardian', pid, worker });
  },
});
const tasks = new TaskRules(dir, tinytask, rules.runs, violation);
const pools = new Pools(temporal, violation);
/** Empty where no worker runs. */
function servedBy(): string {
  const workers = rules.workers.running();
  return workers.length === 0 ? '' : `workers ${workers.join(' ')}, server ${serversKilled}`;
}

process.on('message', (message: ToObserver) => {
  switch (message.tell) {
    case 'worker':
      rules.workers.add(message.pid, message.host, now());
      break;
    case 'server-killed':
      serversKilled += 1;
      break;
    case 'hand':
      tasks.hands.announced(message.on, Date.now());
      tell({ tell: 'heard', number: message.number });
      break;
    case 'hand-done':
      tasks.hands.done(message.on, Date.now());
      break;
    case 'calm':
      calmSinceMs = now();
      rules.most.clear();
      break;
    case 'storm':
      judgeSlots();
      calmSinceMs = undefined;
      break;
    case 'finish':
      finishing = true;
  }
});
process.on('disconnect', () => process.exit(0));
// A terminal's Ctrl-C reaches it too; its driver stops what is under way first.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

/** There is always work for every agent, so a slot that stayed empty through a calm was not given back. */
function judgeSlots(): void {
  if (calmSinceMs === undefined || now() - calmSinceMs < FULL_MS) return;
  for (const { name, limit } of AGENTS) {
    const most = rules.most.get(name) ?? 0;
    if (most < limit)
      violation(
        3,
        name,
        `${name} had at most ${most} of its ${limit} slots in use in ${(now() - calmSinceMs).toFixed(0)} ms without a disturbance, though there was work`,
      );
  }
}

async function watchProcesses(): Promise<void> {
  const late: { atMs: number; ms: number }[] = [];
  while (!finishing) {
    const lookAtMs = now();
    while (late[0] && lookAtMs - late[0].atMs > LATE_FOR_MS) late.shift();
    const lateMs = 2 * Math.max(0, ...late.map(({ ms }) => ms));
    rules.look(lookAtMs, lateMs);
    tasks.judgeTaken(lookAtMs, lateMs, calmSinceMs);
    looks += 1;
    await sleep(Math.max(5, LOOK_MS - (now() - lookAtMs)));
    const gapMs = now() - lookAtMs;
    late.push({ atMs: now(), ms: gapMs - LOOK_MS });
    longestGapMs = Math.max(longestGapMs, gapMs);
  }
}

async function watchTasks(): Promise<void> {
  while (!finishing) {
    // Down for now, or on its way up: it is killed too.
    await tasks.look(now, calmSinceMs).catch(() => undefined);
    await sleep(POLL_MS);
  }
}

async function watchPools(): Promise<void> {
  while (!finishing) await pools.look(servedBy);
}

timeline.write('the observer looks');
tell({ tell: 'ready' });
await Promise.all([watchProcesses(), watchTasks(), watchPools()]);
await pools.close();
rules.look(now(), 0);
await tasks.look(now, calmSinceMs);
await tasks.judgeComments();
for (const run of rules.runs.live.values()) violation(2, run.token, `${sayRun(run)} lives at the end`);
const figures = {
  ...rules.figures,
  ...pools.figures,
  looks,
  longestGapMs: Math.round(longestGapMs),
  abandonedMs: tasks.abandonedMs,
};
tell({ tell: 'final', figures });

import { setTimeout as sleep } from 'node:timers/promises';
import { endUnused } from '../../../embedded/presence/end-unused.ts';
import {
  findHelperProcesses,
  type HelperProcess,
  type StateDir,
} from '../../../embedded/presence/helper-processes.ts';
import { nameOf, type Present, whoIsPresent } from '../../../embedded/presence/presence-records.ts';
import { readEmbeddedState } from '../../../embedded/presence/state-file.ts';
import { installationOf } from '../../../goose/host/owner.ts';
import { isAlive, type ProcessIdentity } from '../../../os/process-identity.mjs';
import { stopProcess } from '../../../os/stop-process.ts';
import { endLeftRuns } from '../../../workers/leftovers.ts';
import type { Context } from '../call/context.ts';
import { print, say } from '../show/print.ts';

export interface StopOptions {
  /** How long everything may take to end in order; afterwards it is killed. Default 60. */
  timeoutSec?: number;
}

const TIMEOUT_SEC = 60;
const LOOK_EVERY_MS = 100;
const KINDS: Record<HelperProcess['kind'], string> = {
  temporal: 'the Temporal server',
  tinytask: 'TinyTask',
  api: 'the server of the API',
  guardian: 'a guardian',
};

/**
 * `stop`: ends whatever of ours works with this state directory, agents first, and the servers that were brought up
 * for it, also those that killed processes have left. Returns the exit code when all is gone.
 */
export async function runStop(
  { loaded }: Context,
  { timeoutSec = TIMEOUT_SEC }: StopOptions,
): Promise<number> {
  const { config } = loaded;
  const { stateDir } = config;
  const installation = await installationOf(stateDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (installation === undefined) return nothing();
  const place: StateDir = { stateDir, installation };
  const untilMs = performance.now() + timeoutSec * 1000;
  const before = await findHelperProcesses(place);

  // A supervisor ends its daemon itself, and would start it again.
  const supervisors = supervisorsOf(stateDir);
  await endAll(supervisors, untilMs, timeoutSec);
  const rest = whoIsPresent(stateDir);
  await endAll(rest, untilMs, timeoutSec);
  const problems = await endGooses(place, config, untilMs);
  for (const problem of problems) say(problem);
  await endUnused(place);

  const gone = before.filter((each) => !isAlive(each));
  for (const { kind, pid } of gone) print(`Ended ${KINDS[kind]} (process ${pid}).`);
  const newcomers = whoIsPresent(stateDir);
  for (const { role, pid } of newcomers)
    say(`\`${nameOf(role)}\` (process ${pid}) was started meanwhile and goes on; \`stop\` again ends it.`);
  if (newcomers.length > 0 || problems.length > 0) return 1;
  return supervisors.length + rest.length + gone.length === 0 ? nothing() : 0;
}

function nothing(): number {
  print('Nothing runs here.');
  return 0;
}

function supervisorsOf(stateDir: string): Present[] {
  const present = whoIsPresent(stateDir).filter(({ role }) => role === 'start');
  const { supervisor } = readEmbeddedState(stateDir);
  if (!supervisor || present.some(({ pid }) => pid === supervisor.pid)) return present;
  // It has only just begun, or could not write that it is there.
  return [...present, { pid: supervisor.pid, startTime: supervisor.startTime, role: 'start' }];
}

async function endAll(ones: readonly Present[], untilMs: number, timeoutSec: number): Promise<void> {
  await Promise.all(
    ones.map(async (one) => {
      const name = `\`${nameOf(one.role)}\` (process ${one.pid})`;
      const how = await stopProcess(one, Math.max(0, untilMs - performance.now()));
      print(how === 'killed' ? `Killed ${name}: it did not end within ${timeoutSec} s.` : `Ended ${name}.`);
    }),
  );
}

/**
 * What killed processes have left: their guardians end their gooses, and then themselves; what has no guardian either is
 * ended here. Returns what could not be ended, as sentences.
 */
async function endGooses(place: StateDir, config: EndsRuns, untilMs: number): Promise<string[]> {
  const problems = await endLeftRuns(config);
  let guardians: ProcessIdentity[];
  do {
    guardians = (await findHelperProcesses(place)).filter(({ kind }) => kind === 'guardian');
    if (guardians.length > 0) await sleep(LOOK_EVERY_MS);
  } while (guardians.length > 0 && performance.now() < untilMs);
  await Promise.all(guardians.map((each) => stopProcess(each, 0)));
  return problems;
}

type EndsRuns = Context['loaded']['config'];

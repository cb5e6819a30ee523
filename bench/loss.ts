import type { Figure, Measurement } from './figures.ts';
import { round } from './numbers.ts';
import { family, sessionLives } from './processes.ts';
import { type Stand, withStand } from './stand.ts';
import { until } from './until.ts';

const AGENTS = 5;
const SLEEP_SECONDS = 600;
/** By default settings: three heartbeats of 15 s. */
const HEARTBEAT_TIMEOUT_SEC = 45;
const LONGEST_WAIT_MS = 120_000;

interface Loss {
  recoverySec: number | null;
  goneSec: number | null;
}

/** The worker is killed and started again at once: when do its tasks run again, and when are the old agents gone? */
export const loss: Measurement = {
  keys: ['recovery_s', 'orphans_gone_s'],
  async measure(root) {
    const guarded = await killWorker(root, false);
    const unguarded = await killWorker(root, true);
    const figures: Figure[] = [
      {
        key: 'recovery_s',
        what: 'worker killed (SIGKILL) and started again -> its tasks run again',
        value: guarded.recoverySec,
        unit: 's',
        goal: { atMost: 10 },
        note: `${AGENTS} agents, the last one counts; with its guardian killed too ${say(unguarded.recoverySec)} (goal: at most ${HEARTBEAT_TIMEOUT_SEC + 5} s)`,
      },
      {
        key: 'orphans_gone_s',
        what: 'worker killed (SIGKILL) -> the old agents, which heed TERM, are gone',
        value: guarded.goneSec,
        unit: 's',
        goal: { atMost: 1 },
        note: `with its guardian killed too ${say(unguarded.goneSec)}`,
      },
    ];
    return { figures };
  },
};

async function killWorker(root: string, guardianToo: boolean): Promise<Loss> {
  return withStand(root, { agents: AGENTS, slots: 1, sleepSeconds: SLEEP_SECONDS }, async (stand) => {
    await stand.addTasks(AGENTS);
    const daemon = await stand.startDaemon();
    const before = await until('all agents', () => {
      const runs = stand.agentRuns();
      return runs.length === AGENTS && runs;
    });
    const agents = new Set(before.map(({ pid }) => pid));
    const helpers = family([daemon.pid], agents).filter((pid) => pid !== daemon.pid);
    const killedMs = Date.now();
    if (guardianToo) for (const pid of helpers) process.kill(pid, 'SIGKILL');
    process.kill(daemon.pid, 'SIGKILL');
    const gone = whenGone(agents, killedMs);
    await stand.startDaemon();
    return { recoverySec: await whenBack(stand, killedMs), goneSec: await gone };
  });
}

async function whenBack(stand: Stand, killedMs: number): Promise<number | null> {
  const fresh = () => stand.agentRuns().filter(({ startMs }) => startMs > killedMs);
  const runs = await until('the tasks again', () => fresh().length >= AGENTS && fresh(), {
    deadlineMs: LONGEST_WAIT_MS,
  }).catch(() => undefined);
  return runs === undefined
    ? null
    : round((Math.max(...runs.map(({ startMs }) => startMs)) - killedMs) / 1_000);
}

async function whenGone(leaders: ReadonlySet<number>, killedMs: number): Promise<number | null> {
  const gone = () => ![...leaders].some(sessionLives) && Date.now();
  const atMs = await until('the end of the old agents', gone, {
    deadlineMs: LONGEST_WAIT_MS,
    everyMs: 20,
  }).catch(() => undefined);
  return atMs === undefined ? null : round((atMs - killedMs) / 1_000);
}

function say(seconds: number | null): string {
  return seconds === null ? `not within ${LONGEST_WAIT_MS / 1_000} s` : `${seconds} s`;
}

import { argvOf, environmentOf, lives, type Seen } from './processes.ts';

/** One goose run as the operating system shows it: everything alive that carries its token or descends from it. */
export interface Run {
  token: string;
  task: number;
  agent: string;
  /** The first process that was seen of it. */
  root: Seen;
  /** The worker that started it; undefined when that was gone before the first look. */
  worker: number | undefined;
  firstSeenMs: number;
  lastSeenMs: number;
  members: Seen[];
  /** Since when nobody looks after it, and why. */
  lost?: { sinceMs: number; why: string };
  /** It was there while nothing of ours ran on this host. */
  uncovered?: boolean;
}

/** What a process says of itself by its command line and environment. */
interface Mark {
  token: string;
  task: number;
  agent: string;
}

/** Finds the runs of one system among the processes. */
export class Runs {
  readonly live = new Map<string, Run>();
  readonly #dir: string;
  /** Token by process, so that one which drops every mark is still known. */
  #tokens = new Map<string, string>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** `workerOf`: the worker that a process is or belongs to. */
  look(
    processes: Map<number, Seen>,
    nowMs: number,
    workerOf: (pid: number) => number | undefined,
  ): { started: Run[]; ended: Run[] } {
    const tokens = new Map<string, string>();
    const started: Run[] = [];
    for (const run of this.live.values()) run.members = [];
    for (const each of processes.values()) this.#place(each, processes, tokens, started, nowMs, workerOf);
    this.#tokens = tokens;
    const ended = [...this.live.values()].filter((run) => run.members.length === 0);
    for (const run of ended) this.live.delete(run.token);
    return { started, ended };
  }

  #place(
    each: Seen,
    processes: Map<number, Seen>,
    tokens: Map<string, string>,
    started: Run[],
    nowMs: number,
    workerOf: (pid: number) => number | undefined,
  ): string | undefined {
    if (tokens.has(each.key)) return tokens.get(each.key);
    let token = this.#tokens.get(each.key);
    if (token === undefined || !this.live.has(token)) {
      const parent = processes.get(each.ppid);
      token = parent && this.#place(parent, processes, tokens, started, nowMs, workerOf);
      const mark = token === undefined ? this.#markOf(each) : undefined;
      token ??= mark?.token;
      if (mark !== undefined && !this.live.has(mark.token)) {
        const run: Run = {
          ...mark,
          root: each,
          // Where a keeper holds the run together, it stands between the two.
          worker:
            workerOf(each.ppid) ??
            workerOf(processes.get(each.ppid)?.ppid ?? 0) ??
            workerIn(environmentOf(each.pid, 'TINYSCHEDULER_RUN_OWNER')),
          firstSeenMs: nowMs,
          lastSeenMs: nowMs,
          members: [],
        };
        this.live.set(mark.token, run);
        started.push(run);
      }
    }
    if (token === undefined) return undefined;
    tokens.set(each.key, token);
    const run = this.live.get(token);
    run?.members.push(each);
    if (run) run.lastSeenMs = nowMs;
    return token;
  }

  #markOf({ argv, pid, key }: Seen): Mark | undefined {
    const child = argv.find((each) => each.startsWith('chaos-child:'));
    if (child !== undefined) {
      const [, token = '', agent = '', task, ...dir] = child.split(':');
      return dir.join(':') === this.#dir ? { token, agent, task: Number(task) } : undefined;
    }
    if (!argv.includes(`base_path=${this.#dir}`) || isCheck(argv)) return undefined;
    const value = (name: string) => argv.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
    const token = environmentOf(pid, 'TINYSCHEDULER_RUN_TOKEN') ?? key;
    // Between fork and exec of a child without an environment the two do not belong together.
    const again = argvOf(pid);
    if (!again.includes(`base_path=${this.#dir}`) || isCheck(again)) return undefined;
    return {
      token,
      task: Number(value('task_id')),
      agent: value('agent') ?? '',
    };
  }
}

/** The pid of the worker that a mark names (goose/host/owner.ts): of a run whose first process had gone before it was seen. */
export function workerIn(mark: string | undefined): number | undefined {
  const pid = /^[0-9a-f]+\.(\d+)\./.exec(mark ?? '')?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** goose that only shows a recipe, with the command line of a run, and works on nothing. */
export function isCheck(argv: readonly string[]): boolean {
  return argv.includes('--render-recipe');
}

/** Those of the runs that live at this moment: a look takes time, and a run may end in the middle of it. */
export function stillAlive(runs: readonly Run[]): Run[] {
  return runs.filter(({ members }) => members.some(({ pid, startTime }) => lives(pid, startTime)));
}

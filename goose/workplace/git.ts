import { programPath } from '../../os/executable.mjs';
import { CommandFailedError, runCommand } from '../../os/run-command.mjs';
import { Unfit } from '../program/unfit.ts';
import type { Environment } from '../start/command-line.ts';

/** As long as the checkout of a large repository may take. */
const LONGEST_MS = 15 * 60_000;
const LONGEST_WORD = 300;

/**
 * What of git's configuration does not count when we call it: hooks and a file watcher are commands that whoever can write
 * to the repository has named, an agent perhaps. Filters of its attributes are needed to check files out, and do run.
 */
const OURS = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'gc.auto=0', 'maintenance.auto=false'];

/** Runs git in a directory, and returns what it wrote to stdout. @throws GitError, or what its signal was aborted with */
export type Git = (directory: string, args: readonly string[]) => Promise<string>;

/** git has failed. */
export class GitError extends Error {
  override readonly name = 'GitError';
  /** What it complained of: one line. */
  readonly complaint: string;

  constructor(args: readonly string[], complaint: string) {
    super(`git ${args[0]} failed: ${complaint}`);
    this.complaint = complaint;
  }
}

/** @param env the environment of the run, so that whoever ends the run ends its git, too @throws Unfit where there is no git */
export function findGit(env: Environment, signal?: AbortSignal): Git {
  const git = programPath('git', env.PATH);
  if (git === undefined)
    throw new Unfit(
      'there is no git on PATH, and the agent has a worktree: install git, or remove "worktree"',
    );
  const options = OURS.flatMap((each) => ['-c', each]);
  return async (directory, args) => {
    try {
      return await runCommand(git, ['-C', directory, ...options, ...args], {
        env: gitEnvironment(env),
        timeoutMs: LONGEST_MS,
        signal,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new GitError(args, complaintOf(error));
    }
  };
}

/** Nobody is there to be asked, and no variable may name another repository than the one that is meant. */
function gitEnvironment(env: Environment): Environment {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(kept),
    ...{ GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
  };
}

function complaintOf(error: unknown): string {
  if (!(error instanceof CommandFailedError)) return error instanceof Error ? error.message : String(error);
  const lines = error.output.split('\n').filter((line) => line.trim() !== '');
  const said = lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1) ?? error.how;
  return said
    .replace(/^(?:fatal|error): /, '')
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, LONGEST_WORD);
}

import { type Stop, stoppedVerdict } from './judge.ts';
import type { Verdict } from './verdict.ts';

/** How a program of BIN_DIR has ended. */
export interface CommandFacts {
  /** As `sayProgram` has it. */
  program: string;
  exitCode: number | null;
  /** The signal that ended it, such as `SIGTERM`. */
  signal: string | null;
  /** Set if we stopped it. */
  stopped?: Stop | undefined;
  /** What it wrote last, fit for people and without secrets; absent: nothing. */
  lastLine?: string | undefined;
}

const LONGEST_NAME = 80;

/** A program for people, as its schedule names it: others wrote that. */
export function sayProgram(named: string): string {
  return JSON.stringify(named.length > LONGEST_NAME ? `${named.slice(0, LONGEST_NAME)}…` : named);
}

/**
 * What a program came to. Its exit code is the evidence, as for cron and systemd: no model has to have answered. That it fails
 * says nothing of the agent, since each task of that has a program of its own.
 */
export function judgeCommand(facts: CommandFacts): Verdict {
  const { program, exitCode, signal, stopped } = facts;
  const failed = (how: string): Verdict => ({
    kind: 'agent-failed',
    reason: withLastLine(`${program} ${how}`, facts),
  });
  if (stopped !== undefined) return ofStopped(stopped, facts);
  if (signal !== null) {
    const hint = signal === 'SIGKILL' ? ', perhaps because memory ran out' : '';
    return failed(`was ended by ${signal} from outside${hint}`);
  }
  if (exitCode === null) return failed('ended, and nobody knows its exit code');
  if (exitCode !== 0) return failed(`exited with code ${exitCode}`);
  return { kind: 'completed', reason: `${program} exited with code 0` };
}

/** What it wrote last tells where it was only if it was stopped for what it did itself. */
function ofStopped(stopped: Stop, facts: CommandFacts): Verdict {
  const verdict = stoppedVerdict(stopped);
  const isItsOwn = stopped.why === 'timed-out' || stopped.why === 'stalled';
  return isItsOwn ? { ...verdict, reason: withLastLine(verdict.reason, facts) } : verdict;
}

function withLastLine(reason: string, { lastLine }: CommandFacts): string {
  return lastLine === undefined ? reason : `${reason}; its last line: ${JSON.stringify(lastLine)}`;
}

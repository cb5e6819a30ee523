import { type Containment, containment } from '../start/containment.ts';
import type { GooseStart } from '../start/start.ts';
import { AttemptLog, type AttemptLogOptions } from './attempt-log.ts';
import { LastLines } from './last-lines.ts';
import { Output } from './output.ts';
import type { RunLimits } from './stop-reason.ts';
import { type ProgramEnd, type ProgramOptions, type ProgramSpec, runToTheEnd } from './to-the-end.ts';

/** A program of a run that is not goose: what it writes is for people. */
export interface OtherProgram extends GooseStart, RunLimits, Pick<ProgramSpec, 'who' | 'check' | 'graceMs'> {
  log: AttemptLogOptions;
  /** As `containment` says where absent. */
  held?: Containment | undefined;
}

export interface OtherProgramEnd {
  ended: ProgramEnd;
  /** What it wrote last. */
  last: LastLines;
  log: AttemptLog;
  /** Milliseconds since 1970, as is `endedAt`. */
  startedAt: number;
  endedAt: number;
}

/** Runs it in a log of its own. Resolves only when nothing of it is alive any more; only a failing `onStarted` rejects. */
export async function runOtherProgram(spec: OtherProgram, options: ProgramOptions): Promise<OtherProgramEnd> {
  const startedAt = Date.now();
  const [log, held] = await Promise.all([AttemptLog.open(spec.log), spec.held ?? containment()]);
  const last = new LastLines();
  const ended = await runToTheEnd({ ...spec, held }, new Output(last, log), options).finally(() =>
    log.close(),
  );
  return { ended, last, log, startedAt, endedAt: Date.now() };
}

import type { Reason } from '../domain/plan/reason.ts';
import type { ScheduleProblem } from '../domain/schedule/kept.ts';
import type { NotBegun } from '../domain/schedule/occurrence.ts';

// The values that a label may have, all of them: each has a series from the beginning, so that 0 is told from not known.

/** Keys by type, so that one that is added does not compile until it is here. */
function all<Name extends string>(names: Record<Name, true>): readonly Name[] {
  return Object.keys(names) as Name[];
}

export const REASONS = all<Reason['why']>({
  starting: true,
  'slot-due': true,
  running: true,
  'backing-off': true,
  parked: true,
  'working-elsewhere': true,
  'run-dying': true,
  blocked: true,
  cycle: true,
  'open-subtasks': true,
  'scheduler-paused': true,
  'scheduler-disabled': true,
  unassigned: true,
  'not-released': true,
  'legacy-unassigned': true,
  'no-agent-for-queue': true,
  'unknown-agent': true,
  'limit-zero': true,
  'agent-paused': true,
  'pool-paused': true,
  'pool-held': true,
  'agent-quiet': true,
  'agent-cooling-down': true,
  'agent-misconfigured': true,
  'agent-budget': true,
  'pool-budget': true,
  'agent-full': true,
  'pool-full': true,
  'pool-unavailable': true,
  'starts-limited': true,
});

export const UNWELL = ['cooling-down', 'misconfigured'] as const;

export const LEFT_OUT = all<NotBegun['why']>({
  paused: true,
  skipped: true,
  superseded: true,
  'too-late': true,
  duplicate: true,
  finished: true,
  'no-such-schedule': true,
  'not-fired': true,
  overlap: true,
  replaced: true,
});

/** `not-read`: so many are in trouble that this one was not asked for what it is. */
export const TROUBLES = [
  ...all<ScheduleProblem['problem']>({
    'did-not-fire': true,
    'bad-ends': true,
    'not-kept': true,
    missed: true,
  }),
  'not-read',
] as const;

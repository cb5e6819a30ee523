import type { Rank } from '../../../../domain/rank.ts';
import type { Grant } from '../../../../domain/slots/pool.ts';
import type { RunRef } from '../../../../domain/slots/run-ref.ts';

/** A run of a task, as its workflow and its goose host have it. */
export class Run {
  phase: 'waiting' | 'running' | 'backing-off' = 'waiting';
  /** Whose slot it has or had last. */
  agent: string | null = null;
  /** Granted and not yet looked at. */
  grants: Grant[] = [];
  /** Fence of the last grant that it gave back. */
  usedUp = 0;
  /** All that ever arrived. */
  readonly heard: Grant[] = [];
  /** The grant that it runs under. */
  under: Grant | null = null;
  /** Its host has started goose under that grant. */
  hasBegun = false;
  /** Its activity is at the server. */
  atAttempt = false;
  /** The fence that its host says with each heartbeat of that; undefined: none has begun. */
  beat: number | undefined;
  /** Its host has given the slot back, and has not yet said what the attempt came to. */
  completes: (() => void) | undefined;
  /** It has said nothing since it asked. */
  asksOnly = false;
  /** A message of its own is on its way, and it does nothing before that has arrived. */
  sends = false;
  closedAtMs: number | null = null;
  /** Its host is gone, which the server notices then. */
  lostAtMs: number | null = null;
  /** Semaphores whose first look does not show it as it is; nobody can terminate what nobody sees. */
  readonly unseenBy = new Set<string>();
  attempts = 0;
  /** Fence of the last grant that it took or gave back. */
  fence = 0;

  constructor(
    readonly ref: RunRef,
    readonly semaphore: string,
    readonly wants: string | null,
    readonly rank: Rank,
    readonly rankedAtMs: number,
  ) {}

  get isOpen(): boolean {
    return this.closedAtMs === null;
  }

  get isUnseen(): boolean {
    return this.unseenBy.size > 0;
  }

  get taskId(): number {
    return this.rank.id;
  }

  hear(grant: Grant): void {
    this.heard.push(grant);
    if (grant.fence > this.usedUp) this.grants.push(grant);
  }

  take(): Grant | undefined {
    const grant = this.grants.pop();
    if (grant === undefined) return undefined;
    Object.assign(this, {
      phase: 'running',
      agent: grant.agent,
      under: grant,
      fence: grant.fence,
      hasBegun: false,
      atAttempt: true,
      beat: undefined,
    });
    return grant;
  }
}

/** Processes of one attempt. */
export interface Goose {
  run: Run;
  grant: Grant;
  /** Whoever runs it has ended it by then; null: it may run on. */
  endsAtMs: number | null;
}

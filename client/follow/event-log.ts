import { randomBytes } from 'node:crypto';
import type { ErrorCode } from '../../contract/errors.ts';
import type { Look } from '../../contract/listings.ts';
import type { AllSchedules } from '../../contract/schedule.ts';
import { Backlog, type Told } from './backlog.ts';
import { type Change, changesBetween, type Seen, schedulesIn, seenIn } from './changes.ts';

/** More changes in one look are one snapshot. */
const MOST_CHANGES = 1_000;

/** Of one moment, with so many tasks each: a large one has megabytes. */
const MOST_SNAPSHOTS = 4;

/** What is told of the scheduler over time. */
export type Happening =
  /** Everything at one moment. */
  | {
      event: 'snapshot';
      look: Look /** Null: they have not been read yet. */;
      schedules: AllSchedules | null;
    }
  | Change
  /** Whether it is known how things are, tasks among them. `code`: of what does not answer; null: all does. */
  | { event: 'connection'; ok: boolean; code: ErrorCode | 'internal' | null };

export interface EventLogOptions<Each extends Told> {
  /** Makes of what happened what is kept and given on. `tasks`: so many may be in a snapshot; undefined: as usual. */
  tell(id: string, number: number, happening: Happening, tasks?: number): Each;
  /** What is kept for those who come back. */
  most: { events: number; size: number };
}

/**
 * What looks show, as events with ids that go on. Ids are `<epoch>-<number>`; an epoch is one log's. It looks at nothing itself.
 */
export class EventLog<Each extends Told> {
  readonly #tell: EventLogOptions<Each>['tell'];
  readonly #backlog: Backlog<Each>;
  #epoch = newEpoch();
  #last = 0;
  #seen: Seen | undefined;
  #current: { look: Look; told: Map<number | undefined, Each> } | undefined;
  #schedules: { all: AllSchedules; seen: Seen } | undefined;
  #trouble: ErrorCode | 'internal' | null = null;

  constructor({ tell, most }: EventLogOptions<Each>) {
    this.#tell = tell;
    this.#backlog = new Backlog(most);
  }

  /** A look that came off: it is known again how things are, but for tasks where TinyTask does not answer. */
  take(look: Look): void {
    const now = seenIn(look, this.#seen);
    const changes = this.#seen === undefined ? [] : changesBetween(this.#seen, now);
    // Who came while tasks were not known has had none of them.
    const areBack = this.#current?.look.tasks === null && look.tasks !== null;
    this.#seen = now;
    this.#current = { look, told: new Map() };
    if (areBack) this.#add(this.#everything(look));
    else this.#addAll(changes, look);
    this.noteTrouble(silentIn(look));
  }

  /** Schedules are read apart from looks, and seldom. Those of the first reading are news to whoever has a snapshot without them. */
  takeSchedules(all: AllSchedules): void {
    const before = this.#schedules?.seen ?? new Map();
    const seen = schedulesIn(all, before);
    this.#schedules = { all, seen };
    if (this.#current === undefined) return;
    this.#current.told.clear();
    this.#addAll(changesBetween(before, seen), this.#current.look);
  }

  #addAll(changes: readonly Change[], look: Look): void {
    if (changes.length > MOST_CHANGES) this.#add(this.#everything(look));
    else for (const change of changes) this.#add(change);
  }

  #everything(look: Look): Happening {
    return { event: 'snapshot', look, schedules: this.#schedules?.all ?? null };
  }

  /** That it is not known how things are, and that it is known again: once each. Null: all is well. */
  noteTrouble(code: ErrorCode | 'internal' | null): void {
    if (code === this.#trouble) return;
    this.#trouble = code;
    this.#add(this.#connection());
  }

  /** What came after that number; undefined: that is not known, or not kept any more. */
  missedSince(number: number | undefined): Each[] | undefined {
    return number === undefined ? undefined : this.#backlog.after(number, this.#last);
  }

  /** Whether anything has been seen yet. */
  get hasSeen(): boolean {
    return this.#current !== undefined;
  }

  /** Everything, as it was seen last, with so many tasks. Only where something has been. */
  snapshot(tasks?: number): Each {
    if (this.#current === undefined) throw new Error('there is no look to make a snapshot of');
    const { look, told } = this.#current;
    const made = told.get(tasks) ?? this.#told(this.#last, this.#everything(look), tasks);
    if (made.number !== this.#last) {
      told.clear();
      return this.snapshot(tasks);
    }
    if (told.size < MOST_SNAPSHOTS) told.set(tasks, made);
    return made;
  }

  /** For whoever is told before anything has been seen, and for whoever gets a snapshot while something does not answer. */
  firstWord(): Each {
    return this.#told(this.#last, { event: 'connection', ok: false, code: this.#trouble });
  }

  /** Something does not answer, and a snapshot is of what was known before. */
  get hasTrouble(): boolean {
    return this.#trouble !== null;
  }

  /** The number that an id names; undefined: it is of another epoch, or none. */
  numberIn(id: string | null): number | undefined {
    const [, of, number] = /^([0-9a-f]{8})-(\d{1,15})$/.exec(id ?? '') ?? [];
    return of === this.#epoch ? Number(number) : undefined;
  }

  /** Begins anew. */
  forget(): void {
    this.#epoch = newEpoch();
    this.#backlog.clear();
    this.#seen = undefined;
    this.#current = undefined;
    this.#schedules = undefined;
  }

  #connection(): Happening {
    return { event: 'connection', ok: this.#trouble === null, code: this.#trouble };
  }

  #add(happening: Happening): void {
    this.#last += 1;
    this.#backlog.add(this.#told(this.#last, happening));
  }

  #told(number: number, happening: Happening, tasks?: number): Each {
    return this.#tell(`${this.#epoch}-${number}`, number, happening, tasks);
  }
}

function silentIn({ tasks, status }: Look): ErrorCode | null {
  if (tasks !== null) return null;
  const failed = status.problems.find((problem) => problem.what === 'failed');
  return failed?.failure.code ?? 'tinytask-unreachable';
}

function newEpoch(): string {
  return randomBytes(4).toString('hex');
}

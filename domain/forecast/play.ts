import type { Grant } from '../slots/pool.ts';
import { type Basis, type Course, type Experience, NOTHING } from './experience.ts';
import { Heap } from './heap.ts';
import { type Held, PlayedLine, poolsOf } from './lines.ts';
import type { ForecastInput, Played } from './outset.ts';

/** What one draw came to, by the place of each task. Times in milliseconds since the epoch; infinity: not within the draw. */
export interface Draw {
  starts: Float64Array;
  ends: Float64Array;
  /** Who got it first; undefined: nobody. */
  agents: (string | undefined)[];
}

/** From what all draws begin. */
export interface Outset {
  input: ForecastInput;
  /** In the order in which they go. */
  tasks: readonly Played[];
  experience: Experience;
  /** Place -> places of the tasks that wait for it. */
  followers: readonly (readonly number[])[];
  /** How many tasks each waits for; infinity: for one that is not open, or never over. */
  before: readonly number[];
}

export function makeOutset(input: ForecastInput, tasks: readonly Played[], experience: Experience): Outset {
  const places = new Map(tasks.map(({ task }, place) => [task.id, place]));
  const followers: number[][] = tasks.map(() => []);
  const before = tasks.map(({ after, how }, place) => {
    if (how.is === 'running') return 0;
    for (const id of after) {
      const at = places.get(id);
      if (at === undefined) return Number.POSITIVE_INFINITY;
      followers[at]?.push(place);
    }
    return after.length;
  });
  return { input, tasks, experience, followers, before };
}

type Event =
  | { atMs: number; what: 'attempt-over'; place: number }
  | { atMs: number; what: 'in-line'; place: number }
  | { atMs: number; what: 'look'; semaphore: string };

/** What a task is at while it is played. */
interface UnderWay {
  course: Course | undefined;
  leg: number;
  grant: Held | undefined;
}

/**
 * Plays the backlog once until nothing more happens: attempts end, slots become free, and the next in line gets one.
 *
 * @param shareOf from 0 to 1, by task id: which of the known courses the task takes, the shortest first
 */
export function play(outset: Outset, shareOf: (taskId: number) => number): Draw {
  return new Playing(outset, shareOf).run();
}

class Playing {
  readonly #outset: Outset;
  readonly #shareOf: (taskId: number) => number;
  readonly #lines: Map<string, PlayedLine>;
  readonly #events = new Heap<Event>((a, b) => a.atMs < b.atMs);
  readonly #underWay: UnderWay[];
  readonly #before: number[];
  readonly #draw: Draw;
  /** Semaphore -> when it is looked at next, whatever happens. */
  readonly #looks = new Map<string, number>();

  constructor(outset: Outset, shareOf: (taskId: number) => number) {
    this.#outset = outset;
    this.#shareOf = shareOf;
    const { tasks, input } = outset;
    this.#lines = new Map(
      [...poolsOf(input.plan, input.zones)].map(([id, pool]) => [id, new PlayedLine(pool)]),
    );
    this.#underWay = tasks.map(() => ({ course: undefined, leg: 0, grant: undefined }));
    this.#before = [...outset.before];
    const never = () => new Float64Array(tasks.length).fill(Number.POSITIVE_INFINITY);
    this.#draw = { starts: never(), ends: never(), agents: tasks.map(() => undefined) };
  }

  run(): Draw {
    const { tasks, input } = this.#outset;
    const { nowMs } = input.plan;
    tasks.forEach(({ how }, place) => {
      if (how.is === 'running') this.#goOn(place, how);
      else if (how.is === 'to-run' && this.#before[place] === 0) this.#ask(place, nowMs);
    });
    for (const semaphore of this.#lines.keys()) this.#grant(semaphore, nowMs);
    for (let event = this.#events.take(); event !== undefined; event = this.#events.take()) this.#on(event);
    return this.#draw;
  }

  #on(event: Event): void {
    const { atMs } = event;
    if (event.what === 'attempt-over') this.#attemptOver(event.place, atMs);
    else if (event.what === 'in-line') {
      this.#putInLine(event.place);
      this.#grant(this.#outset.tasks[event.place]?.semaphore, atMs);
    } else {
      if (this.#looks.get(event.semaphore) === atMs) this.#looks.delete(event.semaphore);
      this.#grant(event.semaphore, atMs);
    }
  }

  /** An attempt that is under way takes as long as one that has taken longer than it has until now. */
  #goOn(place: number, { agent, sinceMs }: { agent: string | null; sinceMs: number }): void {
    const { tasks, input } = this.#outset;
    const played = tasks[place];
    if (played === undefined) return;
    const { nowMs } = input.plan;
    this.#draw.starts[place] = sinceMs;
    this.#draw.agents[place] = agent ?? undefined;
    const takenMs = Math.max(0, nowMs - sinceMs);
    const { courses } = agent === null ? NOTHING : basisOf(played, agent, this.#outset.experience);
    const longer = courses.filter(({ legs: [first] }) => (first?.heldMs ?? 0) > takenMs);
    // One that is longer than each that is known is taken as if it had just begun.
    const isLongest = longer.length === 0;
    const course = this.#pick(isLongest ? courses : longer, played.task.id);
    const run = { workflowId: `task-${played.task.id}`, runId: '' };
    this.#underWay[place] = { course, leg: 0, grant: { ...run, fence: 0, agent: agent ?? '' } };
    const heldMs = course?.legs[0]?.heldMs ?? Number.POSITIVE_INFINITY;
    this.#attemptUntil(place, isLongest ? nowMs + heldMs : sinceMs + heldMs);
    if (agent !== null) this.#lines.get(played.semaphore ?? '')?.hold({ ...run, agent }, sinceMs);
  }

  /** It is in line from now on, or from when its time has come. */
  #ask(place: number, nowMs: number): void {
    const how = this.#outset.tasks[place]?.how;
    if (how?.is !== 'to-run') return;
    if (how.fromMs <= nowMs) this.#putInLine(place);
    else this.#events.add({ atMs: how.fromMs, what: 'in-line', place });
  }

  #putInLine(place: number): void {
    const { waiter, semaphore } = this.#outset.tasks[place] ?? {};
    if (waiter !== undefined) this.#lines.get(semaphore ?? '')?.add({ place, waiter });
  }

  #grant(semaphore: string | undefined, nowMs: number): void {
    const line = this.#lines.get(semaphore ?? '');
    if (line === undefined || semaphore === undefined) return;
    for (const { place, grant } of line.grants(nowMs)) this.#begin(place, grant, nowMs);
    const dueMs = line.nextDueMs(nowMs);
    if (dueMs === undefined || dueMs === this.#looks.get(semaphore)) return;
    this.#looks.set(semaphore, dueMs);
    this.#events.add({ atMs: dueMs, what: 'look', semaphore });
  }

  #begin(place: number, grant: Grant, nowMs: number): void {
    const played = this.#outset.tasks[place];
    const at = this.#underWay[place];
    if (played === undefined || at === undefined) return;
    at.grant = grant;
    if (this.#draw.agents[place] === undefined) {
      this.#draw.agents[place] = grant.agent;
      this.#draw.starts[place] = nowMs;
      const { courses } = basisOf(played, grant.agent, this.#outset.experience);
      at.course = this.#pick(courses, played.task.id);
    }
    this.#attemptUntil(place, nowMs + (at.course?.legs[at.leg]?.heldMs ?? Number.POSITIVE_INFINITY));
  }

  #attemptUntil(place: number, atMs: number): void {
    if (atMs < Number.POSITIVE_INFINITY) this.#events.add({ atMs, what: 'attempt-over', place });
  }

  #attemptOver(place: number, nowMs: number): void {
    const at = this.#underWay[place];
    const semaphore = this.#outset.tasks[place]?.semaphore;
    const { restedMs = 0, tokens } = at?.course?.legs[at.leg] ?? {};
    if (at?.grant !== undefined) this.#lines.get(semaphore ?? '')?.giveBack(at.grant, tokens, nowMs);
    if (at?.course?.legs[at.leg + 1] === undefined) this.#over(place, nowMs);
    else {
      at.leg += 1;
      this.#events.add({ atMs: nowMs + restedMs, what: 'in-line', place });
    }
    this.#grant(semaphore, nowMs);
  }

  /** The task is over, and perhaps others may start, or are over with it. */
  #over(place: number, nowMs: number): void {
    const over = [place];
    for (const each of over) {
      this.#draw.ends[each] = nowMs;
      for (const next of this.#outset.followers[each] ?? []) {
        const left = (this.#before[next] ?? 0) - 1;
        this.#before[next] = left;
        if (left !== 0) continue;
        const { how, semaphore } = this.#outset.tasks[next] ?? {};
        if (how?.is === 'parent') over.push(next);
        else {
          this.#ask(next, nowMs);
          this.#grant(semaphore, nowMs);
        }
      }
    }
  }

  #pick(courses: readonly Course[], taskId: number): Course | undefined {
    return courses[Math.floor(this.#shareOf(taskId) * courses.length)];
  }
}

/** On what a guess about a task rests where this agent has it. */
export function basisOf({ recipe }: Pick<Played, 'recipe'>, agent: string, experience: Experience): Basis {
  return experience.of(agent, recipe ?? agent);
}

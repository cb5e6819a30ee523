import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ASK_AGAIN_MS,
  enter,
  GONE_AFTER_MS,
  isOutOfOrder,
  leave,
  MOST_NAMED,
} from '../../../domain/schedule/admission.ts';
import type { EnterAsked, Entered, KnownOccurrence } from '../../../domain/schedule/entry.ts';

const T = 1_764_000_000_000;

/** Of the schedule that its letter names: `a1` is the first of schedule `a`. */
function asked(name: string, change: Partial<EnterAsked> = {}): EnterAsked {
  const schedule = name.slice(0, 1);
  const number = Number(name.slice(1));
  return {
    ...{ workflowId: name, runId: `run of ${name}`, schedule, jobKey: schedule, plannedMs: T + number },
    ...{ maxPerJob: null, maxGlobal: null, overlap: 'allow', priority: 0, force: false, atMs: T, ...change },
  };
}

/** The admission as its workflow keeps it. */
class Played {
  known: KnownOccurrence[] = [];
  tell: string[] = [];
  nowMs = T;

  ask(name: string, change: Partial<EnterAsked> = {}): Entered {
    const it = asked(name, change);
    const inOrder = isOutOfOrder(this.known, it, this.nowMs);
    const { answer, ...after } = enter(this.known, it, this.nowMs, { inOrder });
    Object.assign(this, after);
    return answer;
  }

  leave(...names: string[]): string[] {
    Object.assign(
      this,
      leave(
        this.known,
        names.map((workflowId) => ({ workflowId, runId: `run of ${workflowId}` })),
      ),
    );
    return this.tell;
  }

  get names(): string[] {
    return this.known.map(({ workflowId, enteredMs }) =>
      enteredMs === undefined ? `${workflowId}?` : workflowId,
    );
  }
}

const NOW = { enter: 'now' };
const waits = (what: string, ...ids: string[]) => ({ enter: 'wait', waits: { for: what, with: ids } });

describe('limits', () => {
  test('over all schedules: one more than may be waits, with whom it waits for, and is told when its turn comes', () => {
    const it = new Played();
    const limit = { maxGlobal: 2 };
    expect([it.ask('a1', limit), it.ask('b1', limit)]).toEqual([NOW, NOW]);
    expect(it.ask('c1', limit)).toEqual({
      enter: 'wait',
      waits: { for: 'all-schedules', limit: 2, with: ['a1', 'b1'] },
      untilMs: T + ASK_AGAIN_MS,
    });
    expect(it.leave('a1')).toEqual(['c1']);
    expect(it.ask('c1', limit)).toEqual(NOW);
  });

  test('by job key, also of several schedules; others are not in the way', () => {
    const it = new Played();
    const limit = { maxPerJob: 1, maxGlobal: 3, jobKey: 'db' };
    expect(it.ask('a1', limit)).toEqual(NOW);
    expect(it.ask('b1', limit)).toMatchObject({
      enter: 'wait',
      waits: { for: 'job-key', jobKey: 'db', limit: 1 },
    });
    expect(it.ask('c1', { ...limit, jobKey: 'other' })).toEqual(NOW);
  });

  test('each brings its own: a stricter one waits for what a laxer one does not', () => {
    const it = new Played();
    expect(it.ask('a1', { maxGlobal: 1 })).toEqual(NOW);
    expect(it.ask('b1')).toEqual(NOW);
    expect(it.ask('c1', { maxGlobal: 2 })).toMatchObject(waits('all-schedules', 'a1', 'b1'));
    expect(it.ask('d1')).toEqual(NOW);
  });

  test('one with force passes all and counts', () => {
    const it = new Played();
    const limit = { maxGlobal: 1, maxPerJob: 1, overlap: 'skip' as const };
    expect([it.ask('a1', limit), it.ask('a2', { ...limit, force: true })]).toEqual([NOW, NOW]);
    expect(it.leave('a1')).toEqual([]);
    expect(it.ask('b1', limit)).toMatchObject(waits('all-schedules', 'a2'));
  });

  test('of many in the way some are named, and over time each is', () => {
    const it = new Played();
    for (let number = 0; number < 50; number += 1) it.ask(`a${number}`);
    const named = new Set<string>();
    for (let minute = 0; minute < 10; minute += 1) {
      const answer = it.ask('b1', { maxGlobal: 50 });
      if (answer.enter !== 'wait') throw new Error(answer.enter);
      expect(answer.waits.with).toHaveLength(MOST_NAMED);
      for (const id of answer.waits.with) named.add(id);
      it.nowMs += ASK_AGAIN_MS;
    }
    expect(named.size).toBe(50);
  });
});

describe('the line', () => {
  const one = { maxGlobal: 1 };

  test('goes by priority, then by planned time, whoever asked first', () => {
    const it = new Played();
    it.ask('x1', one);
    for (const name of ['b2', 'a1', 'c9']) it.ask(name, { ...one, priority: name === 'c9' ? 5 : 0 });
    expect(it.leave('x1')).toEqual(['c9']);
    expect(it.ask('b2', one)).toMatchObject(waits('all-schedules', 'c9', 'a1'));
    it.ask('c9', { ...one, priority: 5 });
    expect(it.leave('c9')).toEqual(['a1']);
  });

  test('a newcomer overtakes nobody who waits for the same', () => {
    const it = new Played();
    it.ask('x1', { maxGlobal: 1 });
    it.ask('a1', { maxGlobal: 1 });
    expect(it.ask('b2', { maxGlobal: 5 })).toMatchObject(waits('all-schedules', 'x1', 'a1'));
    it.leave('x1');
    expect(it.ask('c3', one)).toMatchObject({ enter: 'wait' });
  });

  test('who waits for a job key keeps no place of all from others', () => {
    const it = new Played();
    const db = { jobKey: 'db', maxPerJob: 1, maxGlobal: 2 };
    it.ask('a1', db);
    expect(it.ask('b1', db)).toMatchObject({ waits: { for: 'job-key' } });
    expect(it.ask('c1', { maxGlobal: 2 })).toEqual(NOW);
  });

  test('one without a limit over all does not take the job key of one that waits for a place, again and again', () => {
    const it = new Played();
    it.ask('x1', one);
    expect(it.ask('a1', { ...one, jobKey: 'db', maxPerJob: 1 })).toMatchObject(waits('all-schedules', 'x1'));
    expect(it.ask('b2', { jobKey: 'db', maxPerJob: 1 })).toMatchObject(waits('job-key', 'a1'));
  });

  test('one that has not asked for three minutes is gone, one that was let in is not', () => {
    const it = new Played();
    it.ask('x1', one);
    it.ask('a1', one);
    it.nowMs += GONE_AFTER_MS;
    it.ask('b2', one);
    expect(it.names).toEqual(['x1', 'a1?', 'b2?']);
    it.nowMs += 1;
    it.ask('b2', one);
    expect(it.names).toEqual(['x1', 'b2?']);
  });

  test('one that asks again after it was let in has the same answer, and counts once', () => {
    const it = new Played();
    const two = { maxGlobal: 2 };
    expect([it.ask('a1', two), it.ask('a1', two), it.ask('b1', two)]).toEqual([NOW, NOW, NOW]);
    it.ask('c1', { ...two, priority: 9 });
    it.ask('d1', { force: true });
    expect(it.ask('a1', two)).toEqual(NOW);
    expect(it.names).toEqual(['a1', 'b1', 'c1?', 'd1']);
  });

  test('a word about another run of the same id changes nothing', () => {
    const it = new Played();
    it.ask('a1', one);
    it.known = leave(it.known, [{ workflowId: 'a1', runId: 'an earlier one' }]).known;
    expect(it.ask('b1', one)).toMatchObject(waits('all-schedules', 'a1'));
  });
});

describe('an earlier one of the same schedule is not over:', () => {
  test('skip leaves the later one out, with whom it met, also where the earlier one is still in line', () => {
    const it = new Played();
    const skip = { overlap: 'skip' as const, maxGlobal: 1 };
    it.ask('a1', skip);
    it.nowMs += 5;
    expect(it.ask('a2', skip)).toEqual({ enter: 'not', because: { why: 'overlap', with: 'a1', sinceMs: T } });
    it.ask('b1', skip);
    expect(it.ask('b2', skip)).toEqual({
      enter: 'not',
      because: { why: 'overlap', with: 'b1', sinceMs: T + 1 },
    });
    expect(it.names).toEqual(['a1', 'b1?']);
  });

  test('in turn they wait for one another, whatever came before; nobody takes their place', () => {
    const it = new Played();
    const inTurn = { overlap: 'in-turn' as const };
    it.ask('a9', { overlap: 'skip' });
    for (const name of ['a1', 'a2']) expect(it.ask(name, inTurn)).toMatchObject({ enter: 'wait' });
    expect(it.ask('a8', { overlap: 'skip' })).toMatchObject({ enter: 'not', because: { why: 'overlap' } });
    expect(it.leave('a9')).toEqual(['a1']);
    expect(it.ask('a1', inTurn)).toEqual(NOW);
    expect(it.ask('a2', inTurn)).toMatchObject(waits('overlap', 'a1'));
    expect(it.leave('a1')).toEqual(['a2']);
  });

  test('buffer has one wait, and a newer one takes its place', () => {
    const it = new Played();
    const buffer = { overlap: 'buffer' as const };
    it.ask('a1', buffer);
    expect(it.ask('a2', buffer)).toMatchObject(waits('overlap', 'a1'));
    it.ask('a3', buffer);
    expect(it.tell).toEqual(['a2']);
    expect(it.ask('a2', buffer)).toEqual({ enter: 'not', because: { why: 'replaced', by: 'a3' } });
    expect(it.leave('a1')).toEqual(['a3']);
    expect(it.ask('a3', buffer)).toEqual(NOW);
  });

  test('those that nobody heard of for long wait in the order of their times again, whoever asks first', () => {
    const silent = (overlap: EnterAsked['overlap']) => {
      const it = new Played();
      for (const name of ['a1', 'a2']) it.ask(name, { overlap });
      it.nowMs += GONE_AFTER_MS + 1;
      it.ask('a3', { overlap });
      return { it, ask: (name: string) => it.ask(name, { overlap }) };
    };
    const buffer = silent('buffer');
    expect(buffer.ask('a2')).toEqual({ enter: 'not', because: { why: 'replaced', by: 'a3' } });
    expect(buffer.ask('a3')).toMatchObject(waits('overlap', 'a1'));
    const inTurn = silent('in-turn');
    expect(inTurn.ask('a2')).toMatchObject(waits('overlap', 'a1'));
    expect(inTurn.it.leave('a1')).toEqual(['a2']);
    const cancel = silent('cancel');
    const cancelled = (name: string) => {
      const answer = cancel.ask(name);
      return answer.enter === 'cancel-first' && answer.cancel.map(({ workflowId }) => workflowId);
    };
    expect([cancelled('a2'), cancelled('a3')]).toEqual([['a1'], ['a1', 'a2']]);
  });

  test('buffer names the newest one that came since, and none that does not wait behind it', () => {
    const it = new Played();
    const buffer = { overlap: 'buffer' as const };
    it.ask('x1', { jobKey: 'a', maxPerJob: 1 });
    for (const name of ['a1', 'a2', 'a3', 'a4']) it.ask(name, buffer);
    expect(it.ask('a2', buffer)).toEqual({ enter: 'not', because: { why: 'replaced', by: 'a4' } });
    expect(it.ask('a5', { overlap: 'allow', maxPerJob: 1 })).toMatchObject(waits('job-key', 'x1', 'a1'));
    expect(it.ask('a4', buffer)).toMatchObject(waits('overlap', 'a1'));
  });

  test('buffer keeps the place of one that waits for a limit, since it is the earlier one', () => {
    const it = new Played();
    const buffer = { overlap: 'buffer' as const, maxGlobal: 1 };
    it.ask('x1', buffer);
    it.ask('a1', buffer);
    for (const newer of ['a2', 'a3']) expect(it.ask(newer, buffer)).toMatchObject(waits('overlap', 'a1'));
    expect(it.leave('x1')).toEqual(expect.arrayContaining(['a1', 'a2']));
    expect(it.ask('a1', buffer)).toEqual(NOW);
  });

  test('cancel has all earlier ones stopped, and waits until they are over', () => {
    const it = new Played();
    const cancel = { overlap: 'cancel' as const };
    it.ask('a1', cancel);
    it.ask('a2', { ...cancel, force: true });
    expect(it.ask('a3', cancel)).toMatchObject({
      enter: 'cancel-first',
      waits: { for: 'overlap', with: ['a1', 'a2'] },
      cancel: [
        { workflowId: 'a1', runId: 'run of a1' },
        { workflowId: 'a2', runId: 'run of a2' },
      ],
    });
    expect(it.known.map(({ cancelledFor }) => cancelledFor)).toEqual(['a3', 'a3', undefined]);
    expect(it.leave('a1')).toEqual([]);
    expect(it.leave('a2')).toEqual(['a3']);
    expect(it.ask('a3', cancel)).toEqual(NOW);
  });

  test('allow lets both work; other schedules are never in the way', () => {
    const it = new Played();
    expect([it.ask('a1'), it.ask('a2'), it.ask('b1', { overlap: 'skip' })]).toEqual([NOW, NOW, NOW]);
  });

  test('a better ranked later one does not hold up the earlier one for which it waits', () => {
    const it = new Played();
    const mine = { overlap: 'buffer' as const, maxGlobal: 1 };
    it.ask('x1', mine);
    it.ask('a1', mine);
    it.ask('a2', { ...mine, priority: 9 });
    expect(it.leave('x1')).toEqual(['a1']);
  });
});

describe('whatever comes', () => {
  const OVERLAPS = ['skip', 'buffer', 'cancel', 'allow', 'in-turn'] as const;
  const limit = fc.option(fc.integer({ min: 1, max: 3 }), { nil: null });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ does: fc.constant('comes' as const), of: fc.integer({ min: 0, max: 3 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ does: fc.constantFrom('ends', 'dies', 'asks' as const), of: fc.nat(30) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ does: fc.constant('time' as const), of: fc.integer({ min: 1, max: 240_000 }) }),
    },
  );
  const schedules = fc.array(
    fc.record({
      overlap: fc.constantFrom(...OVERLAPS),
      jobKey: fc.constantFrom('k', 'l'),
      ...{ maxPerJob: limit, maxGlobal: limit, priority: fc.integer({ min: 0, max: 2 }) },
    }),
    { minLength: 4, maxLength: 4 },
  );

  /** Occurrences as they live: what they asked, and whether they are still there, whatever the admission knows. */
  class World extends Played {
    readonly asks = new Map<string, Partial<EnterAsked>>();
    readonly alive = new Set<string>();
    readonly leftOut = new Set<string>();
    count = 0;

    comes(schedule: Partial<EnterAsked>, letter: string): void {
      this.count += 1;
      const name = `${letter}${this.count}`;
      this.asks.set(name, schedule);
      this.alive.add(name);
      this.asksToEnter(name);
    }

    /** As its activity does: those in its way that are closed are told of. */
    asksToEnter(name: string): void {
      if (!this.alive.has(name) || this.isIn(name)) return;
      for (;;) {
        const answer = this.ask(name, this.asks.get(name));
        if (answer.enter === 'now') {
          this.holds(name);
          return;
        }
        const inTheWay =
          answer.enter !== 'not'
            ? answer.waits.with
            : [answer.because.why === 'overlap' ? answer.because.with : answer.because.by];
        const closed = inTheWay.filter((id) => !this.alive.has(id));
        if (closed.length > 0) {
          this.leave(...closed);
          continue;
        }
        if (answer.enter === 'not') {
          this.alive.delete(name);
          this.leftOut.add(name);
        }
        if (answer.enter === 'cancel-first')
          for (const { workflowId } of answer.cancel) this.ends(workflowId);
        return;
      }
    }

    /** `lost`: its word that it is over. */
    ends(name: string, lost = false): void {
      this.alive.delete(name);
      if (!lost) this.leave(name);
    }

    isIn(name: string): boolean {
      return this.known.some(({ workflowId, enteredMs }) => workflowId === name && enteredMs !== undefined);
    }

    get working(): KnownOccurrence[] {
      return this.known.filter(
        ({ workflowId, enteredMs }) => enteredMs !== undefined && this.alive.has(workflowId),
      );
    }

    /** No limit of one that has just been let in is exceeded. */
    holds(name: string): void {
      const { maxPerJob, maxGlobal, jobKey, overlap } = asked(name, this.asks.get(name));
      const others = this.known.filter(({ enteredMs }) => enteredMs !== undefined);
      if (maxGlobal !== null) expect(others.length).toBeLessThanOrEqual(maxGlobal);
      if (maxPerJob !== null)
        expect(others.filter((each) => each.jobKey === jobKey).length).toBeLessThanOrEqual(maxPerJob);
      if (overlap !== 'allow')
        expect(others.filter(({ schedule }) => schedule === name.slice(0, 1))).toHaveLength(1);
    }
  }

  test('no limit is exceeded, nobody waits for ever, and nothing that was lost keeps the others from working', () => {
    fc.assert(
      fc.property(schedules, fc.array(step, { maxLength: 60 }), (rules, steps) => {
        const world = new World();
        for (const { does, of } of steps) {
          const names = [...world.alive];
          const name = names[of % Math.max(1, names.length)] ?? '';
          if (does === 'comes') world.comes(rules[of] ?? {}, 'abcd'[of] ?? 'a');
          else if (does === 'time') world.nowMs += of;
          else if (does === 'asks') world.asksToEnter(name);
          else if (world.isIn(name) || does === 'dies') world.ends(name, does === 'dies');
        }
        // From now on each works for a while, ends, and half of their words are lost.
        for (let minute = 0; world.alive.size > 0; minute += 1) {
          expect(minute).toBeLessThan(3 * world.count + 10);
          world.nowMs += ASK_AGAIN_MS;
          for (const each of world.working.filter((_, at) => at === 0))
            world.ends(each.workflowId, minute % 2 === 0);
          for (const name of [...world.alive]) world.asksToEnter(name);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('whoever is told gets another answer than to wait', () => {
    fc.assert(
      fc.property(schedules, fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }), (rules, comes) => {
        const world = new World();
        for (const of of comes) world.comes(rules[of] ?? {}, 'abcd'[of] ?? 'a');
        for (const { workflowId } of world.working) {
          for (const told of world.leave(workflowId)) {
            const { answer } = enter(world.known, asked(told, world.asks.get(told)), world.nowMs);
            expect(['now', 'not']).toContain(answer.enter);
          }
        }
      }),
    );
  });
});

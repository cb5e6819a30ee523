import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bundle } from '../../../domain/notify/bundle.ts';
import {
  type Absence,
  CONDITION_KINDS,
  type Condition,
  type ConditionKind,
  changesTo,
  ofKinds,
} from '../../../domain/notify/condition.ts';
import {
  delivered,
  emptyOutbox,
  failingIn,
  levelsOf,
  look,
  MOST_PENDING,
  next,
  notDelivered,
  type Outbox,
  tellDue,
  tellDueMs,
  waitingIn,
} from '../../../domain/notify/outbox.ts';
import type { NotDelivered } from '../../../domain/notify/patience.ts';

const MINUTE = 60_000;
const RULES = { afterMs: 5 * MINUTE, recovered: true };
const AWAY: NotDelivered = { why: 'status', status: 503 };
const REFUSED: NotDelivered = { why: 'status', status: 403 };
const DISLIKED: NotDelivered = { why: 'status', status: 400 };

const parked = (taskId: number, level = 3): Condition => ({
  ...{ key: `parked/${taskId}`, level },
  facts: { kind: 'parked', taskId, agent: 'ada', attempt: level, verdict: 'agent-failed' },
});
const unwell = (agent: string): Condition => ({
  ...{ key: `unwell/${agent}`, level: 1 },
  facts: { kind: 'unwell', agent, queue: 'dev', state: 'cooling-down' },
});

/** A notifier without its workflow: it looks, and has a receiver that takes or does not. */
class Told {
  outbox: Outbox = emptyOutbox('s');
  /** What the receiver has. */
  readonly has: Bundle[] = [];
  nowMs = 1_000_000;
  #missing: ReadonlySet<string> = new Set();
  #kinds: readonly ConditionKind[] = CONDITION_KINDS;
  #absence: Absence = 'over';

  /** From now on who looks sees these kinds alone. */
  kinds(...kinds: ConditionKind[]): this {
    this.#kinds = kinds;
    return this;
  }

  /** From now on this is so of what is not found. */
  absent(absence: Absence): this {
    this.#absence = absence;
    return this;
  }

  look(...present: Condition[]): this {
    const sight = ofKinds({ present, absence: () => this.#absence }, this.#kinds);
    const { missing, ...changes } = changesTo(levelsOf(this.outbox), sight, this.#missing);
    this.#missing = missing;
    look(this.outbox, changes, RULES, this.nowMs);
    return this;
  }

  /** Two looks, so that what is gone is gone. */
  sees(...present: Condition[]): this {
    return this.look(...present).look(...present);
  }

  after(ms: number): this {
    this.nowMs += ms;
    tellDue(this.outbox, RULES, this.nowMs);
    return this;
  }

  /** All that may be sent now. */
  send(problem?: NotDelivered): this {
    for (;;) {
      const step = next(this.outbox, this.nowMs);
      if (step === undefined || !('send' in step)) return this;
      if (problem === undefined) {
        this.has.push(structuredClone(step.send));
        delivered(this.outbox, step.send.id, RULES, this.nowMs);
      } else notDelivered(this.outbox, step.send.id, problem, this.nowMs);
    }
  }

  get lines(): string[] {
    return this.has.flatMap(({ lines }) => lines.map(({ state, key }) => `${state} ${key}`));
  }
}

describe('conditions -> messages', () => {
  const table: [what: string, play: (told: Told) => Told, lines: string[]][] = [
    ['nothing is told of nothing', (told) => told.sees().send(), []],
    ['what came is told', (told) => told.sees(parked(1)).send(), ['firing parked/1']],
    [
      'what stays is told once',
      (told) => told.sees(parked(1)).send().after(MINUTE).sees(parked(1)).send(),
      ['firing parked/1'],
    ],
    [
      'a further attempt is told anew',
      (told) => told.sees(parked(1)).send().sees(parked(1, 4)).send(),
      ['firing parked/1', 'firing parked/1'],
    ],
    [
      'what is over is told, after a delivered alert',
      (told) => told.sees(parked(1)).send().sees().send(),
      ['firing parked/1', 'recovered parked/1'],
    ],
    [
      'one look that misses it does not end it',
      (told) => told.sees(parked(1)).send().look().look(parked(1)).send(),
      ['firing parked/1'],
    ],
    [
      'it comes back: it is told again',
      (told) => told.sees(parked(1)).send().sees().send().sees(parked(1)).send(),
      ['firing parked/1', 'recovered parked/1', 'firing parked/1'],
    ],
    [
      'over before it could be delivered: both are told, in order',
      (told) => told.sees(parked(1)).send(AWAY).sees().after(MINUTE).send(),
      ['firing parked/1', 'recovered parked/1'],
    ],
    [
      'over and back before it could be delivered: once',
      (told) => told.sees(parked(1)).send(AWAY).sees().sees(parked(1)).after(MINUTE).send(),
      ['firing parked/1'],
    ],
    [
      'a daemon that does not look at its kind does not end it, and one that does tells it once',
      (told) =>
        told
          .sees(parked(1))
          .send()
          .kinds('budget')
          .sees(parked(1))
          .send()
          .kinds('parked')
          .sees(parked(1))
          .send(),
      ['firing parked/1'],
    ],
    [
      'who was turned off is not told to be well, and told anew when it is unwell afterwards',
      (told) =>
        told.sees(parked(1)).send().absent('dropped').sees().send().absent('over').sees(parked(1)).send(),
      ['firing parked/1', 'firing parked/1'],
    ],
    [
      'nor where its alert is delivered later',
      (told) => told.sees(parked(1)).send(AWAY).absent('dropped').sees().after(MINUTE).send(),
      ['firing parked/1'],
    ],
    [
      'but it is where it has come back meanwhile',
      (told) => {
        told.sees(parked(1)).send(AWAY).absent('dropped').sees().absent('over').sees(parked(1));
        return told.after(MINUTE).send().sees().send();
      },
      ['firing parked/1', 'recovered parked/1'],
    ],
    [
      'what a look does not say is not over',
      (told) => told.sees(parked(1)).send().absent('unseen').sees().send(),
      ['firing parked/1'],
    ],
    ['unwell for a moment: nothing', (told) => told.sees(unwell('ada')).after(MINUTE).sees().send(), []],
    [
      'unwell for long enough',
      (told) =>
        told
          .sees(unwell('ada'))
          .after(5 * MINUTE)
          .send(),
      ['firing unwell/ada'],
    ],
  ];
  test.each(table)('%s', (_, play, lines) => {
    expect(play(new Told()).lines).toEqual(lines);
  });

  test('when an agent is to be told of is known', () => {
    const told = new Told().sees(unwell('ada'));
    expect(tellDueMs(told.outbox, RULES)).toBe(told.nowMs + 5 * MINUTE);
    expect(tellDueMs(told.after(5 * MINUTE).outbox, RULES)).toBeUndefined();
  });
});

describe('many at a time', () => {
  test('an outage of 200 agents is one message, which names ten and counts all', () => {
    const agents = Array.from({ length: 200 }, (_, at) => unwell(`ada-${at}`));
    const told = new Told()
      .sees(...agents)
      .after(5 * MINUTE)
      .send();
    expect(told.has).toHaveLength(1);
    expect(told.has[0]).toMatchObject({ count: 200, kinds: { unwell: 200 }, recovered: 0 });
    expect(told.has[0]?.lines).toHaveLength(10);
    expect(told.has[0]?.also).toHaveLength(100);
    // And its end is another one.
    told.after(MINUTE).sees().send();
    expect(told.has.slice(1)).toMatchObject([{ count: 200, recovered: 200 }]);
  });

  test('ten in a minute go by themselves, and further ones together, at most once in a minute', () => {
    const told = new Told();
    for (let id = 1; id <= 10; id++) told.sees(...upTo(id)).send();
    expect(told.has.map(({ count }) => count)).toEqual(Array(10).fill(1));
    told.sees(...upTo(15)).send();
    expect(told.has.at(-1)).toMatchObject({ count: 5 });
    told.sees(...upTo(18)).send();
    expect(told.has).toHaveLength(11);
    expect(next(told.outbox, told.nowMs)).toEqual({ atMs: told.nowMs + MINUTE });
    told.after(MINUTE).send();
    expect(told.has.slice(11).map(({ count }) => count)).toEqual([1, 1, 1]);
  });

  test('more of a kind than are told one by one are counted, and push out none that is told', () => {
    const told = new Told().sees(...upTo(300)).send();
    expect(told.outbox.known).toHaveLength(201);
    expect(told.outbox.known.at(-1)).toMatchObject({ key: 'parked/more', facts: { more: 100 } });
    const before = told.outbox.known.map(({ key }) => key);
    told
      .after(MINUTE)
      .sees(parked(0), ...upTo(300))
      .send();
    expect(told.outbox.known.map(({ key }) => key)).toEqual(before);
    expect(told.has).toHaveLength(1);
  });
});

describe('a receiver that is away', () => {
  test('for an hour loses nothing, and what was tried stays as it is', () => {
    const told = new Told().sees(parked(1)).send(AWAY);
    const first = told.outbox.sending;
    for (let minute = 1; minute <= 60; minute++)
      told
        .after(MINUTE)
        .sees(...upTo(minute))
        .send(AWAY);
    expect(told.outbox.sending).toEqual(first);
    told.after(10 * MINUTE).send();
    expect(told.has.map(({ count }) => count)).toEqual([1, 59]);
    expect(told.has[0]?.id).toBe(first?.id);
    const [, digest] = told.has;
    expect([...(digest?.lines ?? []), ...(digest?.also ?? [])]).toHaveLength(59);
  });

  test('is tried after longer and longer pauses, and each is at most five minutes', () => {
    const told = new Told().sees(parked(1));
    const pauses: number[] = [];
    for (let tries = 0; tries < 12; tries++) {
      told.send(AWAY);
      const { nextMs = 0 } = told.outbox.failing ?? {};
      pauses.push((nextMs - told.nowMs) / 1_000);
      told.nowMs = nextMs;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  test('that refuses one is asked with the next, and slowly', () => {
    const told = new Told().sees(parked(1), parked(2)).send(REFUSED);
    expect(told.outbox.failing).toMatchObject({ tries: 1, nextMs: told.nowMs + MINUTE, problem: REFUSED });
    told.after(MINUTE).send();
    expect(told.lines).toEqual(['firing parked/2', 'firing parked/1']);
  });

  describe('that does not like one message', () => {
    test('has the others meanwhile, and is asked again, less and less often', () => {
      const told = new Told().sees(parked(1)).send(DISLIKED);
      const sinceMs = told.nowMs;
      const waits: unknown[] = [];
      for (let id = 2; id <= 6; id++) {
        told.sees(parked(1), ...upTo(id)).send();
        waits.push(next(told.outbox, told.nowMs));
        const { nextMs = 0 } = told.outbox.pending[0]?.refused ?? {};
        if (id === 4) told.after(nextMs - told.nowMs).send(DISLIKED);
      }
      expect(told.lines).toEqual([2, 3, 4, 5, 6].map((id) => `firing parked/${id}`));
      expect(waits).toEqual([1, 1, 1, 3, 3].map((minutes) => ({ atMs: sinceMs + minutes * MINUTE })));
      expect(failingIn(told.outbox)).toMatchObject({ tries: 2, sinceMs, problem: DISLIKED });
      told.after(2 * MINUTE).send();
      expect(told.lines.at(-1)).toBe('firing parked/1');
      expect(failingIn(told.outbox)).toBeUndefined();
    });

    test('is not told of its end before it', () => {
      const told = new Told().sees(parked(1)).send().sees().send(DISLIKED).sees(parked(1)).send();
      expect(told.lines).toEqual(['firing parked/1']);
      told.after(MINUTE).send();
      expect(told.lines).toEqual(['firing parked/1', 'recovered parked/1', 'firing parked/1']);
    });

    test.each([401, 403, 408, 429, 500, 302])('which %i does not say', (status) => {
      const told = new Told().sees(parked(1)).send({ why: 'status', status }).sees(parked(1), parked(2));
      expect(next(told.outbox, told.nowMs)).toEqual({ atMs: told.outbox.failing?.nextMs });
    });
  });

  test('a full outbox counts the oldest of the kind that has most, and loses none', () => {
    const told = new Told().sees(unwell('first')).after(RULES.afterMs).send(AWAY);
    for (let id = 1; id <= 1_000; id++) told.sees(parked(id));
    expect(told.outbox.pending.length).toBeLessThanOrEqual(MOST_PENDING);
    // Each but the last was over before anybody could be told of it.
    expect(told.outbox.known.length).toBeLessThanOrEqual(MOST_PENDING + 2);
    expect(waitingIn(told.outbox)).toBe(1_001);
    told.after(10 * MINUTE).send();
    const sum = told.has.reduce((all, { count }) => all + count, 0);
    const recovered = told.has.reduce((all, bundle) => all + bundle.recovered, 0);
    expect(sum - recovered).toBe(1_001);
    const over = told.has.reduce((all, bundle) => all + (bundle.over ?? 0), 0);
    expect(over).toBeGreaterThan(700);
  });
});

const KINDS: ConditionKind[] = ['parked', 'unwell'];
const step = fc.oneof(
  fc.record({ see: fc.uniqueArray(fc.integer({ min: 0, max: 14 })) }),
  fc.record({ afterMs: fc.integer({ min: 0, max: 6 * MINUTE }) }),
  fc.record({ send: fc.constantFrom(undefined, AWAY, REFUSED, DISLIKED) }),
);

test('over any sequence of looks each is told once until it is over, and its end only after it was delivered', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const told = new Told();
      for (const each of steps) {
        if ('see' in each)
          told.look(...each.see.map((n) => (KINDS[n % 2] === 'parked' ? parked(n) : unwell(`a${n}`))));
        else if ('afterMs' in each) told.after(each.afterMs);
        else told.send(each.send);
        // As it crosses to the next run.
        told.outbox = JSON.parse(JSON.stringify(told.outbox));
      }
      told
        .after(20 * MINUTE)
        .send()
        .after(20 * MINUTE)
        .send();
      const states = new Map<string, string[]>();
      for (const { lines, also } of told.has)
        for (const { key, state } of [...lines, ...also])
          states.set(key, [...(states.get(key) ?? []), state]);
      for (const of of states.values())
        of.forEach((state, at) => {
          expect(state).toBe(at % 2 === 0 ? 'firing' : 'recovered');
        });
      expect(new Set(told.has.map(({ id }) => id)).size).toBe(told.has.length);
      expect(waitingIn(told.outbox)).toBe(0);
    }),
    { numRuns: 300 },
  );
});

function upTo(last: number): Condition[] {
  return Array.from({ length: last }, (_, at) => parked(at + 1));
}

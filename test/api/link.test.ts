import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Rate } from '../../api/guard/rate.ts';
import { SchedulerLink } from '../../api/link/scheduler-link.ts';
import { SharedLook } from '../../api/link/shared-look.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { Look } from '../../contract/listings.ts';
import { schedulerError } from '../../words/errors.ts';
import { lookOf } from '../support/api-stand.ts';

describe('one look for all', () => {
  /** Looks that end when the test says so. */
  function looks() {
    const open: ((look: Look | Error) => void)[] = [];
    const shared = new SharedLook(
      () =>
        new Promise((resolve, reject) => {
          open.push((look) => (look instanceof Error ? reject(look) : resolve(look)));
        }),
    );
    return { shared, open };
  }

  test('who takes one that is under way shares it; who wants a newer one waits for the next, with all others', async () => {
    const { shared, open } = looks();
    const first = shared.within(1_000);
    const same = shared.within(1_000);
    const [newer, newerToo] = [shared.within(0), shared.within(0)];
    expect(open).toHaveLength(1);
    const [one, two] = [lookOf(), lookOf()];
    open[0]?.(one);
    expect([await first, await same]).toEqual([one, one]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(open).toHaveLength(2);
    open[1]?.(two);
    expect(await newer).toBe(two);
    expect(await newerToo).toBe(two);
    expect(await shared.within(60_000)).toBe(two);
  });

  test('after a change nobody gets what was seen before it', async () => {
    const { shared, open } = looks();
    const before = shared.within(0);
    open[0]?.(lookOf());
    await before;
    shared.outdate();
    const after = shared.within(60_000);
    const then = lookOf();
    open[1]?.(then);
    expect(await after).toBe(then);
  });

  test('one that fails fails for those who wait for it, and for nobody after them', async () => {
    const { shared, open } = looks();
    const first = shared.within(1_000);
    open[0]?.(new Error('down'));
    await expect(first).rejects.toThrow('down');
    const next = shared.within(60_000);
    const then = lookOf();
    open[1]?.(then);
    expect(await next).toBe(then);
  });
});

describe('the link', () => {
  const down = schedulerError({ code: 'temporal-unreachable', address: 'a', named: false, text: 'x' });

  test('a connection that fails is tried again by the next who asks; one that stands is shared', async () => {
    let tries = 0;
    const link = new SchedulerLink({
      where: () => 'a',
      server: () => ({ address: 'a', named: false }),
      async connect() {
        tries += 1;
        if (tries === 1) throw down;
        return { close: async () => undefined } as SchedulerClient;
      },
    });
    await expect(link.use(async () => 1)).rejects.toBe(down);
    expect(await Promise.all([link.use(async () => 1), link.use(async () => 2)])).toEqual([1, 2]);
    expect(tries).toBe(2);
  });

  test('servers that have moved are found where they are now', async () => {
    let where = 'a';
    const closed: string[] = [];
    const link = new SchedulerLink({
      where: () => where,
      server: () => ({ address: where, named: false }),
      async connect() {
        const here = where;
        return {
          status: async () => here,
          close: async () => void closed.push(here),
        } as unknown as SchedulerClient;
      },
    });
    const fails = () => link.use(() => Promise.reject(down)).catch(() => undefined);
    const at = () => link.use((client) => client.status());
    expect(await at()).toBe('a');
    await fails();
    expect(await at()).toBe('a');
    where = 'b';
    await fails();
    expect([await at(), closed]).toEqual(['b', ['a']]);
    await link.close();
    expect(closed).toEqual(['a', 'b']);
  });

  test('those that answer are left too, within a second, where ours are somewhere else by now', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    let where = 'others';
    const link = new SchedulerLink({
      where: () => where,
      server: () => ({ address: where, named: false }),
      async connect() {
        const here = where;
        return { status: async () => here, close: async () => undefined } as unknown as SchedulerClient;
      },
    });
    const at = () => link.use((client) => client.status());
    expect(await at()).toBe('others');
    where = 'ours';
    vi.advanceTimersByTime(1_001);
    expect(await at()).toBe('ours');
  });
});

describe('rates', () => {
  test('a quarter of a minute at once, then evenly; each for itself', () => {
    const rate = new Rate(60);
    const taken = Array.from({ length: 17 }, () => rate.take('a', 0));
    expect(taken).toEqual([...Array(15).fill(0), 1_000, 1_000]);
    expect(rate.take('b', 0)).toBe(0);
    expect(rate.take('a', 999)).toBe(1);
    expect(rate.take('a', 1_000)).toBe(0);
    expect(rate.take('a', 1_000)).toBe(1_000);
    expect(rate.take('a', 1e9)).toBe(0);
  });
});

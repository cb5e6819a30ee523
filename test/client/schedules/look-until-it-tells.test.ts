import type { Client } from '@temporalio/client';
import { expect, test, vi } from 'vitest';
import { lookUntilItTells } from '../../../client/schedules/occurrence.ts';

test('an occurrence that tells nothing is not looked at for longer where the clock is set back', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    let looks = 0;
    const describe = async () => {
      looks += 1;
      if (looks === 1) vi.setSystemTime(Date.now() - 3_600_000);
      return { type: 'scheduledRun', status: { name: 'RUNNING' }, memo: {} };
    };
    const client = { workflow: { getHandle: () => ({ describe }) } } as unknown as Client;
    const seen = await lookUntilItTells(client, 'occurrence-nightly-2026-11-26T03:00:00Z', 300);
    expect(seen).toMatchObject({ closed: false });
    expect(looks).toBeGreaterThan(1);
  } finally {
    vi.useRealTimers();
  }
}, 20_000);

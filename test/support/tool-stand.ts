import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SchedulerLink } from '../../api/link/scheduler-link.ts';
import { SharedLook } from '../../api/link/shared-look.ts';
import { callTool } from '../../api/mcp/call.ts';
import type { Desk } from '../../api/mcp/tools/tool.ts';
import { KeyStore } from '../../client/keys/key-store.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { SchedulesClient } from '../../client/schedules-client.ts';
import type { ApiEvent } from '../../contract/api-events.ts';
import type { ScheduleLine } from '../../contract/schedule.ts';
import { lookOf } from './api-stand.ts';
import { surroundings } from './surroundings.ts';

type Stub = Partial<Omit<SchedulerClient, 'schedules'>> & { schedules?: Partial<SchedulesClient> };

export interface ToolAnswer {
  isError: boolean;
  text: string;
  /** As structured content. */
  facts: Record<string, unknown>;
}

export interface ToolStand {
  told: ApiEvent[];
  desk: Desk;
  call(name: string, args?: Record<string, unknown>): Promise<ToolAnswer>;
  end(): void;
}

/** The tools over a scheduler that answers what the test says. */
export function toolStand(
  client: Stub = {},
  { scope = 'operate', connect }: { scope?: Desk['scope']; connect?: () => Promise<SchedulerClient> } = {},
): ToolStand {
  const stateDir = mkdtempSync(join(tmpdir(), 'tools-'));
  const told: ApiEvent[] = [];
  const whole = { look: async () => lookOf(), close: async () => undefined, ...client };
  const scheduler = new SchedulerLink({
    where: () => 'here',
    server: () => ({ address: 'here:7233', named: true }),
    connect: connect ?? (async () => whole as SchedulerClient),
  });
  const look = new SharedLook(() => scheduler.use((each) => each.look()));
  const desk: Desk = {
    ...{ scheduler, look, keys: new KeyStore(stateDir), around: async () => surroundings() },
    ...{ who: 'a tester', scope },
  };
  return {
    ...{ told, desk },
    async call(name, args) {
      const calling = { desk, tell: (event: ApiEvent) => void told.push(event), requestId: null };
      const { content, structuredContent, isError = false } = await callTool(calling, { name, args });
      const [first] = content;
      return {
        isError,
        text: first?.type === 'text' ? first.text : '',
        facts: (structuredContent ?? {}) as Record<string, unknown>,
      };
    },
    end: () => rmSync(stateDir, { recursive: true, force: true }),
  };
}

/** A schedule that is active, each hour. */
export function scheduleLineOf(name: string, change: Partial<ScheduleLine> = {}): ScheduleLine {
  const work = { kind: 'task', title: 'Sweep', description: 'the secret prompt', queue: 'dev' } as const;
  return {
    ...{ name, state: 'active', version: 1, createdMs: 0, editedMs: 0 },
    definition: {
      ...{ name, timing: { kind: 'cron', cron: '0 * * * *' }, timeZone: 'UTC', work },
      ...{ priority: 0, overlap: 'skip', catchUpMs: 3_600_000, jitterMs: 0 },
    },
    ...{ nextMs: [1_790_000_000_000], skips: [], now: { count: 3, open: 0, badInARow: 0 } },
    ...change,
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allRoutes } from '../../api/all-routes.ts';
import { makeApp } from '../../api/app.ts';
import { Hub } from '../../api/events/hub.ts';
import type { ApiSettings } from '../../api/guard/settings.ts';
import { SchedulerLink } from '../../api/link/scheduler-link.ts';
import { SharedLook } from '../../api/link/shared-look.ts';
import { SharedRead } from '../../api/link/shared-read.ts';
import { serveTools } from '../../api/mcp/http.ts';
import { readPage } from '../../api/page/page-files.ts';
import type { RouteDeps } from '../../api/routes/deps.ts';
import { newToken, type Token } from '../../api/tokens/token.ts';
import { changeTokens } from '../../api/tokens/token-file.ts';
import { TokenStore } from '../../api/tokens/token-store.ts';
import { KeyStore } from '../../client/keys/key-store.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { Scope } from '../../contract/api.ts';
import type { ApiEvent } from '../../contract/api-events.ts';
import type { Attempt } from '../../contract/attempts.ts';
import type { Look, OpenTask } from '../../contract/listings.ts';
import type { TaskAtWork } from '../../contract/running.ts';
import type { AgentStatus, Status } from '../../contract/status.ts';
import { surroundings } from './surroundings.ts';

export const SETTINGS: ApiSettings = {
  host: '127.0.0.1',
  tokenRequired: false,
  names: [],
  origins: [],
  perMinute: 1_000_000,
};

/** Of the commands that it answers. */
export const STAND_MARK = 'mark';

export interface ApiStand {
  app: ReturnType<typeof makeApp>;
  routes: ReturnType<typeof allRoutes>;
  hub: Hub;
  told: ApiEvent[];
  stateDir: string;
  /** A token of a scope, as it is sent. */
  token(scope: Scope, about?: Partial<Token>): Promise<string>;
  /** A request of this machine, or from elsewhere. */
  ask(path: string, init?: RequestInit & { remote?: string }): Promise<Response>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  end(): void;
}

/** The whole API without a port, over a scheduler that answers what the test says. */
export function apiStand(
  client: Partial<SchedulerClient> = {},
  settings: Partial<ApiSettings> = {},
  around: RouteDeps['around'] = async () => surroundings(),
): ApiStand {
  const stateDir = mkdtempSync(join(tmpdir(), 'api-'));
  const told: ApiEvent[] = [];
  const scheduler = new SchedulerLink({
    where: () => 'here',
    server: () => ({ address: 'here', named: false }),
    connect: async () =>
      ('close' in client
        ? client
        : { look: async () => lookOf(), close: async () => undefined, ...client }) as SchedulerClient,
  });
  const look = new SharedLook(() => scheduler.use((each) => each.look()));
  const schedules = new SharedRead(() => scheduler.use((each) => each.schedules.all()));
  const hub = new Hub(look, schedules);
  const all = { ...SETTINGS, ...settings };
  const validate = async () => ({ findings: [], made: [] });
  const page = readPage(join(import.meta.dirname, '../../dist/page'));
  const commands = () => ({ mark: STAND_MARK, connect: () => scheduler.use(async (each) => each) });
  const routes = allRoutes({
    ...{ scheduler, look, schedules, hub, commands, around, page, validate },
    keys: new KeyStore(stateDir),
  });
  const tokens = new TokenStore(stateDir, (problem) => void told.push({ what: 'problem', problem }));
  const app = makeApp({ settings: all, tokens, tell: (event) => void told.push(event) }, routes);
  serveTools(app, {
    desk: { scheduler, look, keys: new KeyStore(stateDir), around: async () => surroundings() },
    tell: (event) => void told.push(event),
  });
  const ask: ApiStand['ask'] = async (path, { remote = '127.0.0.1', ...init } = {}) =>
    app.request(
      `http://localhost${path}`,
      { ...init, headers: { host: 'localhost:9595', ...init.headers } },
      { incoming: { url: path, socket: { remoteAddress: remote } } },
    );
  return {
    ...{ app, routes, hub, told, stateDir, ask },
    async token(scope, about = {}) {
      const made = newToken({ name: scope, scope, createdMs: Date.now(), expiresMs: null, ...about });
      await changeTokens(stateDir, (before) => ({ tokens: [...before, made.token], answer: undefined }));
      return made.text;
    },
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    end() {
      hub.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

export function agentOf(name: string, change: Partial<AgentStatus> = {}): AgentStatus {
  return {
    ...{ name, queue: 'dev', limit: 1, held: 0, waiting: 0, paused: false, poolPaused: false },
    health: { state: 'well' },
    ...change,
  };
}

export function openTaskOf(taskId: number, change: Partial<OpenTask> = {}): OpenTask {
  return {
    ...{ taskId, title: `task ${taskId}`, queue: 'dev', pool: 'dev', agent: null, priority: 0 },
    ...{ addedMs: 1_790_000_000_000, phase: 'waiting', run: null, waits: { reason: { why: 'slot-due' } } },
    ...{ blockedBy: [], sinceMs: null },
    ...change,
  };
}

/** One that is over. */
export const ATTEMPT: Attempt = {
  ...{ taskId: 1, number: 1, runId: 'run', state: 'ended', agent: 'ada', recipe: null, host: 'here' },
  ...{
    sentAtMs: 1_790_000_000_000,
    startedAtMs: null,
    endedAtMs: 1_790_000_001_000,
    verdict: null,
    claimed: null,
  },
  ...{ log: null, logTrouble: null, seconds: 1, turns: 1, tokens: 1, end: null },
};

/** A scheduler that runs, with agent ada in queue dev. */
export function lookOf({
  status,
  tasks = [],
  atWork = [],
}: {
  status?: Partial<Status>;
  tasks?: OpenTask[] | null;
  atWork?: TaskAtWork[];
} = {}): Look {
  const all: Status = {
    ...{ scheduler: 'running', exists: true, paused: false, enabled: true, daemon: '1@here' },
    ...{ agents: [agentOf('ada')], running: [], interrupted: [], queued: [], backingOff: [], parked: [] },
    ...{ waiting: [], lastPass: null, problems: [] },
    ...status,
  };
  const { scheduler, exists, paused, enabled, daemon, problems } = all;
  return {
    atMs: Date.now(),
    status: all,
    agents: {
      ...{ scheduler, exists, paused, enabled, daemon, problems },
      agents: all.agents.map((agent) => ({ ...agent, rules: {}, runs: [] })),
    },
    tasks,
    atWork,
  };
}

import { join } from 'node:path';
import type { Host } from './hosts.ts';
import { CommandPiece, type Surroundings } from './pieces.ts';
import { HEARTBEAT_MS, KILL_GRACE_MS, LOOP_MS, MAX_RUNTIME_MS } from './rules.ts';

const CLOCK = new URL('clock-ahead.mjs', import.meta.url).href;

/** A whole daemon; two of them share the load. */
export class WorkerPiece extends CommandPiece {
  readonly host: string;

  constructor(
    name: string,
    host: Host,
    around: Surroundings,
    address: () => string,
    tinytask: string,
    onStart: (pid: number, host: string) => void,
    onCrash: (what: string) => void,
  ) {
    const { dir, goose, modelUrl } = around;
    const settings = {
      MCP_ENDPOINT: tinytask,
      AGENT_CONTROL_FILE: 'agents.json',
      GOOSE_BIN: join(dir, 'bin/goose'),
      HEARTBEAT_SEC: HEARTBEAT_MS / 1000,
      KILL_GRACE_SEC: KILL_GRACE_MS / 1000,
      LOOP_INTERVAL_SEC: LOOP_MS / 1000,
      MAX_RUNTIME_SEC: MAX_RUNTIME_MS / 1000,
      BACKOFF_SEC: 1,
      BACKOFF_MAX_SEC: 2,
      COOLDOWN_SEC: 1,
      COOLDOWN_MAX_SEC: 2,
      MAX_WORKER_LOSSES: 50,
      LOG_MAX_BYTES: 100_000,
      API_PORT: 0,
      METRICS_PORT: 0,
    };
    super(
      name,
      () => ['--base-path', dir, 'run', '--daemon'],
      () => ({
        PATH: process.env.PATH ?? '',
        HOME: join(dir, 'home'),
        CHAOS_GOOSE: goose,
        GOOSE_DISABLE_KEYRING: '1',
        GOOSE_PROVIDER: 'openai',
        GOOSE_MODEL: 'scripted',
        OPENAI_HOST: modelUrl,
        OPENAI_API_KEY: 'scripted',
        TEMPORAL_ADDRESS: address(),
        TINYSCHEDULER_STATE_DIR: `state-${host.name}`,
        ...clockOf(host),
        ...Object.fromEntries(
          Object.entries(settings).map(([key, value]) => [`TINYSCHEDULER_${key}`, String(value)]),
        ),
      }),
      join(dir, `state/logs/${name}.log`),
      (pid) => onStart(pid, host.name),
      onCrash,
    );
    this.host = host.name;
  }
}

/** For the worker, and for whatever Node it starts: its guardian. */
function clockOf({ clockAheadMs }: Host): Record<string, string> {
  if (clockAheadMs === 0) return {};
  return { NODE_OPTIONS: `--import=${CLOCK}`, CHAOS_CLOCK_AHEAD_MS: String(clockAheadMs) };
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { rootOf } from './root.ts';

/** The services of a Temporal server, each a process of its own. */
export const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;
export type Service = (typeof SERVICES)[number];

/** Where a service listens on loopback. */
export interface Ports {
  grpc: number;
  membership: number;
  /** Of the frontend alone. */
  http: number;
}

interface ComposeService {
  environment: Record<string, string>;
  volumes?: string[];
}

const VARIABLE = /\$\{(\w+)(?::-([^}]*))?\}/g;

/** What docker-compose.yml gives to a service of Temporal, with paths and addresses of this machine in place of its own. */
export function environmentOf(
  service: Service,
  { database, ports, dir }: { database: number; ports: Record<Service, Ports>; dir: string },
): Record<string, string> {
  const { environment, volumes = [] } = composeServices()[`temporal-${service}`] ?? { environment: {} };
  const files = new Map(volumes.map((volume) => [volume.split(':')[1], volume.split(':')[0]]));
  const given = Object.entries(environment).map(([name, value]) => {
    const file = files.get(value);
    return [name, file === undefined ? withDefaults(value) : fileURLToPath(new URL(file, rootOf()))];
  });
  const own = SERVICES.flatMap((each) => {
    const { grpc, membership, http } = ports[each];
    const name = each.toUpperCase();
    return [
      [`${name}_GRPC_PORT`, String(grpc)],
      [`${name}_MEMBERSHIP_PORT`, String(membership)],
      ...(each === 'frontend' ? [[`${name}_HTTP_PORT`, String(http)]] : []),
    ];
  });
  return {
    ...Object.fromEntries([...given, ...own]),
    ...{ POSTGRES_SEEDS: '127.0.0.1', DB_PORT: String(database) },
    ...{ BIND_ON_IP: '127.0.0.1', TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1' },
    // By this whoever tidies up knows whose it is.
    TMPDIR: dir,
  };
}

function composeServices(): Record<string, ComposeService> {
  const text = readFileSync(new URL('docker-compose.yml', rootOf()), 'utf8');
  return parse(text, { merge: true }).services;
}

/** `${NAME:-default}`: the default, since nothing of this machine's environment is meant for it. */
function withDefaults(value: string): string {
  return value.replaceAll(VARIABLE, (_, _name, otherwise = '') => otherwise);
}

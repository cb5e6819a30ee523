import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentOf, SERVICES, type Service } from './compose.ts';
import { LEFT_OUT } from './left-out.ts';
import { rootOf } from './root.ts';

const ports = Object.fromEntries(
  SERVICES.map((service, at) => [service, { grpc: 100 + at, membership: 200 + at, http: 300 + at }]),
) as Record<Service, { grpc: number; membership: number; http: number }>;

test.each(SERVICES)('%s has what docker-compose.yml gives it, on this machine', (service) => {
  expect(environmentOf(service, { database: 5, ports, dir: '/somewhere' })).toEqual({
    ...{ DB: 'postgres12', DB_PORT: '5', POSTGRES_SEEDS: '127.0.0.1', POSTGRES_USER: 'temporal' },
    ...{ POSTGRES_PWD: 'temporal', NUM_HISTORY_SHARDS: expect.stringMatching(/^\d+$/), LOG_LEVEL: 'warn' },
    ...{ TEMPORAL_SERVICES: service, TMPDIR: '/somewhere' },
    DYNAMIC_CONFIG_FILE_PATH: new URL('deploy/temporal/dynamic-config.yaml', rootOf()).pathname,
    ...{ BIND_ON_IP: '127.0.0.1', TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1' },
    ...{ FRONTEND_GRPC_PORT: '100', FRONTEND_MEMBERSHIP_PORT: '200', FRONTEND_HTTP_PORT: '300' },
    ...{ HISTORY_GRPC_PORT: '101', HISTORY_MEMBERSHIP_PORT: '201' },
    ...{ MATCHING_GRPC_PORT: '102', MATCHING_MEMBERSHIP_PORT: '202' },
    ...{ WORKER_GRPC_PORT: '103', WORKER_MEMBERSHIP_PORT: '203' },
  });
});

test('each setting of the dynamic configuration is explained to those who operate a cluster', () => {
  const read = (path: string) => readFileSync(new URL(path, rootOf()), 'utf8');
  const settings = Object.keys(parse(read('deploy/temporal/dynamic-config.yaml')));
  const operations = read('docs/operations.md');
  expect(settings.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
});

test('each test file that is left out on a cluster is there', () => {
  const files = Object.keys(LEFT_OUT).map((name) => `test/system/${name}.test.ts`);
  expect(files.filter((file) => !existsSync(new URL(file, rootOf())))).toEqual([]);
});

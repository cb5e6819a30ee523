import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { NODE_FLAGS, ownProcessEnvironment } from '../../config/own-process.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/attributes.ts';
import { SERVICES } from '../cluster/compose.ts';

interface Service {
  image?: string;
  build?: { dockerfile: string };
  command?: string | string[];
  entrypoint?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  healthcheck?: unknown;
  network_mode?: string;
  ports?: string[];
  volumes?: string[];
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

describe.each(services)('the service %s', (_, service) => {
  test('waits only for services that there are, and for health only where it is checked', () => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(compose.services)).toContain(name);
      if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck).toBeDefined();
    }
    const shared = service.network_mode?.replace(/^service:/, '');
    if (shared) expect(Object.keys(compose.services)).toContain(shared);
  });

  test('is reached from this host only', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('runs a version that does not change under it', () => {
    expect(service.image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
  });

  test('uses volumes that are declared', () => {
    const named = (service.volumes ?? [])
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((name) => /^\w/.test(name));
    for (const name of named) expect(Object.keys(compose.volumes)).toContain(name);
  });
});

test('the search attributes of a namespace are those of the embedded server', () => {
  const script = read('deploy/temporal/namespace.sh');
  expect(script.match(/--name \w+/g)).toEqual(SEARCH_ATTRIBUTES.map(({ name }) => `--name ${name}`));
  expect(compose.services['temporal-namespace']?.entrypoint).toEqual(['/bin/sh', '/namespace.sh', 'default']);
});

test('what is mounted from the repository is there', () => {
  const mounted = services.flatMap(([, { volumes = [] }]) =>
    volumes.filter((volume) => volume.startsWith('./')),
  );
  expect(mounted).toHaveLength(6);
  for (const volume of mounted) expect(read(volume.split(':')[0] ?? '')).not.toBe('');
});

describe('the four services of Temporal', () => {
  const ofTemporal = services.filter(([, { image }]) => image?.startsWith('temporalio/server:'));

  test('are each by itself, with one configuration', () => {
    expect(ofTemporal.map(([, { environment }]) => environment?.TEMPORAL_SERVICES)).toEqual([...SERVICES]);
    const [first, ...others] = ofTemporal.map(([, { environment, volumes }]) => ({
      ...{ environment: { ...environment, TEMPORAL_SERVICES: '' }, volumes },
    }));
    for (const other of others) expect(other).toEqual(first);
  });

  test('read the dynamic configuration that is mounted', () => {
    for (const [, { environment, volumes = [] }] of ofTemporal)
      expect(volumes).toEqual([
        `./deploy/temporal/dynamic-config.yaml:${environment?.DYNAMIC_CONFIG_FILE_PATH}:ro`,
      ]);
  });

  test('are of one release, that of the tools which make the tables', () => {
    const images = services.map(([, { image }]) => image ?? '');
    const releases = images.flatMap(
      (image) => /^temporalio\/(?:server|admin-tools):(.*)$/.exec(image)?.[1] ?? [],
    );
    expect(releases).toHaveLength(6);
    expect(new Set(releases).size).toBe(1);
  });
});

test('the image is made of files that there are, with the goose that the tool cache fetches', () => {
  expect(compose.services.worker?.build?.dockerfile).toBe('deploy/Dockerfile');
  const dockerfile = read('deploy/Dockerfile');
  const goose =
    /'(@aaif\/goose-binary-linux-x64@[\d.]+)'/.exec(read('embedded/tools/fetch-goose.mjs'))?.[1] ?? '?';
  expect(dockerfile).toContain(goose);
  for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(image).toMatch(/:\d+\.\d+-/);
});

test('the command and the image start Node as our own processes do', () => {
  const { MALLOC_ARENA_MAX } = ownProcessEnvironment({});
  expect(read('deploy/Dockerfile')).toContain(`MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX} `);
  expect(read('deploy/Dockerfile')).toContain(
    `["node", ${NODE_FLAGS.map((flag) => `"${flag}"`).join(', ')}, "`,
  );
  expect(read('tinyscheduler')).toContain(
    `MALLOC_ARENA_MAX=\${MALLOC_ARENA_MAX-${MALLOC_ARENA_MAX}} exec node ${NODE_FLAGS.join(' ')} "`,
  );
});

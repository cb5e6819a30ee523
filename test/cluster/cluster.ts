import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../os/free-port.ts';
import { environmentOf, type Ports, SERVICES, type Service } from './compose.ts';
import { listensOn, Part } from './part.ts';
import { makePostgresql, type Programs } from './postgresql.ts';
import { rootOf } from './root.ts';

const call = promisify(execFile);

export interface ClusterPrograms extends Programs {
  server: string;
  sqlTool: string;
  temporalCli: string;
}

export interface Cluster {
  /** host:port of the frontend. */
  address: string;
  /** PostgreSQL and the four services. */
  parts: readonly Part[];
  /** Makes a namespace as people do, with what TinyScheduler needs in it. */
  addNamespace(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** A Temporal cluster as docker-compose.yml has it, in a directory of its own, on free ports of loopback. */
export async function startCluster(
  dir: string,
  programs: ClusterPrograms,
  note: (line: string) => void,
): Promise<Cluster> {
  mkdirSync(dir, { recursive: true });
  const { database, ports } = await portsOfServices();
  const address = `127.0.0.1:${ports.frontend.grpc}`;
  const postgresql = await makePostgresql(dir, { port: database, programs });
  const parts = [postgresql];
  const stop = async () => {
    // The database last: services that lose it only complain.
    for (const part of [...parts].reverse()) await part.kill(part === postgresql ? 'SIGINT' : 'SIGKILL');
  };
  try {
    await postgresql.start();
    note('PostgreSQL is up');
    const environment = (service: Service) => environmentOf(service, { database, ports, dir });
    await script('schema.sh', [], { ...environment('history'), PATH: pathTo(dir, programs) });
    note('the schema is made');
    for (const name of SERVICES)
      parts.push(
        new Part({
          ...{ name, command: [programs.server, 'start'], env: { ...environment(name), HOME: dir } },
          // The worker serves nobody.
          ...{
            logDir: dir,
            cwd: dir,
            isUp: () => listensOn(ports[name][name === 'worker' ? 'membership' : 'grpc']),
          },
        }),
      );
    await Promise.all(parts.slice(1).map((part) => part.start()));
    note('the services are up');
  } catch (error) {
    await stop();
    throw error;
  }
  const addNamespace = (name: string) =>
    script('namespace.sh', [name], {
      ...{ TEMPORAL_ADDRESS: address, HOME: dir, TMPDIR: dir, PATH: pathTo(dir, programs) },
    });
  return { address, parts, addNamespace, stop };
}

async function freePortsFor(services: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < services) found.add(await freePort(0));
  return [...found];
}

async function portsOfServices(): Promise<{ database: number; ports: Record<Service, Ports> }> {
  const [database = 0, ...free] = await freePortsFor(1 + 3 * SERVICES.length);
  const ports = SERVICES.map((service) => {
    const [grpc = 0, membership = 0, http = 0] = free.splice(0, 3);
    return [service, { grpc, membership, http }];
  });
  return { database, ports: Object.fromEntries(ports) };
}

/** One of deploy/temporal, as it is. */
async function script(name: string, args: string[], env: Record<string, string>): Promise<void> {
  const path = fileURLToPath(new URL(`deploy/temporal/${name}`, rootOf()));
  await call('/bin/sh', [path, ...args], { env, maxBuffer: 10_000_000 });
}

/** A PATH on which the scripts find the programs by their own names. */
function pathTo(dir: string, { sqlTool, temporalCli }: ClusterPrograms): string {
  const bin = join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, target] of [
    ['temporal', temporalCli],
    ['temporal-sql-tool', sqlTool],
  ] as const) {
    try {
      symlinkSync(target, join(bin, name));
    } catch {
      // It is there.
    }
  }
  return [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
}

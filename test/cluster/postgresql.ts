import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Part } from './part.ts';

const call = promisify(execFile);
/** Of `nobody`. PostgreSQL refuses to be run by root. */
const NOBODY = 65_534;
const USER = 'temporal';

export interface Programs {
  initdb: string;
  postgres: string;
}

/** A PostgreSQL with a directory of its own, on a port of loopback; it is not up yet. */
export async function makePostgresql(
  dir: string,
  { port, programs: given }: { port: number; programs: Programs },
): Promise<Part> {
  const uid = process.getuid?.() === 0 ? NOBODY : undefined;
  const home = join(dir, 'postgresql');
  const data = join(home, 'data');
  mkdirSync(home, { mode: 0o700 });
  // Whoever is not root has to come through to it.
  chmodSync(dir, 0o711);
  const programs = uid === undefined ? given : forOthers(given, join(home, 'programs'));
  if (uid !== undefined) chownSync(home, uid, uid);
  const env = { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: dir, LC_ALL: 'C.UTF-8' };
  // Whoever reaches loopback may use it, as with the dev server.
  const asked = ['--username', USER, '--auth', 'trust', '--encoding', 'UTF8', '--no-sync', '--pgdata', data];
  await call(programs.initdb, asked, { env, cwd: home, ...(uid !== undefined && { uid, gid: uid }) });
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    // No sockets outside of its directory.
    unix_socket_directories: '',
    max_connections: 200,
    // What a process has written outlives its SIGKILL; only a power cut would take it.
    fsync: 'off',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  writeFileSync(join(data, 'postgresql.auto.conf'), lines.join(''));
  return new Part({
    ...{ name: 'postgresql', command: [programs.postgres, '-D', data], env, uid },
    ...{ logDir: dir, cwd: home, isUp: () => isReady(data) },
  });
}

/** What is unpacked below root's own home cannot be run by anybody else: a copy of it can. */
function forOthers({ initdb, postgres }: Programs, copy: string): Programs {
  const unpacked = dirname(postgres);
  if (mayPass(unpacked)) return { initdb, postgres };
  cpSync(unpacked, copy, { recursive: true, verbatimSymlinks: true });
  // The scripts that start them name the place from which they were copied.
  for (const each of readdirSync(copy, { withFileTypes: true }).filter((found) => found.isFile())) {
    const script = join(copy, each.name);
    writeFileSync(script, readFileSync(script, 'utf8').replaceAll(unpacked, copy));
  }
  return { initdb: initdb.replace(unpacked, copy), postgres: postgres.replace(unpacked, copy) };
}

/** Whether everybody may go into this folder, and into each above it. */
function mayPass(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o001) !== 0;
  const above = dirname(folder);
  return isOpen && (above === folder || mayPass(above));
}

/** PostgreSQL says so in the last line of its pid file. */
function isReady(data: string): boolean {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').trimEnd().endsWith('ready');
  } catch {
    return false;
  }
}

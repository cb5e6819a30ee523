// PostgreSQL's programs: those on PATH, of Debian's package, or unpacked from it into the cache of tools.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isExecutable, programPath } from '../os/executable.mjs';
import { findDebianProgram } from './debian-package.mjs';

const call = promisify(execFile);
const LOOK_MS = 20_000;
/** Debian keeps them apart by version, and puts only some of them on PATH. */
const DEBIAN = '/usr/lib/postgresql';
const PROGRAMS = ['initdb', 'postgres'];

/** The paths of both; undefined where they cannot be had, and `say` has been told why in one line. */
export async function findPostgresql(say) {
  for (const find of [(name) => programPath(name, process.env.PATH), inDebian]) {
    const [initdb, postgres] = PROGRAMS.map(find);
    if (initdb !== undefined && postgres !== undefined && (await works(postgres)))
      return { initdb, postgres };
  }
  const wanted = { name: 'postgres', package: 'postgresql', inPackage: 'usr/lib/postgresql/*/bin/postgres' };
  const postgres = await findDebianProgram({ ...wanted, also: ['initdb'], say });
  return postgres && { postgres, initdb: join(dirname(postgres), 'initdb') };
}

/** The newest. */
function inDebian(name) {
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(DEBIAN, version, 'bin', name)).find(isExecutable);
  } catch {
    return undefined;
  }
}

function works(program) {
  return call(program, ['--version'], { timeout: LOOK_MS }).then(
    () => true,
    () => false,
  );
}

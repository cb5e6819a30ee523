// Programs that only tests use, as Debian has them. One that is not on PATH is unpacked into the cache of tools with the packages
// that are missing beside it: nothing is installed, so nothing is started by it, and nobody needs to be root.
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirOf } from '../embedded/tools/tool-cache.mjs';
import { programPath } from '../os/executable.mjs';
import { oneAtATime } from '../os/one-at-a-time.mjs';

const FETCH_MS = 180_000;
const LOOK_MS = 20_000;
const MOST_OUTPUT_BYTES = 20_000_000;
const OPTIONS = [
  // An account that could not write into the cache of whoever runs the tests.
  'APT::Sandbox::User=',
  'Debug::NoLocking=1',
  'Acquire::http::Timeout=20',
  'Acquire::Retries=1',
];
const call = promisify(execFile);

/**
 * The path of a program that works; undefined where it cannot be had, and `say` has been told why in one line.
 *
 * @param {object} wanted
 * @param {string} wanted.name what it is called on PATH, such as `promtool`
 * @param {string} wanted.package the Debian package that has it
 * @param {string} wanted.inPackage where the package has the program itself, such as `usr/bin/promtool`; a `*` stands for
 *   whatever folder is there
 * @param {string[]} [wanted.also] other programs in the same folder, which are then beside it
 * @param {(line: string) => void} wanted.say
 * @param {string[]} [wanted.aptOptions] for apt-get, as they come after its name
 */
export async function findDebianProgram({
  name,
  package: wanted,
  inPackage,
  also = [],
  say,
  aptOptions = [],
}) {
  const onPath = programPath(name, process.env.PATH);
  if (onPath !== undefined && (await works(onPath))) return onPath;
  const dir = join(cacheDirOf(process.env), `debian-${wanted}`);
  const program = join(dir, name);
  const fresh = `${dir}.fresh`;
  try {
    await oneAtATime(`${dir}.lock`, async () => {
      if (await works(program)) return;
      const signal = AbortSignal.timeout(FETCH_MS);
      say(`${name} is fetched from Debian …`);
      await rm(dir, { recursive: true, force: true });
      await rm(fresh, { recursive: true, force: true });
      await unpack(wanted, fresh, { signal, aptOptions });
      await rename(fresh, dir);
      const found = await pathIn(dir, inPackage);
      for (const each of [name, ...also]) await makeStarter(join(dir, each), join(dirname(found), each), dir);
      await call(program, ['--version'], { timeout: LOOK_MS });
    });
    return program;
  } catch (error) {
    for (const left of [fresh, dir]) await rm(left, { recursive: true, force: true });
    say(`${name} cannot be had here, so its tests are skipped: ${firstLine(error)}`);
    return undefined;
  }
}

/** The package and what is not installed of all that it depends on, unpacked below `root`, without their scripts. */
async function unpack(wanted, root, { signal, aptOptions }) {
  const [lists, debs, cache] = ['apt/lists', 'apt/debs', 'apt/cache'].map((name) => join(root, name));
  for (const dir of [join(lists, 'partial'), debs, join(cache, 'archives', 'partial')])
    await mkdir(dir, { recursive: true, mode: 0o755 });
  // Lists of our own: those of the system may be missing, and only root may fetch them.
  const own = ['-qq', '-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`];
  const apt = (args, cwd = root) => {
    const options = [...own, ...OPTIONS.flatMap((option) => ['-o', option]), ...aptOptions];
    return call('apt-get', [...options, ...args], { cwd, signal, maxBuffer: MOST_OUTPUT_BYTES });
  };
  await apt(['update']);
  const { stdout } = await apt(['install', '--print-uris', '--yes', '--no-install-recommends', wanted]);
  // 'http://…/prometheus_2.42.0_amd64.deb' prometheus_2.42.0_amd64.deb 1234 SHA256:…
  const packages = [...stdout.matchAll(/^'[^']*' ([^_\s]+)_([^_\s]+)_\w+\.deb /gm)].map(
    ([, name, version]) => `${name}=${decodeURIComponent(version)}`,
  );
  if (packages.length === 0) throw new Error(`apt-get names no package for ${wanted}`);
  await apt(['download', ...packages], debs);
  for (const deb of await readdir(debs)) await call('dpkg', ['-x', join(debs, deb), root], { signal });
  await rm(join(root, 'apt'), { recursive: true, force: true });
}

/** The path below `root`, in which each `*` is the first folder of that place. */
async function pathIn(root, path) {
  let found = root;
  for (const part of path.split('/')) {
    const name = part === '*' ? (await namesIn(found)).sort()[0] : part;
    found = join(found, name ?? part);
  }
  return found;
}

/** A script that starts the program with the libraries beside it. */
async function makeStarter(path, program, root) {
  const dirs = (await librariesIn(root)).map((dir) => quoted(dir)).join(':');
  const libraries = dirs === '' ? '' : `LD_LIBRARY_PATH=${dirs}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} `;
  await writeFile(path, `#!/bin/sh\n${libraries}exec ${quoted(program)} "$@"\n`);
  await chmod(path, 0o755);
}

/** Also those of one package alone, which it finds by a path of the system where it is installed. */
async function librariesIn(root) {
  const found = [];
  for (const above of ['usr/lib', 'lib'])
    for (const name of await namesIn(join(root, above))) {
      if (!name.endsWith('-linux-gnu')) continue;
      const dir = join(root, above, name);
      for (const each of [dir, ...(await namesIn(dir)).map((below) => join(dir, below))])
        if ((await namesIn(each)).some((file) => /^lib.*\.so/.test(file))) found.push(each);
    }
  return found;
}

/** None of what is no directory. */
function namesIn(dir) {
  return readdir(dir).catch(() => []);
}

function quoted(path) {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

function works(program) {
  return call(program, ['--version'], { timeout: LOOK_MS }).then(
    () => true,
    () => false,
  );
}

function firstLine({ stderr, message }) {
  const lines = `${stderr || message}`.trim().split('\n');
  return lines.find((line) => line.startsWith('E: ')) ?? lines[0];
}

import { constants } from 'node:fs';
import { access, mkdir, realpath, stat } from 'node:fs/promises';
import type { Config } from './config.ts';
import { type Create, error, type Finding, ok, warning } from './finding.ts';

/** The directories of the settings. What a run writes to has to be writable. */
export async function checkDirectories(config: Config, create: Create): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [what, path] of [
    ['State directory', config.stateDir],
    ['Running directory', config.runningDir],
    ['Log directory', config.logDir],
  ] as const) {
    findings.push(await checkDirectory(what, path, constants.W_OK | constants.X_OK, create));
  }
  return [
    ...findings,
    ...(await checkWorkingDirectory('Working directory', config.workingDir, create)),
    await checkDirectory('Recipes directory', config.recipesDir, constants.R_OK, create),
  ];
}

/** `what` begins the sentences. */
export async function checkWorkingDirectory(what: string, path: string, create?: Create): Promise<Finding[]> {
  const found = await checkDirectory(what, path, constants.W_OK | constants.X_OK, create);
  if (found.level !== 'ok' || !isOfTheSystem(await realpath(path))) return [found];
  const mend = 'name a directory in which agents may write';
  return [warning(`${what} ${JSON.stringify(path)} belongs to the system: ${mend}.`)];
}

const OF_THE_SYSTEM =
  /^\/(?:(?:bin|boot|dev|etc|lib\w*|proc|sbin|sys|usr\/(?:s?bin|lib\w*|share))(?:\/.*)?|usr|var|opt|srv|home)?$/;

/** `/` and what the machine itself lives from. Below /usr/local, /opt, /srv, /var and /home is room for people. */
export function isOfTheSystem(path: string): boolean {
  return OF_THE_SYSTEM.test(path) && !path.startsWith('/dev/shm/');
}

async function checkDirectory(what: string, path: string, mode: number, create: Create): Promise<Finding> {
  const name = `${what} ${JSON.stringify(path)}`;
  try {
    if (create && !(await exists(path))) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      create(name);
    }
    if (!(await stat(path)).isDirectory()) return error(`${name} is not a directory.`);
    await access(path, mode);
    return ok(`${name} is there.`);
  } catch (reason) {
    const { code, message } = reason as NodeJS.ErrnoException;
    if (code === 'ENOENT') return error(`${name} does not exist; --fix creates it.`);
    return error(`${name} cannot be used: ${message}.`);
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (reason: NodeJS.ErrnoException) => reason.code !== 'ENOENT',
  );
}

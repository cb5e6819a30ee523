import { constants } from 'node:fs';
import { access, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config/config.ts';
import { isOfTheSystem } from '../../config/directories.ts';
import { type DirectoryFacts, error, type Finding, ok, warning } from '../../contract/findings.ts';
import { tryToWrite } from '../../os/try-to-write.ts';
import type { Make } from './make.ts';
import { openToOthers } from './open-to-others.ts';

const { R_OK, W_OK, X_OK } = constants;
const PATHS_SAID = 5;

/** The directories of the settings. What a run writes to has to be writable. */
export async function checkDirectories(config: Config, make: Make | undefined): Promise<Finding[]> {
  const { stateDir, runningDir, logDir, workingDir, recipesDir, binDir } = config;
  return [
    // One after the other: the others are usually below the first, and are made with it.
    await checkOwn({ which: 'state', path: stateDir }, make),
    await checkOwn({ which: 'running', path: runningDir }, make),
    await checkOwn({ which: 'log', path: logDir }, make),
    ...(await checkWorkingDirectory({ which: 'working', path: workingDir }, make)),
    await checkThere({ which: 'recipes', path: recipesDir }, R_OK | X_OK, make),
    ...(binDir === undefined ? [] : await checkPrograms({ which: 'programs', path: binDir }, make)),
  ];
}

/** Where goose works. A link into the system's own directories refuses a run; one that is named itself was somebody's decision. */
export async function checkWorkingDirectory(
  directory: DirectoryFacts,
  make: Make | undefined,
): Promise<Finding[]> {
  const found = await checkThere(directory, W_OK | X_OK, make);
  if (found.level !== 'ok') return [found];
  const real = await realpath(directory.path);
  if (!isOfTheSystem(real)) return [found];
  const says = isOfTheSystem(resolve(directory.path)) ? warning : error;
  return [says({ code: 'directory-of-system', ...directory, real })];
}

/** Where the programs of schedules are: whoever may write there may have anything run. */
async function checkPrograms(directory: DirectoryFacts, make: Make | undefined): Promise<Finding[]> {
  const found = await checkThere(directory, X_OK, make);
  if (found.level !== 'ok') return [found];
  const open = await openToOthers(directory.path);
  if (open.length === 0) return [found];
  const said = open.slice(0, PATHS_SAID);
  const more = open.length - said.length;
  return [found, warning({ code: 'directory-open-to-others', ...directory, open: said, more })];
}

/** One that we write to ourselves, and make when we need it. */
async function checkOwn(directory: DirectoryFacts, make: Make | undefined): Promise<Finding> {
  const found = await checkThere(directory, W_OK | X_OK, make);
  try {
    if (found.code === 'directory-missing') {
      await canBeMade(directory.path);
      return warning({ code: 'directory-not-yet', ...directory });
    }
    if (found.level === 'ok') await tryToWrite(directory.path);
    return found;
  } catch (reason) {
    return error({ code: 'directory-unusable', ...directory, text: (reason as Error).message });
  }
}

async function checkThere(directory: DirectoryFacts, mode: number, make: Make | undefined): Promise<Finding> {
  const { path } = directory;
  try {
    if (make && !(await exists(path))) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      make({ made: 'directory', ...directory });
    }
    if (!(await stat(path)).isDirectory()) return error({ code: 'directory-not-one', ...directory });
    await access(path, mode);
    return ok({ code: 'directory-good', ...directory });
  } catch (reason) {
    const { code, message } = reason as NodeJS.ErrnoException;
    if (code === 'ENOENT') return error({ code: 'directory-missing', ...directory });
    return error({ code: 'directory-unusable', ...directory, text: message });
  }
}

/** By the nearest directory above it that is there. Throws what the system says against it. */
async function canBeMade(path: string): Promise<void> {
  let above = dirname(path);
  while (!(await exists(above)) && above !== dirname(above)) above = dirname(above);
  await access(above, W_OK | X_OK);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (reason: NodeJS.ErrnoException) => reason.code !== 'ENOENT',
  );
}

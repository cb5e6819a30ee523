// @ts-check
import { chmod, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOfFile } from '../../os/hash-of-file.mjs';
import { runCommand } from '../../os/run-command.mjs';
import { inWorkDir } from '../../os/work-dir.mjs';

/** @import { FetchOptions } from './tool-cache.mjs' */

const PACKAGE = '@aaif/goose-binary-linux-x64@1.52.0';
/** SHA-512 of the package's archive as published; npm checks the registry's word, this checks the registry. */
const INTEGRITY = '2aPCG0HuLUI1cafcez1s1nLlTsNMx7AHWnmAOS/6S9xqmcvY+oXsQA5SUHin1Sf5uphK6pcOCLmgygJ6YQIDaQ==';

/** Whether there is a package for this machine. */
export function canFetchGoose() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * Puts goose 1.52.0 at `target`, out of its npm package. Throws if it cannot be fetched or is not what was published.
 * @param {string} target
 * @param {FetchOptions} options
 */
export async function fetchGoose(target, { env, onProgress }) {
  await inWorkDir(target, async (workDir) => {
    onProgress('Fetching goose 1.52.0 from npm (97 MB, 300 MB unpacked), once …');
    await runCommand('npm', ['pack', PACKAGE, '--silent'], {
      cwd: workDir,
      env,
      timeoutMs: 900_000,
      onTick: (elapsedSec) => onProgress(`Fetching goose … ${elapsedSec} s`),
    });
    const archive = (await readdir(workDir)).find((name) => name.endsWith('.tgz'));
    if (!archive) throw new Error('`npm pack` left no archive behind');
    const found = await hashOfFile(join(workDir, archive), 'sha512', 'base64');
    if (found !== INTEGRITY) {
      throw new Error(`the archive of ${PACKAGE} has SHA-512 ${found}, not ${INTEGRITY}; it was not used`);
    }
    onProgress('Unpacking goose …');
    await runCommand('tar', ['-xzf', archive, 'package/bin/goose'], {
      cwd: workDir,
      env,
      timeoutMs: 300_000,
    });
    const unpacked = join(workDir, 'package/bin/goose');
    await chmod(unpacked, 0o755);
    await rename(unpacked, target);
  });
}

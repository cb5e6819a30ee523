import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The goose binary for tests: `TINYSCHEDULER_GOOSE_BIN`, else `goose` on PATH. Throws if there is none. */
export function gooseBin(): string {
  const given = process.env.TINYSCHEDULER_GOOSE_BIN;
  if (given !== undefined) {
    if (existsSync(given)) return given;
    throw new Error(`TINYSCHEDULER_GOOSE_BIN is ${given}, which does not exist`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'goose')).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error('this test runs the real goose: set TINYSCHEDULER_GOOSE_BIN or put goose 1.52 on PATH');
}

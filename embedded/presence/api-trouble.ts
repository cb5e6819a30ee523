import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ApiServed, ApiTrouble } from '../../contract/api-served.ts';
import { identify, isAlive } from '../../os/process-identity.mjs';
import { writeWholeFile } from '../../os/whole-file.ts';
import { readApiPlace } from './api-place.ts';

const at = { host: z.string(), port: z.int() };
const shape = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  trouble: z.discriminatedUnion('why', [
    z.object({ why: z.literal('port-taken'), ...at }),
    z.object({ why: z.literal('no-token'), host: z.string() }),
    z.object({ why: z.literal('tokens-unusable'), text: z.string() }),
    z.object({ why: z.literal('not-listening'), ...at, text: z.string() }),
  ]),
});

/** Where the API of a state directory is served, or why who lives to serve it does not; undefined: nobody is to. */
export function readApiServed(stateDir: string): ApiServed | undefined {
  const place = readApiPlace(stateDir);
  if (place !== undefined) return { url: place.url, tokenRequired: place.tokenRequired };
  const trouble = readTrouble(stateDir);
  return trouble && { trouble };
}

/** What keeps this process from serving it; undefined: nothing any more. */
export async function writeApiTrouble(stateDir: string, trouble: ApiTrouble | undefined): Promise<void> {
  if (trouble === undefined) await rm(pathOf(stateDir), { force: true });
  else {
    const text = JSON.stringify({ ...identify(process.pid), trouble }, null, 2);
    await writeWholeFile(pathOf(stateDir), `${text}\n`);
  }
}

function readTrouble(stateDir: string): ApiTrouble | undefined {
  try {
    const { trouble, ...keeper } = shape.parse(JSON.parse(readFileSync(pathOf(stateDir), 'utf8')));
    return isAlive(keeper) ? trouble : undefined;
  } catch {
    return undefined;
  }
}

function pathOf(stateDir: string): string {
  return join(stateDir, 'api-trouble.json');
}

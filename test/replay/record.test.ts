import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startSystem } from '../support/system.ts';
import { historyToObject, writeHistory } from './history-file.ts';
import { byHand } from './scenes/by-hand.ts';
import { held } from './scenes/held.ts';
import { losses } from './scenes/losses.ts';
import { ordinary } from './scenes/ordinary.ts';
import { pools } from './scenes/pools.ts';
import { endDaemons } from './scenes/scene.ts';
import { scrubbed } from './scrub.ts';
import { namesIn, WANTED } from './wanted.ts';

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));
const SCENES = { ordinary, byHand, pools, losses, held };

/**
 * Not a test: `npm run record-histories` plays a little of everything and keeps the histories, for
 * replay.test.ts. Record anew only when a change of the workflows is not meant for runs that are open.
 */
test.runIf(process.env.RECORD_HISTORIES === '1')('record', { timeout: 600_000 }, async () => {
  const recorded = new Map<string, unknown>();
  for (const play of Object.values(SCENES)) {
    const system = await startSystem();
    try {
      for (const { name, ref, shows } of await play(system)) {
        const history = await system.client.workflow.getHandle(ref.workflowId, ref.runId).fetchHistory();
        const kept = scrubbed(historyToObject(history), system.dir);
        for (const what of shows)
          expect(JSON.stringify(kept), `${name} shows ${what}`).toContain(`"${what}"`);
        recorded.set(name, kept);
      }
    } finally {
      await endDaemons();
      await system.stop();
    }
  }
  expect([...recorded.keys()].flatMap(namesIn).sort()).toEqual(WANTED.toSorted());
  mkdirSync(FOLDER, { recursive: true });
  for (const name of readdirSync(FOLDER)) rmSync(`${FOLDER}${name}`);
  for (const [name, history] of recorded) writeHistory(FOLDER, name, history);
});

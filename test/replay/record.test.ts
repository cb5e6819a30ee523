import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startSystem } from '../support/system.ts';
import { historyToObject, writeHistory } from './history-file.ts';
import { byHand } from './scenes/by-hand.ts';
import { held } from './scenes/held.ts';
import { inOrder } from './scenes/in-order.ts';
import { late } from './scenes/late.ts';
import { losses } from './scenes/losses.ts';
import { madeUp } from './scenes/made-up.ts';
import { notifications } from './scenes/notifications.ts';
import { occurrences } from './scenes/occurrences.ts';
import { ordinary } from './scenes/ordinary.ts';
import { pools } from './scenes/pools.ts';
import { endDaemons } from './scenes/scene.ts';
import { schedules } from './scenes/schedules.ts';
import { several } from './scenes/several.ts';
import { unseen } from './scenes/unseen.ts';
import { scrubbed } from './scrub.ts';
import { namesIn, WANTED } from './wanted.ts';

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));
const SCENES = {
  ordinary,
  byHand,
  pools,
  losses,
  held,
  occurrences,
  schedules,
  late,
  notifications,
  several,
  unseen,
  madeUp,
  inOrder,
};
/** `1`: all scenes; else names of scenes, with commas between them, and the histories of others stay. */
const asked = process.env.RECORD_HISTORIES;
const chosen = Object.entries(SCENES).filter(([name]) => asked === '1' || asked?.split(',').includes(name));

/**
 * Not a test: `npm run record-histories` plays a little of everything and keeps the histories, for
 * replay.test.ts. Record anew only when a change of the workflows is not meant for runs that are open.
 */
test.runIf(chosen.length > 0)('record', { timeout: 600_000 }, async () => {
  const recorded = new Map<string, unknown>();
  for (const [, play] of chosen) {
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
  mkdirSync(FOLDER, { recursive: true });
  const names = [...recorded.keys()].flatMap(namesIn);
  const isOld = (file: string) => asked === '1' || namesIn(file).some((name) => names.includes(name));
  const [old, others] = [
    readdirSync(FOLDER).filter(isOld),
    readdirSync(FOLDER).filter((file) => !isOld(file)),
  ];
  expect([...names, ...others.flatMap(namesIn)].sort()).toEqual(WANTED.toSorted());
  for (const name of old) rmSync(`${FOLDER}${name}`);
  for (const [name, history] of recorded) writeHistory(FOLDER, name, history);
});

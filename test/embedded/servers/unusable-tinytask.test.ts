import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allowed } from '../../support/allowed.ts';
import { newPlace, type Place } from '../../support/starting.ts';

let place: Place;
beforeEach(async () => {
  place = await newPlace();
}, 1_800_000);
afterEach(() => place.clear());

test('`npm start` on a TinyTask database that is none ends with the reason, and leaves nothing', async () => {
  mkdirSync(place.stateDir, { recursive: true });
  writeFileSync(join(place.stateDir, 'tinytask.db'), 'tasks\n'.repeat(1_000));
  const startedAt = performance.now();
  const started = place.start();
  expect(await started.ended).toBe(1);
  // Temporal comes up and goes down again in this time; a process that says nothing is given 20 s.
  expect(performance.now() - startedAt).toBeLessThan(allowed(18_000));
  expect(started.output()).toMatch(
    /The embedded TinyTask did not come up: The TinyTask database .+ is not an SQLite database\. Put it aside/,
  );
  expect(place.processes()).toEqual([]);
});

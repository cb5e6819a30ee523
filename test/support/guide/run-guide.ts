import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { allowed } from '../allowed.ts';
import { ROOT, readDocument } from '../documents.ts';
import { type GuidePlace, startGuide } from './guide-place.ts';
import { runStep, type Shell } from './run-step.ts';
import { type Step, stepsOf, withPrinted } from './steps.ts';

// A guide is run from its first line to its last, on one system, so that what it shows is what is printed. After a change of
// what commands print: `npm run record-guide` writes the document anew where it does not hold.

/** What is recorded for the first time shows nothing that could be waited for. */
const NEW_MS = 3_000;
const RECORD = process.env.RECORD_GUIDE === '1';

/** Tests of a document, one for each of its commands. */
export function runGuide(guide: string, about: GuidePlace): void {
  const { text } = readDocument(guide);
  const steps = stepsOf(text);
  let shell: Shell;
  let end: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    ({ shell, end } = await startGuide(about));
  });
  afterAll(async () => end?.());

  describe.sequential('what it shows is what is printed', () => {
    const now = new Map<Step, string[]>();
    /** What follows on a step that does not hold, does not hold either: nobody waits for it. */
    let patienceMs = allowed(30_000);

    test.each(steps.map((step, at) => [`${guide}:${step.line} $ ${step.command}`, step, at] as const))(
      '%s',
      async (_, step, at) => {
        const isNew = RECORD && step.shown?.length === 0;
        const { printed, wrong } = await runStep(shell, step, steps[at + 1], isNew ? NEW_MS : patienceMs);
        if (wrong === undefined) return;
        if (RECORD && step.shown !== undefined) now.set(step, printed);
        else {
          patienceMs = 1_000;
          throw new Error(`${guide}: ${wrong}`);
        }
      },
    );

    afterAll(() => {
      if (RECORD && now.size > 0) writeFileSync(join(ROOT, guide), withPrinted(text, now));
    });
  });
}

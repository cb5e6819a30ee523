// Steps, each of which waits for the one that it names: node nightly-batch.mjs steps.json [--hours 6]
//
//   [{ "step": "fetch",  "title": "Fetch the figures", "queue": "dev" },
//    { "step": "report", "title": "Write the report",  "queue": "dev", "after": "fetch" }]
//
// Called again on the same day, also after a crash, it adds nothing twice and waits for what there is.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dayOf, say, script, Usage } from './script.mjs';

await script(async (scheduler, signal) => {
  const { values, positionals } = parseArgs({
    options: { hours: { type: 'string', default: '6' } },
    allowPositionals: true,
  });
  const hours = Number(values.hours);
  if (positionals.length !== 1 || !(hours > 0)) throw new Usage('nightly-batch.mjs steps.json [--hours 6]');
  const steps = readSteps(positionals[0]);
  const untilMs = Date.now() + hours * 3_600_000;
  const today = dayOf(new Date());

  // All of them are added first: the scheduler starts each one when the step before is complete, whoever watches.
  const ids = new Map();
  for (const { step, title, queue, after } of steps) {
    const { task } = await scheduler.addOnce(`nightly-${today}-${step}`, {
      ...{ title, queue },
      ...(after !== undefined && { blockedBy: ids.get(after) }),
    });
    ids.set(step, task.id);
    say(`${step}: task ${task.id}`);
  }

  const ended = new Map();
  for (const { step, after } of steps) {
    // What it waits for has not been done, so it would not start.
    const isReached = after === undefined || ended.get(after) === 'complete';
    const timeoutMs = Math.max(untilMs - Date.now(), 0);
    const { end } = isReached
      ? await scheduler.ended(ids.get(step), { timeoutMs, signal })
      : { end: 'not reached' };
    ended.set(step, end);
    console.log(`${step}\t${ids.get(step)}\t${end}`);
  }
  return [...ended.values()].every((end) => end === 'complete') ? 0 : 1;
});

/** Of a file that anybody may have written: all of it is looked at before anything is added. */
function readSteps(path) {
  let steps;
  try {
    steps = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Usage(`${path} cannot be read: ${error.message}`);
  }
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > 100)
    throw new Usage(`${path} is no list of 1 to 100 steps`);
  const before = new Set();
  for (const [at, each] of steps.entries()) {
    const { step, title, queue, after } = each ?? {};
    const isText = (value) => typeof value === 'string' && value.trim() !== '' && value.length <= 200;
    if (!isText(step) || !/^[\w-]{1,50}$/.test(step) || !isText(title) || !isText(queue))
      throw new Usage(`${path}: step ${at + 1} needs a step (letters, digits, - and _), a title and a queue`);
    if (before.has(step)) throw new Usage(`${path}: two steps are called ${step}`);
    if (after !== undefined && !before.has(after))
      throw new Usage(`${path}: ${step} is after none of the steps before it`);
    before.add(step);
  }
  return steps;
}

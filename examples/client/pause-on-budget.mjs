// An agent is paused while a file says that its money is spent, and goes on when there is some again:
//   node pause-on-budget.mjs budget.json            once, for cron
//   node pause-on-budget.mjs budget.json --every 60   each 60 seconds, until Ctrl-C
//
//   {"ada": {"spent": 12.5, "limit": 10}, "cy": {"spent": 1, "limit": 10}}
//
// It takes back only what it did itself: an agent that a person has paused stays paused.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { say, script, Usage } from './script.mjs';

const BY = 'pause-on-budget';

await script(async (scheduler, signal) => {
  const { values, positionals } = parseArgs({
    options: { every: { type: 'string' } },
    allowPositionals: true,
  });
  const seconds = Number(values.every ?? 0);
  if (positionals.length !== 1 || !(seconds >= 0))
    throw new Usage('pause-on-budget.mjs budget.json [--every SECONDS]');
  for (;;) {
    const looking = keepToBudget(scheduler, positionals[0]);
    if (seconds === 0) return (await looking) ? 0 : 1;
    // A server that is away for a while comes back.
    await looking.catch((error) => say(`nothing is changed for now: ${error.message}`));
    await sleep(seconds * 1_000, undefined, { signal });
  }
});

/** False: something of the file could not be used. Then nothing is changed for that. */
async function keepToBudget(scheduler, path) {
  let budgets;
  try {
    budgets = new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8'))));
  } catch (error) {
    say(`${path} cannot be read, so nothing is changed: ${error.message}`);
    return false;
  }
  let isWell = true;
  const { agents } = await scheduler.status();
  for (const [name, budget] of budgets) {
    const { spent, limit } = budget ?? {};
    const agent = agents.find((each) => each.name === name);
    if (agent === undefined || !Number.isFinite(spent) || !Number.isFinite(limit)) {
      say(agent === undefined ? `there is no agent ${name}` : `${name}: spent and limit are to be numbers`);
      isWell = false;
      continue;
    }
    const isOurs = agent.paused && pausedBy(agent) === BY;
    if (spent >= limit && !agent.paused) {
      await scheduler.pause({ agent: name }, { by: BY, note: `spent ${spent} of ${limit}` });
      say(`${name} is paused: spent ${spent} of ${limit}`);
    } else if (spent < limit && isOurs) {
      await scheduler.resume({ agent: name }, { by: BY, note: `spent ${spent} of ${limit}` });
      say(`${name} goes on: spent ${spent} of ${limit}`);
    }
  }
  return isWell;
}

/** Who paused this agent last, as far as they said. */
function pausedBy({ name, deeds = [] }) {
  return deeds.find(({ did, agent }) => did === 'pause' && agent === name)?.by;
}

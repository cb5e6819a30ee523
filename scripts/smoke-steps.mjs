import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 500;
const QUEUE_LOOKED_AT = 'the first queue that an agent serves';

/**
 * Service up, a schedule, its automatic run, run-now, limits held, history right. What it makes is named `smoke-…`, and deleted.
 * `queue`: whose agents do the tasks; undefined: the first one. Throws what is not as it should be.
 */
export async function smoke({ url, queue, token, patienceMs }) {
  const api = apiOf(url, token);
  const id = `smoke-${process.pid}-${Date.now().toString(36)}`;
  const made = [];
  const work = { ...api, id, patienceMs };
  work.create = async (name, body) => {
    made.push(`${id}-${name}`);
    return api.ask('POST', '/api/schedules/', {
      name: `${id}-${name}`,
      timezone: 'UTC',
      title: 'Say done',
      ...body,
    });
  };
  try {
    await step('the service is up', () => isUp(work));
    work.queue = queue ?? (await firstQueue(work));
    await step('a schedule is made, shown, changed, and made no second time', () => crud(work));
    const at = await comesSoon(work);
    await step('run-now starts one at once, and moves nothing of the plan', () => runsNow(work));
    await step('a schedule runs by itself, and its history says so', () => ranByItself(work, at));
    await step('max_per_job 1 holds: two at once go one after the other', () => holds(work, 'job'));
    await step('max_global 1 holds', () => holds(work, 'global'));
  } finally {
    for (const name of made) await api.ask('DELETE', `/api/schedules/${name}/`).catch(() => undefined);
  }
  console.log('All of it is well.');
}

async function step(what, work) {
  const beganMs = performance.now();
  try {
    await work();
  } catch (error) {
    throw new Error(`${what}: no. ${error.message}`, { cause: error });
  }
  console.log(`ok  ${what} (${((performance.now() - beganMs) / 1_000).toFixed(1)} s)`);
}

function apiOf(url, token) {
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  async function raw(method, path, body) {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { ...authorization, ...(method !== 'GET' && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: answer.status, value: await answer.json() };
  }
  return {
    raw,
    async ask(method, path, body) {
      const { status, value } = await raw(method, path, body);
      if (status >= 400)
        throw new Error(`${method} ${path}: ${value.code}: ${value.detail} ${value.next_step}`);
      return value;
    },
  };
}

/** Asks again and again. `look`: whether it is there, and what was seen. */
async function until(what, patienceMs, look) {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const { found, seen } = await look();
    if (found !== undefined) return found;
    if (performance.now() > untilMs)
      throw new Error(`${what} did not come within ${patienceMs / 1_000} s: ${JSON.stringify(seen)}`);
    await sleep(LOOK_MS);
  }
}

async function isUp({ ask, patienceMs }) {
  assert.equal((await ask('GET', '/livez')).status ?? 'ok', 'ok');
  await until('a daemon', patienceMs, async () => {
    const { daemon, scheduler } = await ask('GET', '/api/state');
    return { found: daemon ?? undefined, seen: scheduler };
  });
}

async function firstQueue({ ask }) {
  const { queues } = await ask('GET', '/api/queues');
  const queue = queues.find(({ agents }) => agents.length > 0)?.queue;
  if (queue === undefined) throw new Error(`there is no ${QUEUE_LOOKED_AT}: name one with --queue.`);
  return queue;
}

async function crud({ ask, raw, create, id, queue }) {
  const path = `/api/schedules/${id}-crud/`;
  const made = await create('crud', { queue, job_key: id, schedule_type: 'interval', interval_minutes: 60 });
  assert.equal(made.id, `${id}-crud`);
  const shown = await ask('GET', path);
  assert.deepEqual(
    [shown.enabled, shown.schedule_type, shown.interval_minutes, shown.job_key, shown.last_run_at],
    [true, 'interval', 60, id, null],
  );
  assert.ok(Date.parse(shown.next_run_at) > Date.now());
  const twice = await raw('POST', '/api/schedules/', { name: `${id}-crud`, every: '1h', title: 'Say done' });
  assert.deepEqual([twice.status, twice.value.code], [409, 'existing-schedule']);
  const bad = await raw('PATCH', path, { cron: '0 3 * * * *' });
  assert.deepEqual([bad.status, bad.value.code], [400, 'bad-definition']);
  assert.equal((await ask('PATCH', path, { interval_minutes: 120 })).interval_minutes, 120);
  assert.equal((await ask('POST', `${path}disable/`, { note: 'smoke' })).after.enabled, false);
  assert.equal((await ask('POST', `${path}enable/`, {})).after.enabled, true);
}

/** The server has to have it before its time. */
const AHEAD_MS = 10_000;

async function comesSoon({ create, queue }) {
  const at = new Date(Date.now() + AHEAD_MS).toISOString().slice(0, 19);
  await create('itself', { queue, at: at.replace('T', ' ') });
  return `${at}Z`;
}

async function ranByItself(work, at) {
  const [occurrence] = await ended(work, 'itself', 1);
  assert.deepEqual([occurrence.trigger, occurrence.end], ['plan', 'done'], JSON.stringify(occurrence));
  assert.equal(Date.parse(occurrence.planned), Date.parse(at));
  const task = await work.ask('GET', `/api/tasks/${occurrence.task_id}`);
  assert.equal(task.status, 'complete');
}

async function runsNow(work) {
  const { ask, create, id, queue } = work;
  const { next_run_at: next } = await create('now', { queue, cron: '0 3 1 1 *' });
  const ran = await ask('POST', `/api/schedules/${id}-now/run-now/`, {});
  assert.equal(ran.left_out, null);
  const [occurrence, ...others] = await ended(work, 'now', 1);
  assert.deepEqual([occurrence.workflow_id, occurrence.end, others], [ran.occurrence, 'done', []]);
  const after = await ask('GET', `/api/schedules/${id}-now/`);
  assert.deepEqual([after.next_run_at, after.last_run_at], [next, occurrence.planned]);
}

/** Of two schedules that are run at once, one after the other works; who has to wait says for what. */
async function holds(work, limit) {
  const { ask, create, id, queue } = work;
  const names = [0, 1].map((at) => `${limit}-${at}`);
  const limits = limit === 'job' ? { job_key: `${id}-${limit}`, max_per_job: 1 } : { max_global: 1 };
  for (const name of names) await create(name, { queue, cron: '0 3 1 1 *', ...limits });
  const ran = await Promise.all(
    names.map((name) => ask('POST', `/api/schedules/${id}-${name}/run-now/`, {})),
  );
  assert.ok(
    ran.some(({ waits }) => waits !== null),
    'nobody had to wait',
  );
  const all = (await Promise.all(names.map((name) => ended(work, name, 1)))).flat();
  for (const one of all) assert.equal(one.end, 'done', JSON.stringify(one));
  const spans = all
    .map(({ entered, ended: end }) => [Date.parse(entered), Date.parse(end)])
    .sort((a, b) => a[0] - b[0]);
  for (const [at, [, end]] of spans.entries())
    assert.ok(spans[at + 1] === undefined || spans[at + 1][0] >= end, `two at once: ${JSON.stringify(all)}`);
}

/** Why a task is where it is, in words. */
async function explanation(ask, task) {
  const told = await ask('GET', `/api/tasks/${task}/explain`).catch((error) => error.message);
  return told?.says ?? told;
}

/** The history of one of its schedules, when so many are over. */
async function ended({ ask, id, patienceMs }, name, count) {
  return until(`the end of ${id}-${name}`, patienceMs, async () => {
    const { occurrences } = await ask('GET', `/api/schedules/${id}-${name}/history/`);
    const over = occurrences.filter(({ end }) => end !== null);
    if (over.length >= count) return { found: over };
    const tasks = occurrences.map(({ task_id: task }) => task).filter((task) => task !== null);
    return { seen: { occurrences, tasks: await Promise.all(tasks.map((task) => explanation(ask, task))) } };
  });
}

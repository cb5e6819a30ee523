// What ended yesterday, for a spreadsheet: node yesterday-as-csv.mjs [--day 2026-11-25] > yesterday.csv
// A day is one of this machine's time zone. Times are in UTC.
import { parseArgs } from 'node:util';
import { dayOf, say, script, Usage } from './script.mjs';

const MOST_RUNS = 5_000;
const HEAD = ['task', 'title', 'queue', 'agent', 'started', 'ended', 'end', 'verdict', 'reason', 'tokens'];

// Whoever reads, such as `head`, may have enough before the end.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 4));

await script(async (scheduler, signal) => {
  const { values } = parseArgs({ options: { day: { type: 'string' } } });
  const { fromMs, toMs } = spanOf(values.day);
  const [{ runs, more }, tasks] = await Promise.all([
    scheduler.endedRuns({ sinceMs: fromMs, limit: MOST_RUNS }),
    scheduler.tasks(),
  ]);
  signal.throwIfAborted();
  const titles = new Map(tasks.map(({ id, title }) => [id, title]));
  const rows = runs
    .filter(({ endedAtMs }) => endedAtMs < toMs)
    .map((run) => rowOf(run, titles.get(run.taskId)));
  process.stdout.write([HEAD, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join(''));
  if (more) say(`there is more than ${MOST_RUNS} runs, and the oldest are missing`);
  return more ? 1 : 0;
});

function rowOf({ taskId, queue, agent, startedAtMs, endedAtMs, end, verdict, attempts }, title) {
  const tokens = attempts?.reduce((sum, attempt) => sum + (attempt.tokens ?? 0), 0);
  const [started, ended] = [startedAtMs, endedAtMs].map((ms) => new Date(ms).toISOString());
  return [taskId, title, queue, agent, started, ended, end, verdict?.kind, verdict?.reason, tokens];
}

/** A text is quoted, so that commas, quotes and line breaks are part of it. What a spreadsheet would compute gets a ' before it. */
function cell(value) {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = value.replaceAll('\0', '');
  const harmless = /^[\s]*[=+\-@]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** From midnight to midnight, also on the days on which the clocks change. */
function spanOf(day) {
  const now = new Date();
  const [year, month, date] = day?.split('-').map(Number) ?? [
    now.getFullYear(),
    now.getMonth() + 1,
    now.getDate() - 1,
  ];
  const from = new Date(year, month - 1, date);
  if (day !== undefined && (!/^\d{4}-\d\d-\d\d$/.test(day) || dayOf(from) !== day))
    throw new Usage(`${day} is no day such as 2026-11-25`);
  return { fromMs: from.getTime(), toMs: new Date(year, month - 1, date + 1).getTime() };
}

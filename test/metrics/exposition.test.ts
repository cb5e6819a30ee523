import { expect, test } from 'vitest';
import type { SchedulerEvent } from '../../activities/events.ts';
import { loadConfig } from '../../config/load.ts';
import { VERDICT_KINDS } from '../../domain/attempt/verdict.ts';
import { METRIC_NAMES, metricOf } from '../../metrics/catalog.ts';
import { Counted, type Figure, textOf } from '../../metrics/exposition.ts';
import { EventCounts } from '../../metrics/of-events.ts';
import { figuresOf } from '../../metrics/of-look.ts';
import { processFigures } from '../../metrics/process-figures.ts';
import { agentOf, lookOf, openTaskOf } from '../support/api-stand.ts';
import { readDocument } from '../support/documents.ts';
import { PROMTOOL, promtool } from '../support/promtool.ts';

const HOSTILE = [
  'plain',
  'a"b',
  'a\\b',
  'a\nb{c="d"} 7',
  'a,pool:b',
  '\u0000\u001b[2J',
  'x\ud800',
  'x\ud801',
  '# HELP x y',
  'é\u2028',
  'l'.repeat(5_000),
  '',
];
const samples = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const ofAll = (names: readonly string[]): Figure[] =>
  names.map((agent) => ({ name: 'tinyscheduler_slots_used', labels: { agent, pool: agent }, value: 1 }));

test('hostile names are one label each, of a length that is bounded, and nothing else', async () => {
  const text = await textOf(ofAll(HOSTILE));
  const lines = samples(text);
  for (const line of lines)
    expect(line).toMatch(/^tinyscheduler_slots_used\{agent="([^"\\\n]|\\.)*",pool="([^"\\\n]|\\.)*"\} \d+$/);
  // Two that are no characters are the same when they are told, and are added.
  expect(lines).toHaveLength(HOSTILE.length - 1);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(300);
});

test.skipIf(PROMTOOL === undefined)('promtool takes them', async () => {
  const { status, text } = promtool(['check', 'metrics'], await textOf(ofAll(HOSTILE)));
  expect(status, text).toBe(0);
});

test('counters take them too', async () => {
  const counted = new Counted();
  for (const agent of HOSTILE) counted.add('tinyscheduler_tokens_total', 1, { agent });
  const lines = samples(await counted.text()).filter((line) => line.includes('tokens_total'));
  expect(lines).toHaveLength(HOSTILE.length - 1);
});

test('a counter never goes back, and what is no number is not observed', async () => {
  const counted = new Counted();
  counted.add('tinyscheduler_pass_errors_total', -5);
  counted.observe('tinyscheduler_start_latency_seconds', Number.NaN);
  const text = await counted.text();
  expect(text).toContain('tinyscheduler_pass_errors_total 0');
  expect(text).toContain('tinyscheduler_start_latency_seconds_count 0');
});

/** 200 agents in 40 pools, each with both budgets, that have met every verdict; 10,000 tasks. */
async function full(): Promise<string> {
  const pools = Array.from({ length: 40 }, (_, at) => `queue-${at}`);
  const today = { day: 'd', endsMs: 0, used: 1, unknown: 0, unknownAttempts: 0, reserved: 0, unreserved: 0 };
  const line = { tokensPerDay: 9, timeZone: 'UTC', today };
  const agents = Array.from({ length: 200 }, (_, at) =>
    agentOf(`agent-${at}`, { queue: pools[at % 40] as string, budget: line, poolBudget: line }),
  );
  const tasks = Array.from({ length: 10_000 }, (_, at) =>
    openTaskOf(at + 1, { queue: `q-${at}`, pool: at % 2 ? `q-${at}` : (pools[at % 40] as string) }),
  );
  const counts = new EventCounts();
  counts.knowPools(pools);
  for (const { name: agent } of agents)
    for (const verdict of VERDICT_KINDS)
      counts.count({ what: 'settled', agent, verdict, tokens: 1 } as SchedulerEvent, 0);
  const lastPass = { atMs: 1 } as never;
  const { config } = loadConfig({ env: {}, cwd: '/nowhere' });
  const looked = { text: '', tookMs: 1, tinytaskUp: true };
  const ofProcess = processFigures({ role: 'daemon', version: '1', config }, looked, true);
  const ofLook = figuresOf(lookOf({ status: { agents, lastPass }, tasks }));
  return `${await textOf([...ofProcess, ...ofLook])}\n${await counts.text()}\n`;
}

test('200 agents in 40 pools have fewer than 4,500 series, and those of Temporal some 450', async () => {
  const lines = samples(await full());
  expect(lines.length).toBeLessThan(4_500);
  expect(new Set(lines.map((line) => line.replace(/ \S+$/, ''))).size).toBe(lines.length);
});

test('everything of the catalog is exported by somebody, with its labels and nothing else', async () => {
  const text = await full();
  const found = new Map<string, string>();
  for (const line of samples(text)) {
    const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    const plain = name.replace(/_(bucket|sum|count)$/, '');
    const all = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== 'le');
    found.set(plain, all.sort().join());
  }
  const wanted = METRIC_NAMES.map(
    (name) => [name, [...(metricOf(name).labels ?? [])].sort().join()] as const,
  );
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
});

test.skipIf(PROMTOOL === undefined)('promtool takes all of it', async () => {
  const { status, text } = promtool(['check', 'metrics'], await full());
  expect(status, text).toBe(0);
});

test('docs/monitoring.md has each metric with its type, labels and words', () => {
  const { text } = readDocument('docs/monitoring.md');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \| (\w+) \| (.*) \|$/gm)].map((row) =>
    row.slice(1),
  );
  const wanted = METRIC_NAMES.map((name) => {
    const { type, told, help, labels = [] } = metricOf(name);
    const shown = labels.length === 0 ? '–' : labels.map((label) => `\`${label}\``).join(', ');
    return [name, type, shown, told, help];
  });
  expect(rows).toEqual(wanted);
});

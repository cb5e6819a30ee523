import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ROOT, readDocument } from '../support/documents.ts';
import { PROMTOOL, promtool } from '../support/promtool.ts';
import { ALERT_CASES, type AlertCase } from './alert-cases.ts';

interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

const RULES_FILE = join(ROOT, 'deploy/prometheus/tinyscheduler.rules.yml');
const { groups } = parse(readFileSync(RULES_FILE, 'utf8')) as { groups: { rules: Rule[] }[] };
const RULES = groups.flatMap(({ rules }) => rules);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'alerts-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

test('each alert is known by one name, and has a case that makes it fire and fall', () => {
  const names = RULES.map(({ alert }) => alert);
  expect(new Set(names).size).toBe(names.length);
  expect([...new Set(ALERT_CASES.map(({ alert }) => alert))].sort()).toEqual([...names].sort());
});

test.each(RULES)('$alert says how bad it is, what it means, and where it is told what to do', (rule) => {
  const { summary, description, runbook_url } = rule.annotations;
  expect(['critical', 'warning']).toContain(rule.labels.severity);
  expect([summary, description].every((text) => text.length > 10)).toBe(true);
  expect(rule.for).toMatch(/^\d+m$/);
  const [path = '', anchor] = runbook_url.split('#');
  expect(path).toBe('docs/monitoring.md');
  const headings = [...readDocument(path).text.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text.toLowerCase(),
  );
  expect(headings).toContain(anchor);
});

test.skipIf(PROMTOOL === undefined)('promtool takes the rules and the configuration', () => {
  const [rules, config] = [
    promtool(['check', 'rules', RULES_FILE]),
    promtool(['check', 'config', join(ROOT, 'deploy/prometheus/prometheus.yml')]),
  ];
  expect([rules.status, config.status], rules.text + config.text).toEqual([0, 0]);
});

test.skipIf(PROMTOOL === undefined)(
  'each fires when it ought to, and falls',
  () => {
    // One process for all: what is not as expected is told with the name of its alert.
    const file = join(dir, 'cases.yml');
    const tests = ALERT_CASES.map(unitTest);
    writeFileSync(file, stringify({ rule_files: [RULES_FILE], evaluation_interval: '1m', tests }));
    const { status, text } = promtool(['test', 'rules', file]);
    expect(status, text).toBe(0);
  },
  60_000,
);

/** Not the alert before, the alert, and not the alert afterwards. */
function unitTest({ alert, series, quiet, fires, labels = {}, falls }: AlertCase) {
  const rule = RULES.find((each) => each.alert === alert) as Rule;
  const firing = {
    exp_labels: { ...rule.labels, ...labels },
    exp_annotations: told(rule.annotations, labels),
  };
  const at = (minute: number, alerts: object[]) => ({
    ...{ eval_time: `${minute}m`, alertname: alert, exp_alerts: alerts },
  });
  return {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [...quiet.map((minute) => at(minute, [])), at(fires, [firing]), at(falls, [])],
  };
}

function told(annotations: Rule['annotations'], labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, text]) => [
      key,
      text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? ''),
    ]),
  );
}

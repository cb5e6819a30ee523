import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { METRIC_NAMES, metricOf } from '../../metrics/catalog.ts';
import { ROOT } from '../support/documents.ts';
import { OF_TEMPORAL, PROMTOOL, promtool } from '../support/promtool.ts';

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { expr: string; refId: string; datasource: { uid: string } }[];
}

const read = (path: string) => readFileSync(join(ROOT, 'deploy', path), 'utf8');
const dashboard = JSON.parse(read('grafana/dashboards/tinyscheduler.json')) as {
  uid: string;
  schemaVersion: number;
  panels: Panel[];
  annotations: { list: { expr: string }[] };
};
const { panels } = dashboard;
const shown = panels.filter(({ type }) => type !== 'row');
const { datasources } = parse(read('grafana/provisioning/datasources/prometheus.yml')) as {
  datasources: { uid: string; type: string; url: string }[];
};
const rules = parse(read('prometheus/tinyscheduler.rules.yml')) as {
  groups: { rules: { expr: string }[] }[];
};

/** As Grafana sends them. */
const QUERIES = shown.flatMap(({ targets = [] }) =>
  targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m')),
);
const ALL = [...QUERIES, ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr))];

test('it is one dashboard of a schema that Grafana 10 and later read', () => {
  expect(dashboard.uid).toBe('tinyscheduler');
  expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
  expect(panels.length).toBeGreaterThan(20);
  const ids = panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(shown.map(({ title }) => title)).size).toBe(shown.length);
});

test.each(shown)('the panel "$title" asks the provisioned data source, in a unit', (panel) => {
  const [source] = datasources;
  expect(panel.datasource).toEqual({ type: source?.type, uid: source?.uid });
  expect(['stat', 'timeseries']).toContain(panel.type);
  expect(panel.fieldConfig?.defaults.unit).toMatch(/^\w+$/);
  expect(panel.description).toMatch(/\.$/);
  const targets = panel.targets ?? [];
  expect(targets.length).toBeGreaterThan(0);
  expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  for (const { datasource } of targets) expect(datasource.uid).toBe(source?.uid);
});

test('no panel lies on another, and none is wider than the page', () => {
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
});

test('the dashboards are provisioned from a folder', () => {
  const { providers } = parse(read('grafana/provisioning/dashboards/tinyscheduler.yml')) as {
    providers: { type: string; options: { path: string } }[];
  };
  expect(providers).toMatchObject([{ type: 'file', options: { path: expect.stringMatching(/^\//) } }]);
});

test('rules and panels ask for what is exported, and panels for all of it', () => {
  const named = new Set(ALL.flatMap((expr) => expr.match(/\b(?:tinyscheduler|process|temporal)_\w+/g) ?? []));
  const plain = [...named].map((name) => name.replace(/_(bucket|count|sum)$/, ''));
  const unknown = plain.filter(
    (name) => !(METRIC_NAMES as string[]).includes(name) && !OF_TEMPORAL.includes(name),
  );
  expect(unknown).toEqual([]);
  const unasked = METRIC_NAMES.filter((name) => !plain.includes(name));
  expect(unasked).toEqual(['process_start_time_seconds']);
  // A label that a metric has not got would silently match nothing.
  for (const expr of ALL)
    for (const [, name = '', inner = ''] of expr.matchAll(
      /\b(tinyscheduler_\w+?)(?:_bucket|_count)?\{(.*?)\}/g,
    ))
      for (const [, label] of inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
        expect(metricOf(name as never).labels, expr).toContain(label);
});

test.skipIf(PROMTOOL === undefined)('promtool can read each query', () => {
  const groups = [{ name: 'panels', rules: QUERIES.map((expr, at) => ({ record: `panel:${at}`, expr })) }];
  const dir = mkdtempSync(join(tmpdir(), 'grafana-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const check = (all: object[]) => {
    const file = join(dir, 'rules.yml');
    writeFileSync(file, stringify({ groups: all }));
    return promtool(['check', 'rules', '--lint=none', file]);
  };
  const { status, text } = check(groups);
  expect(status, text).toBe(0);
  expect(check([{ name: 'x', rules: [{ record: 'panel:x', expr: 'sum(' }] }]).status).not.toBe(0);
});

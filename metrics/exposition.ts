import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Label, METRIC_NAMES, type MetricName, metricOf } from './catalog.ts';

// The one place that uses prom-client: names and texts come from the catalog, so nothing can be exported that is not in it.

export type Labels = Partial<Record<Label, string>>;

/** One value now. */
export interface Figure {
  name: MetricName;
  value: number;
  labels?: Labels;
}

const LABEL_CHARACTERS = 100;

/** Prometheus's text of these values, and of nothing else: what is not known has no line. */
export function textOf(figures: Iterable<Figure>): Promise<string> {
  const registry = new Registry();
  const made = new Map<MetricName, Gauge | Counter>();
  for (const { name, value, labels = {} } of figures) {
    const metric = made.get(name) ?? make(name, registry);
    made.set(name, metric);
    // Added, since two names may be the same when they are cut.
    metric.inc(clean(labels), value);
  }
  return registry.metrics();
}

function make(name: MetricName, registry: Registry): Gauge | Counter {
  const { type, help, labels = [] } = metricOf(name);
  const about = { name, help, labelNames: [...labels], registers: [registry] };
  return type === 'counter' ? new Counter(about) : new Gauge(about);
}

/** What happened since this process began. Everything whose labels are known begins with 0. */
export class Counted {
  readonly #registry = new Registry();
  readonly #counters = new Map<MetricName, Counter>();
  readonly #histograms = new Map<MetricName, Histogram>();

  constructor() {
    for (const name of METRIC_NAMES) {
      const { type, told, help, labels = [], buckets = [] } = metricOf(name);
      if (told !== 'events') continue;
      const about = { name, help, labelNames: [...labels], registers: [this.#registry] };
      if (type === 'histogram')
        this.#histograms.set(name, new Histogram({ ...about, buckets: [...buckets] }));
      else this.#counters.set(name, new Counter(about));
    }
  }

  /** By 0: from now on it has a series. */
  add(name: MetricName, by = 1, labels: Labels = {}): void {
    if (by >= 0) this.#counters.get(name)?.inc(clean(labels), by);
  }

  /** Below 0 is 0: clocks differ. */
  observe(name: MetricName, seconds: number): void {
    if (Number.isFinite(seconds)) this.#histograms.get(name)?.observe(Math.max(0, seconds));
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** prom-client quotes them; what is no character would become several that are the same. */
function clean(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([label, text]) => [
      label,
      [...text.toWellFormed()].slice(0, LABEL_CHARACTERS).join(''),
    ]),
  );
}

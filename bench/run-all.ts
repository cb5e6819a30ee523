import type { Findings, Measurement, Result } from './figures.ts';

/** What a run of measurements tells on its way. */
export interface Telling {
  begins(measurement: Measurement): void;
  /** At once, so that nothing is lost if a later one fails. */
  ended(findings: Findings, seconds: number): void;
}

export interface Limits {
  /** How long one measurement may take. */
  eachMs: number;
  /** How long all may take; what has not begun by then is noted. */
  allMs?: number | undefined;
  /** Ends what a measurement that has failed or hangs has left. */
  clear(): Promise<void>;
}

/** One after the other. One that fails, or takes too long, is noted, and the next begins. */
export async function runAll(
  measurements: readonly Measurement[],
  measure: (measurement: Measurement) => Promise<Result>,
  limits: Limits,
  telling: Telling,
): Promise<Findings> {
  const all: Findings = { figures: [], sections: [], unmeasured: [] };
  const untilMs = performance.now() + (limits.allMs ?? Number.POSITIVE_INFINITY);
  for (const measurement of measurements) {
    telling.begins(measurement);
    const from = performance.now();
    const leftMs = untilMs - from;
    const findings =
      leftMs > 0
        ? await one(measurement, measure, { ...limits, eachMs: Math.min(limits.eachMs, leftMs) })
        : notMeasured(measurement, 'the time for all of them was over');
    telling.ended(findings, (performance.now() - from) / 1_000);
    all.figures.push(...findings.figures);
    all.sections.push(...findings.sections);
    all.unmeasured.push(...findings.unmeasured);
  }
  return all;
}

async function one(
  measurement: Measurement,
  measure: (measurement: Measurement) => Promise<Result>,
  { eachMs, clear }: Limits,
): Promise<Findings> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took more than ${Math.round(eachMs / 1_000)} s`)), eachMs);
  });
  try {
    const { figures, sections = [] } = await Promise.race([measure(measurement), tooLong]);
    return { figures, sections, unmeasured: [] };
  } catch (error) {
    await clear();
    return notMeasured(measurement, error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

function notMeasured({ keys }: Measurement, why: string): Findings {
  return { figures: [], sections: [], unmeasured: keys.map((key) => ({ key, why: oneLine(why) })) };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
}

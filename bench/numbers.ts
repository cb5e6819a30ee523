/** The value below which the share `p` (0 to 1) of the values lies: the nearest one that was really measured. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

export function spread(values: readonly number[]): { p50: number; p99: number } {
  return { p50: round(percentile(values, 0.5)), p99: round(percentile(values, 0.99)) };
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Three digits that count: 12345 stays, 12.345 becomes 12.3, 0.12345 becomes 0.123. */
export function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

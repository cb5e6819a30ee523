/** A count for people: `200,000`. */
export function number(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

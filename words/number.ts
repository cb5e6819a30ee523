/** `1 task`, `2 tasks`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A count for people: `200,000`. */
export function number(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** What the clocks of a time zone show; months from 1 on. */
export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const kept = formats.get(zone);
  if (kept !== undefined) return kept;
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  formats.set(zone, format);
  return format;
}

export function wallOf(zone: string, atMs: number): Wall {
  const parts = formatOf(zone).formatToParts(atMs);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return {
    ...{ year: of('year'), month: of('month'), day: of('day') },
    ...{ hour: of('hour'), minute: of('minute') },
  };
}

const asUtc = ({ year, month, day, hour, minute }: Wall) => Date.UTC(year, month - 1, day, hour, minute);

/** When clocks of the zone show this; the later one where it comes twice. Where they leave it out, as if they had not been moved. */
export function momentOf(zone: string, wall: Wall): number {
  const wanted = asUtc(wall);
  const aheadAt = (ms: number) => asUtc(wallOf(zone, ms)) - Math.floor(ms / 60_000) * 60_000;
  const first = wanted - aheadAt(wanted);
  return wanted - aheadAt(first);
}

export function hereZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether this browser knows it. */
export function isZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

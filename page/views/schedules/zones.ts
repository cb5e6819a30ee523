/** Of whoever looks. */
export function viewersZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Names that this browser knows, for suggestions; what is right the server says. */
export function knownZones(): readonly string[] {
  return [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** A zone that this browser does not know is told in UTC. */
function clockOf(zone: string): { clock: Intl.DateTimeFormat; zone: string } {
  const known = clocks.get(zone);
  if (known !== undefined) return { clock: known, zone };
  try {
    const clock = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: zone, weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
    });
    clocks.set(zone, clock);
    return { clock, zone };
  } catch {
    return clockOf('UTC');
  }
}

/** A moment on two clocks: `Fri 2026-11-27 03:00 Europe/Berlin`, and `02:00` of the viewer; null: they show the same. */
export interface OnBothClocks {
  theirs: string;
  here: string | null;
}

/** @param ms milliseconds since the epoch */
export function onBothClocks(ms: number, theirZone: string, viewers: string): OnBothClocks {
  const { clock, zone } = clockOf(theirZone);
  const [there, here] = [wallOf(clock, ms), wallOf(clockOf(viewers).clock, ms)];
  const theirs = `${there.day} ${there.time} ${zone}`;
  if (there.day === here.day && there.time === here.time) return { theirs, here: null };
  return { theirs, here: there.day === here.day ? here.time : `${here.day} ${here.time}` };
}

/** In one text: `Fri 2026-11-27 03:00 Europe/Berlin (here 02:00)`. */
export function sayOnBoth(ms: number, theirZone: string, viewers: string): string {
  const { theirs, here } = onBothClocks(ms, theirZone, viewers);
  return here === null ? theirs : `${theirs} (here ${here})`;
}

function wallOf(clock: Intl.DateTimeFormat, ms: number): { day: string; time: string } {
  const parts = Object.fromEntries(clock.formatToParts(ms).map(({ type, value }) => [type, value]));
  const { weekday, year, month, day, hour, minute, second } = parts;
  return {
    day: `${weekday} ${year}-${month}-${day}`,
    time: `${hour}:${minute}${second === '00' ? '' : `:${second}`}`,
  };
}

import { nowMs } from '../live/clock.ts';
import { sayLasted } from './lasted.ts';

const UTC = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
const HERE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment on both clocks, for a title. */
export function sayMoment(ms: number): string {
  return `${HERE.format(ms)} here, ${UTC.format(ms)} UTC`;
}

/** How long ago, or in how long; both clocks in the title. Null: it is not known, which is said with a dash. */
export function Ago({ at, plain = false }: { at: string | null | undefined; plain?: boolean }) {
  const ms = at == null ? Number.NaN : Date.parse(at);
  if (Number.isNaN(ms)) return <span title="not known">–</span>;
  const away = nowMs.value - ms;
  const lasted = sayLasted(Math.abs(away));
  // Clocks of hosts differ a little: what has just been is not to come.
  const isNow = Math.abs(away) < 1_000;
  const words = plain ? lasted : isNow ? 'now' : away > 0 ? `${lasted} ago` : `in ${lasted}`;
  return (
    <time dateTime={at ?? ''} title={sayMoment(ms)}>
      {words}
    </time>
  );
}

import { computed } from '@preact/signals';
import { nowMs } from './live/clock.ts';
import { type Connection, connection, knownMs } from './live/store.ts';
import { sayLasted } from './parts/lasted.ts';
import { sayMoment } from './parts/time.tsx';

/** What is known longer ago than this is said loudly. */
const STALE_MS = 30_000;

const ageMs = computed(() => (knownMs.value === null ? null : Math.max(0, nowMs.value - knownMs.value)));

/** The first line: how things are, since when, and how old that is. */
export function Headline() {
  return (
    <div class="headline">
      <h1>TinyScheduler</h1>
      <Age />
    </div>
  );
}

function Age() {
  const { value: now } = connection;
  const age = ageMs.value;
  const isOld = now.is === 'away' || (age !== null && age > STALE_MS);
  const known = knownMs.value;
  return (
    <p class={isOld ? 'age stale' : 'age'} title={known === null ? 'nothing is known yet' : sayMoment(known)}>
      {sayAge(now, age)}
    </p>
  );
}

function sayAge(now: Connection, age: number | null): string {
  if (age === null) return now.is === 'away' ? sayAway(now) : 'Asking …';
  if (now.is === 'away') return `${sayAway(now)} What is shown is ${sayLasted(age)} old.`;
  return age > STALE_MS ? `What is shown is ${sayLasted(age)} old.` : 'As of now';
}

function sayAway(now: Extract<Connection, { is: 'away' }>): string {
  if (now.what === 'api') return 'The scheduler’s API does not answer.';
  return now.code?.startsWith('tinytask')
    ? 'TinyTask does not answer.'
    : `Temporal does not answer (${now.code}).`;
}

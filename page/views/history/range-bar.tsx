import { useState } from 'preact/hooks';
import { setQuery } from '../../address/address.ts';
import { nowMs } from '../../live/clock.ts';
import { isZone } from './clock-of-zone.ts';
import { type Range, type RangeName, readWall, wallText } from './range.ts';

export const QUICK: readonly { name: RangeName; key: string; word: string; says: string }[] = [
  { name: '24h', key: '1', word: '24 h', says: 'the last 24 hours' },
  { name: 'yesterday', key: '2', word: 'Since yesterday', says: 'since yesterday 0:00' },
  { name: '7d', key: '3', word: '7 days', says: 'the last 7 days' },
];

export function choose(range: RangeName): void {
  setQuery({ range: range === '24h' ? undefined : range, from: undefined, to: undefined });
}

/** What failed this night: since yesterday 18:00, only what went badly. */
export function chooseNight(): void {
  setQuery({ range: 'night', from: undefined, to: undefined, came_to: 'failed', verdict: undefined });
}

/** Which time is shown, and of which zone. */
export function RangeBar({ range, zone }: { range: Range; zone: string }) {
  const [isOpen, setOpen] = useState(range.name === 'custom');
  return (
    <div class="ranges">
      <fieldset class="buttons" aria-label="Which time">
        {QUICK.map(({ name, key, word }) => (
          <button
            key={name}
            type="button"
            aria-pressed={range.name === name}
            title={`key ${key}`}
            onClick={() => choose(name)}
          >
            {word}
          </button>
        ))}
        <button type="button" aria-pressed={range.name === 'night'} title="key f" onClick={chooseNight}>
          What failed this night
        </button>
        <button
          type="button"
          aria-pressed={range.name === 'custom'}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          From … to …
        </button>
      </fieldset>
      {isOpen && <Custom range={range} zone={zone} />}
    </div>
  );
}

function Custom({ range, zone }: { range: Range; zone: string }) {
  const [from, setFrom] = useState(wallText(range.sinceMs, zone));
  const [to, setTo] = useState(range.untilMs === null ? '' : wallText(range.untilMs, zone));
  const [name, setName] = useState(zone);
  const [wrong, setWrong] = useState('');
  const show = () => {
    const trouble = troubleOf(from, to, name);
    setWrong(trouble);
    if (trouble === '') setQuery({ range: 'custom', from, to: to || undefined, zone: name });
  };
  return (
    <form
      class="custom"
      onSubmit={(event) => {
        event.preventDefault();
        show();
      }}
    >
      <label>
        From{' '}
        <input type="datetime-local" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        to <input type="datetime-local" value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <label>
        time zone{' '}
        <input value={name} maxLength={64} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <button type="submit" class="primary">
        Show
      </button>
      {wrong && (
        <p class="problem" role="alert">
          {wrong}
        </p>
      )}
    </form>
  );
}

function troubleOf(from: string, to: string, zone: string): string {
  if (!isZone(zone)) return `There is no time zone ${zone}; Europe/Berlin and UTC are such names.`;
  const since = readWall(from, zone);
  const until = to === '' ? nowMs.peek() : readWall(to, zone);
  if (since === undefined || until === undefined) return 'A time is not complete.';
  return since < until ? '' : 'The end is not after the beginning.';
}

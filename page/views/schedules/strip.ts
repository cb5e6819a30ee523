import type { RecentOccurrence } from '../../api/shapes.ts';
import { harmless } from '../../parts/harmless.ts';
import { shorten } from '../../parts/shorten.ts';

/** What became of an occurrence, as it is shown. */
export type Look = 'done' | 'failed' | 'cancelled' | 'left-out' | 'missed' | 'open';

export type Short = Pick<
  RecentOccurrence,
  'planned' | 'end' | 'why' | 'says' | 'reason' | 'times' | 'task_id'
>;

const MISSED: readonly (string | null)[] = ['superseded', 'too-late', 'not-fired'];

export function lookOf({ end, why }: Pick<Short, 'end' | 'why'>): Look {
  switch (end) {
    case null:
      return 'open';
    case 'done':
    case 'failed':
    case 'cancelled':
      return end;
    default:
      return MISSED.includes(why) ? 'missed' : 'left-out';
  }
}

export const LOOK_WORDS: Readonly<Record<Look, string>> = {
  ...{ done: 'well', failed: 'failed', cancelled: 'cancelled' },
  ...{ 'left-out': 'left out', missed: 'missed', open: 'under way' },
};

const BAD: readonly Look[] = ['failed', 'cancelled', 'missed'];

/**
 * The strip in words: `27 of 30 well, the last failed: …`.
 * @param occurrences newest first; null: nobody answers for them; undefined: they are being asked for
 */
export function summaryOf(occurrences: readonly Short[] | null | undefined): string {
  if (occurrences === undefined) return 'The last times are being asked for …';
  if (occurrences === null) return 'What became of the last times is not known: nobody answers for it now.';
  if (occurrences.length === 0) return 'Nothing has begun yet.';
  const over = occurrences.filter(({ end }) => end !== null);
  const open = occurrences.length - over.length;
  const underWay = open === 0 ? [] : [`${open} under way`];
  if (over.length === 0) return `${underWay.join('')}.`;
  const well = over.filter(({ end }) => end === 'done').length;
  return `${[`${well} of ${over.length} well`, ...underWay].join(', ')}, ${lastOf(over)}.`;
}

/** Of those that are over. */
function lastOf(over: readonly Short[]): string {
  const [last] = over;
  if (last === undefined) return '';
  const look = lookOf(last);
  if (look === 'done') return over.length === 1 ? 'the only one' : 'the last too';
  if (BAD.includes(look)) return `the last ${saysOf(last, look)}`;
  const before = over.find((each) => lookOf(each) !== 'left-out');
  const left = `the last was ${saysOf(last, look)}`;
  return before === undefined ? left : `${left}; the one before that ${saysOf(before, lookOf(before))}`;
}

const LONGEST = 240;

/** `failed: the model answered with nothing`. */
function saysOf({ reason }: Short, look: Look): string {
  if (look === 'done') return 'went well';
  const told = harmless(reason ?? '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
  const cut = shorten(told, LONGEST);
  const word = look === 'missed' ? 'was missed' : LOOK_WORDS[look];
  return cut === '' ? word : `${word}: ${cut}`;
}

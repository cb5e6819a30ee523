import type { Summary } from './api/shapes.ts';

/** Arrivals against ends; what is not known is a dash. */
export function sayTraffic({
  arrived_last_hour: arrived,
  ended_last_hour: ended,
}: Pick<Summary, 'arrived_last_hour' | 'ended_last_hour'>): string {
  const done = ended?.completed ?? null;
  const others = ended?.others ? `, ${ended.others} ended otherwise` : '';
  return `in the last hour ${arrived ?? '–'} came, ${done ?? '–'} completed${others}`;
}

/** What a change of is news to somebody who hears the page. */
export function whatMatters({ level, conditions, counts }: Summary): string {
  const { stuck, agents_off: off, parked, lost } = counts ?? {};
  return [level, ...conditions.map(({ what }) => what), stuck, off, parked, lost].join(' ');
}

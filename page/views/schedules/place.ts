import { linkTo } from '../../address/link.ts';

/** What of the view an address is of. */
export type Place =
  | { is: 'list' }
  | { is: 'new' }
  | { is: 'missed' }
  | { is: 'one' | 'edit'; name: string }
  | { is: 'nowhere' };

/** Words that are no name in this place; a schedule that is called so is at `#/schedules/new/show`. */
const RESERVED: readonly string[] = ['new', 'missed'];

/** @param path of the address, `schedules` first */
export function placeOf([, name, what, ...rest]: readonly string[]): Place {
  if (rest.length > 0) return { is: 'nowhere' };
  if (name === undefined) return { is: 'list' };
  if (what === 'edit') return { is: 'edit', name };
  if (what === 'show') return { is: 'one', name };
  if (what !== undefined) return { is: 'nowhere' };
  if (name === 'new' || name === 'missed') return { is: name };
  return { is: 'one', name };
}

export function linkToSchedule(name: string): string {
  return linkTo(['schedules', name, ...(RESERVED.includes(name) ? ['show'] : [])]);
}

export function linkToEdit(name: string): string {
  return linkTo(['schedules', name, 'edit']);
}

/** Where the API has it. */
export function pathOf(name: string, what = ''): string {
  return `/api/schedules/${encodeURIComponent(name)}${what && `/${what}`}`;
}

import { linkTo } from '../../../address/link.ts';

/** The list that a task was opened from: its tasks in their order, and where it is. */
let last: { ids: readonly number[]; link: string } = { ids: [], link: linkTo(['tasks']) };

export function keepList(ids: readonly number[], link: string): void {
  last = { ids, link };
}

export const linkToList = () => last.link;

/** The task after (1) or before (-1) this one in that list; undefined: there is none. */
export function neighbour(taskId: number, step: 1 | -1): number | undefined {
  const at = last.ids.indexOf(taskId);
  return at < 0 ? undefined : last.ids[at + step];
}

import { CONDITION_KINDS, type ConditionKind } from '../domain/notify/condition.ts';

/** Where notifications go. `url`: may have secrets in it, so it is shown by `shownTarget` only. `name`: of a command of BIN_DIR. */
export type NotifyTarget = { to: 'url'; url: string } | { to: 'command'; name: string };

/** What people can be notified of. */
export const NOTIFY_EVENTS = [...CONDITION_KINDS, 'recovered'] as const;
export type NotifyEvent = ConditionKind | 'recovered';

/** `https://hooks.example` and no more, or the name of the command. */
export function shownTarget(target: NotifyTarget): string {
  if (target.to === 'command') return target.name;
  const { protocol, host } = new URL(target.url);
  return `${protocol}//${host}`;
}

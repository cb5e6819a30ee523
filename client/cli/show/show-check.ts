import type { Checked } from '../../../contract/check.ts';
import { sayAlert } from '../../../words/alert.ts';
import { counted } from '../../../words/number.ts';
import { paragraph } from './print.ts';

/** Whether all is well, for people: a line for each thing that is not. `nowMs`: milliseconds since the epoch. */
export function checkText({ alerts, pools, agents, running, waiting }: Checked, nowMs: number): string {
  if (alerts.length > 0)
    return alerts.map((alert) => paragraph(`Alert: ${sayAlert(alert, nowMs)}`)).join('\n');
  const tasks = `${running} running, ${waiting} waiting`;
  return `All is well: ${counted(pools, 'pool')}, ${counted(agents, 'agent')}, ${tasks}.`;
}

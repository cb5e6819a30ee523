import type { Config } from '../../config/config.ts';
import { shownTarget } from '../../config/notify.ts';
import { error, type Finding, ok, warning } from '../../contract/findings.ts';
import { Unfit } from '../../goose/program/unfit.ts';
import { notifyProgram } from '../../notify/command.ts';

/** Of this machine: what is sent there leaves it for nobody. */
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether whom the settings name can be notified. Nothing is sent. */
export function checkNotify({ notify, notifyToken, notifyEvents, binDir }: Config): Finding[] {
  if (notify === undefined) return [];
  const to = shownTarget(notify);
  const good = ok({ code: 'setting-notify-good', to, events: notifyEvents });
  if (notify.to === 'url') {
    const { protocol, hostname, username } = new URL(notify.url);
    const hasSecret = notifyToken !== undefined || username !== '';
    const isOpen = protocol === 'http:' && hasSecret && !LOOPBACK.test(hostname);
    return isOpen ? [good, warning({ code: 'setting-notify-open', to })] : [good];
  }
  try {
    notifyProgram({ binDir, name: notify.name });
    return [good];
  } catch (reason) {
    if (!(reason instanceof Unfit)) throw reason;
    return [error({ code: 'setting-notify-unfit', text: reason.message })];
  }
}

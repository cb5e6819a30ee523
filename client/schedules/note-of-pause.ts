import type { Pause } from '../../contract/schedule.ts';
import { cut } from '../../domain/cut.ts';
import { counted } from '../../words/number.ts';

/** That it paused itself is a note of it, too. */
export function noteOfPause({ note, after }: Pause): string | undefined {
  return (
    note ??
    (after && cut(`after ${counted(after.badEnds, 'bad end')}: ${after.reason}`, { chars: 200, bytes: 600 }))
  );
}

import { Ago } from '../../parts/time.tsx';
import { onBothClocks, viewersZone } from './zones.ts';

/** A moment: how far away, on the clocks of a schedule, and on those of the viewer where they differ. */
export function Moment({ at, zone, away = true }: { at: string | null; zone: string; away?: boolean }) {
  if (at === null) return <span title="not known, or none">–</span>;
  const { theirs, here } = onBothClocks(Date.parse(at), zone, viewersZone());
  return (
    <span class="moment">
      {away && (
        <>
          <Ago at={at} />,{' '}
        </>
      )}
      <time dateTime={at}>{theirs}</time>
      {here !== null && <span title={`by this machine’s clock, ${viewersZone()}`}> (here {here})</span>}
    </span>
  );
}

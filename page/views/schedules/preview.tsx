import { type Problem, problemOf, tell } from '../../api/call.ts';
import type { SchedulePreview } from '../../api/shapes.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { Coming } from './coming.tsx';
import { type Body, bodyOf, type Draft } from './draft.ts';
import { useNewest } from './use-newest.ts';
import { viewersZone } from './zones.ts';

export type Previewed = { preview: SchedulePreview } | { problem: Problem };

/** What the definition means, asked for when the typing has settled. Undefined: nothing is known yet. */
export function usePreview(draft: Draft): { previewed: Previewed | undefined; isOld: boolean } {
  const isAskable = (draft.texts[draft.timing] ?? '').trim() !== '';
  const { answer, isOld } = useNewest<Body, Previewed>(isAskable ? bodyOf(draft) : null, previewOf);
  return { previewed: isAskable ? answer : undefined, isOld };
}

async function previewOf(body: Body): Promise<Previewed> {
  try {
    const query = new URLSearchParams({ viewer_timezone: viewersZone() });
    return { preview: await tell<SchedulePreview>('POST', `/api/schedules/preview/?${query}`, body) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** When it would be due, and what a person should know before. */
export function Preview({ previewed, isOld }: { previewed: Previewed | undefined; isOld: boolean }) {
  return (
    <section aria-labelledby="preview-head" class={isOld ? 'preview old' : 'preview'}>
      <h3 id="preview-head">When it would be due</h3>
      <Seen previewed={previewed} />
    </section>
  );
}

function Seen({ previewed }: { previewed: Previewed | undefined }) {
  if (previewed === undefined) return <p class="quiet">Say when it is due: its next times stand here.</p>;
  if ('problem' in previewed)
    return previewed.problem.code === 'bad-definition' ? (
      <p class="trouble">It cannot be so: what is wrong stands at its field.</p>
    ) : (
      <ProblemNote problem={previewed.problem} />
    );
  const { when, timezone, coming, warnings } = previewed.preview;
  return (
    <>
      <p aria-live="polite">
        <strong>{when}</strong>
        {!when.includes(timezone) && <span class="quiet"> ({timezone})</span>}
      </p>
      {warnings.map(({ code, says }) => (
        <p key={`${code} ${says}`} class="warning">
          {says}
        </p>
      ))}
      <Coming coming={coming} />
    </>
  );
}

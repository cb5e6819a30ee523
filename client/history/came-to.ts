import type { CameTo, Which } from '../../contract/came-to.ts';
import type { EndedRun } from '../../contract/listings.ts';
import { meaningOfVerdict, type Verdict } from '../../domain/attempt/verdict.ts';

/** What became of the task counts first: one that its agent completed before its worker was lost is complete. */
export function cameTo({ end, how, verdict }: Pick<EndedRun, 'end' | 'how' | 'verdict'>): CameTo {
  if (end === 'complete') return 'completed';
  if (how !== 'by-itself') return 'failed';
  if (verdict !== null) return wentBadly(verdict) ? 'failed' : 'other';
  return end === null ? 'unknown' : 'other';
}

export function wentBadly({ kind }: Verdict): boolean {
  // Another version may have other kinds, and one of those is told as it is.
  return meaningOfVerdict(kind)?.isHarmless !== true;
}

/** The last that an attempt of the run had; null: no goose ran, or the host did not tell. */
export function recipeOf({ attempts }: EndedRun): string | null {
  return attempts?.findLast(({ recipe }) => recipe !== null)?.recipe ?? null;
}

/** Of all attempts with goose whose tokens are known; null: of none. */
export function tokensOf({ attempts }: EndedRun): number | null {
  const known = (attempts ?? []).flatMap(({ tokens }) => tokens ?? []);
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
}

export function isOne(run: EndedRun, { recipe, verdict, cameTo: came }: Which): boolean {
  return (
    (recipe === undefined || recipeOf(run) === recipe) &&
    (verdict === undefined || run.verdict?.kind === verdict) &&
    (came === undefined || cameTo(run) === came)
  );
}

import type { z } from '@hono/zod-openapi';
import { useState } from 'preact/hooks';
import type { validationAnswer } from '../../../api/routes/validation.ts';
import { ask, type Problem, problemOf } from '../../api/call.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { type Kind, Mark } from '../../parts/mark.tsx';

type Validation = z.infer<typeof validationAnswer>;

const KINDS: Record<Validation['findings'][number]['level'], Kind> = {
  ok: 'good',
  warning: 'waits',
  error: 'wrong',
};

/** What validate-config finds about an agent, asked for by a person: goose is started for each recipe. */
export function RecipeCheck({ agent }: { agent: string }) {
  const [found, setFound] = useState<Validation | 'asked' | undefined>();
  const [problem, setProblem] = useState<Problem>();
  const look = async () => {
    setFound('asked');
    setProblem(undefined);
    try {
      setFound(await ask<Validation>('/api/validation'));
    } catch (error) {
      setProblem(problemOf(error));
      setFound(undefined);
    }
  };
  return (
    <section>
      <h3>Recipe and place of work</h3>
      <button type="button" disabled={found === 'asked'} onClick={() => void look()}>
        {found === 'asked' ? 'goose looks at it …' : 'Check it on the host of this page'}
      </button>
      {problem && <ProblemNote problem={problem} />}
      {typeof found === 'object' && <Found agent={agent} found={found} />}
    </section>
  );
}

function Found({ agent, found }: { agent: string; found: Validation }) {
  // What is wrong with no agent in particular keeps all of them.
  const mine = found.findings.filter(
    (each) => each.agent === agent || (each.agent === undefined && each.level === 'error'),
  );
  if (mine.length === 0) return <p class="quiet">Nothing is found about it on this host.</p>;
  return (
    <ul class="findings">
      {mine.map((each) => (
        <li key={each.says}>
          <Mark kind={KINDS[each.level]}>{each.level}</Mark> <bdi>{harmless(each.says)}</bdi>
        </li>
      ))}
    </ul>
  );
}

import type { ComponentChildren } from 'preact';
import { address, setQuery } from '../../address/address.ts';
import { namesIn, withName } from './filter.ts';

interface SectionProps {
  /** In the address, where it is closed. */
  name: string;
  title: string;
  /** Key that leads to it. */
  hint: string;
  /** What is in it, in short; it is read when the section is closed, too. */
  counts: ComponentChildren;
  children: ComponentChildren;
}

/** A part of the view, which the address remembers as closed. */
export function Section({ name, title, hint, counts, children }: SectionProps) {
  const isOpen = !namesIn(address.value.query.get('closed')).includes(name);
  return (
    <section class="now-section" id={`now-${name}`} aria-labelledby={`now-${name}-title`}>
      <div class="now-section-head">
        <h2 id={`now-${name}-title`}>
          <button
            type="button"
            class="now-fold"
            aria-expanded={isOpen}
            title={`Key ${hint}`}
            onClick={() => turn(name, isOpen)}
          >
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {title}
          </button>
        </h2>
        <span class="now-counts">{counts}</span>
      </div>
      {isOpen && children}
    </section>
  );
}

function turn(name: string, isClosed: boolean): void {
  setQuery({ closed: withName(address.peek().query.get('closed'), name, isClosed) });
}

/** Opens a section and leads to its first row, or to its title where there is none. */
export function leadTo(name: string): void {
  turn(name, false);
  requestAnimationFrame(() => {
    document.getElementById(`now-${name}`)?.scrollIntoView({ block: 'start' });
    focusIn(name);
  });
}

/** The rows of a list are drawn some frames after it, when its room is known. */
const FRAMES = 30;

function focusIn(name: string, framesLeft = FRAMES): void {
  const section = document.getElementById(`now-${name}`);
  const row = section?.querySelector<HTMLElement>('.row[tabindex="0"]');
  const isDrawn = row !== null || section?.querySelector('.list') === null;
  if (!isDrawn && framesLeft > 0) return void requestAnimationFrame(() => focusIn(name, framesLeft - 1));
  (row ?? section?.querySelector<HTMLElement>('.now-fold'))?.focus({ preventScroll: true });
}

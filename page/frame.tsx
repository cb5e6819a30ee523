import type { ComponentChildren, ComponentType } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { address } from './address/address.ts';
import { linkTo } from './address/link.ts';
import { Headline } from './headline.tsx';
import { held, holdTitle, holdWord, turnHold } from './live/hold.ts';
import { Announcements } from './parts/announce.tsx';
import { DeedDialog } from './parts/deed.tsx';
import { useKeys } from './parts/keys.ts';
import { KeysDialog } from './parts/keys-dialog.tsx';
import { SearchBox } from './parts/search-box.tsx';
import { TokenDialog } from './parts/token-dialog.tsx';
import { PauseAll } from './pause-all.tsx';

export interface View {
  /** First word of its address. */
  name: string;
  /** Of its style sheet, which counts for it alone. */
  style: string;
  title: string;
  /** That leads to it, after `g`. */
  key: string;
  Body: ComponentType;
}

interface FrameProps {
  views: readonly View[];
  current: View | undefined;
  children: ComponentChildren;
}

/** What is around each view. */
export function Frame({ views, current, children }: FrameProps) {
  const search = useRef<HTMLInputElement>(null);
  const [helps, setHelps] = useState(false);
  useKeys([
    { keys: '/', says: 'find a task', run: () => search.current?.select() },
    { keys: '?', says: 'show the keys', run: () => setHelps(true) },
    { keys: 'h', says: 'hold the updates, and let them go on', run: turnHold },
  ]);
  // Dialogs are of the view, too, and outside of it.
  document.body.className = `view-${current?.style ?? 'none'}`;
  document.title = `${current?.title ?? 'TinyScheduler'} · TinyScheduler`;
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        To the content
      </button>
      <header>
        <Headline />
        <div class="bar">
          <nav aria-label="Views">
            {views.map(({ name, title }) => (
              <a key={name} href={linkTo([name])} aria-current={current?.name === name ? 'page' : undefined}>
                {title}
              </a>
            ))}
          </nav>
          <SearchBox input={search} />
          <PauseAll />
          <button type="button" title={holdTitle.value} aria-pressed={held.value} onClick={turnHold}>
            {holdWord.value}
          </button>
          <button type="button" aria-label="Keys" onClick={() => setHelps(true)}>
            ?
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1} key={current?.name ?? address.value.path[0]}>
        {children}
      </main>
      <Announcements />
      <DeedDialog />
      <TokenDialog />
      {helps && <KeysDialog close={() => setHelps(false)} />}
    </>
  );
}

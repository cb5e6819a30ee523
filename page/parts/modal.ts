import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * For a `<dialog>` that is open as long as it is drawn. It is closed before it is taken away: only so the focus goes back to where
 * it was. Its `close` event may come when it is gone already, and another one is there.
 */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current: mine } = dialog;
    mine?.showModal();
    return () => mine?.close();
  }, []);
  return dialog;
}

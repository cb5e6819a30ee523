import { keysNow } from './keys.ts';
import { useModal } from './modal.ts';

/** Which keys do what here. */
export function KeysDialog({ close }: { close: () => void }) {
  const dialog = useModal();
  const all = new Map(keysNow.value.flat().map((each) => [each.keys, each.says]));
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="keys">
        {[...all].map(([keys, says]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}

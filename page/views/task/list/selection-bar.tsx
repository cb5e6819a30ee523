import type { TaskLine } from '../../../api/shapes.ts';
import { propose } from '../../../parts/deed.tsx';
import { useKeys } from '../../../parts/keys.ts';
import { deedOnMany } from '../deeds/deeds.ts';
import { deselect, select, selected } from './selection.ts';

/** What is done with all that are selected. */
export function SelectionBar({ shown, turnAll }: { shown: readonly TaskLine[]; turnAll: () => void }) {
  const ids = [...selected.value];
  const count = ids.length;
  const isAll = count > 0 && shown.length > 0 && shown.every(({ task_id: id }) => selected.value.has(id));
  const act = (verb: 'retry' | 'cancel') => {
    if (count > 0) propose(deedOnMany(verb, ids, deselect));
  };
  useKeys([
    { keys: 'r', says: 'retry what is selected', run: () => act('retry') },
    { keys: 'c', says: 'cancel what is selected', run: () => act('cancel') },
  ]);
  const inSight = new Set(count === 0 ? [] : shown.map(({ task_id: id }) => id));
  const hidden = ids.filter((id) => !inSight.has(id)).length;
  return (
    <div class="selection">
      <label>
        <input type="checkbox" checked={isAll} onChange={turnAll} disabled={shown.length === 0} /> All listed
      </label>
      <span class="quiet">
        {count.toLocaleString('en-GB')} selected{hidden > 0 && `, ${hidden} of them not listed`}
      </span>
      <button type="button" disabled={count === 0} onClick={() => act('retry')}>
        Retry
      </button>
      <button type="button" disabled={count === 0} onClick={() => act('cancel')}>
        Cancel
      </button>
      <button type="button" disabled={count === 0} onClick={() => select([])}>
        Clear
      </button>
    </div>
  );
}

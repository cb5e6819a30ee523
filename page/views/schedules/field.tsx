import type { ComponentChildren } from 'preact';
import type { Draft, Field as Name } from './draft.ts';
import { FIELD_WORDS } from './field-words.ts';
import type { Wrong } from './wrong.ts';

/** What the fields of the form work with. */
export interface FormState {
  draft: Draft;
  wrongOf(field: Name): readonly Wrong[];
  write(field: Name, text: string): void;
  choose(change: Partial<Pick<Draft, 'timing' | 'work' | 'paused'>>): void;
}

interface FieldProps {
  form: FormState;
  name: Name;
  lines?: number;
  /** Id of a list of suggestions. */
  list?: string;
  isFixed?: boolean;
}

/** A field with what it is, and what is wrong with it. */
export function Field({ form, name, lines, list, isFixed = false }: FieldProps) {
  const { placeholder } = FIELD_WORDS[name];
  const wrong = form.wrongOf(name);
  const about = {
    ...{ id: `field-${name}`, name, placeholder, value: form.draft.texts[name] ?? '' },
    'aria-invalid': wrong.length > 0,
    'aria-describedby': `about-${name}`,
    onInput: (event: { currentTarget: { value: string } }) => form.write(name, event.currentTarget.value),
  };
  return (
    <Labelled form={form} name={name}>
      {lines === undefined ? (
        <input {...about} list={list} readOnly={isFixed} autoComplete="off" spellcheck={false} />
      ) : (
        <textarea {...about} rows={lines} spellcheck={name === 'description'} />
      )}
    </Labelled>
  );
}

interface LabelledProps {
  form: FormState;
  name: Name;
  children: ComponentChildren;
}

export function Labelled({ form, name, children }: LabelledProps) {
  const { label, hint } = FIELD_WORDS[name];
  const wrong = form.wrongOf(name);
  return (
    <div class={wrong.length > 0 ? 'field wrong-field' : 'field'}>
      <label for={`field-${name}`}>{label}</label>
      {children}
      <div id={`about-${name}`} class="about">
        {wrong.map((each) => (
          <p key={each.says} class="trouble">
            {each.says}
            {each.allowed.length > 0 && ` (${each.allowed.slice(0, 12).join(', ')})`}{' '}
            {each.nearest !== null && (
              <button type="button" onClick={() => form.write(name, each.nearest ?? '')}>
                Take “{each.nearest}”
              </button>
            )}
          </p>
        ))}
        {hint !== undefined && <p class="quiet">{hint}</p>}
      </div>
    </div>
  );
}

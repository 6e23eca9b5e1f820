import { ActionIcon, Button } from '@mantine/core'
import type { JsonValue } from '../api/types'
import { Icon } from '../common/Icon'
import { objectOf } from '../job/definition'
import { CheckBox, type Choice, ChoiceBox, type Labelled, LinesBox, NumberBox, TagsBox, TextBox } from './controls'
import { type Binding, useBinding, valueAt, withValue } from './form'
import type { TextForm } from './lines'

/** A member of each item, and how it is written. */
export type Member = Labelled & { path: string } & (
    | { kind: 'text' | 'number' }
    | { kind: 'check'; standard?: boolean }
    | { kind: 'choice'; choices: readonly Choice[] }
    | { kind: 'tags'; words?: string[] }
    | { kind: 'lines'; form: TextForm }
  )

interface Props {
  field: string
  /** What one item is called. */
  item: string
  members: Member[]
  hint?: string
}

/** A list of objects, each with its own controls. Members that have no control stay as they are. */
export function ItemsField({ field, item, members, hint }: Props) {
  const { value, set, error } = useBinding(field)
  const items = Array.isArray(value) ? value : []
  const change = (next: JsonValue[]) => set(next.length > 0 ? next : undefined)
  return (
    <div className="items" data-field={field}>
      {items.map((one, at) => (
        <fieldset key={at} className="item">
          <legend>
            {item} {at + 1}
          </legend>
          <div className="field-row">
            {members.map((member) => {
              const path = member.path.split('.')
              const bind: Binding = {
                path: `${field}[${at}].${member.path}`,
                value: valueAt(one, path),
                set: (next) => change(items.with(at, withValue(one, path, next) ?? {})),
                error: undefined,
              }
              return <MemberBox key={member.path} member={member} bind={bind} />
            })}
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove ${item.toLowerCase()} ${at + 1}`}
            onClick={() => change(items.filter((_, other) => other !== at))}
          >
            <Icon name="trash" size={15} />
          </ActionIcon>
        </fieldset>
      ))}
      {error && (
        <p className="items-error" role="alert">
          {error}
        </p>
      )}
      <div className="items-add">
        <Button
          variant="default"
          leftSection={<Icon name="plus" size={14} />}
          onClick={() => change([...items.map((one) => objectOf(one)), {}])}
        >
          Add {articleOf(item)} {item.toLowerCase()}
        </Button>
        {hint && <span className="dim">{hint}</span>}
      </div>
    </div>
  )
}

function articleOf(word: string): string {
  return /^[aeiou]/i.test(word) ? 'an' : 'a'
}

function MemberBox({ member, bind }: { member: Member; bind: Binding }) {
  switch (member.kind) {
    case 'text':
      return <TextBox {...member} bind={bind} />
    case 'number':
      return <NumberBox {...member} bind={bind} />
    case 'check':
      return <CheckBox {...member} bind={bind} />
    case 'choice':
      return <ChoiceBox {...member} bind={bind} />
    case 'tags':
      return <TagsBox {...member} bind={bind} />
    case 'lines':
      return <LinesBox {...member} bind={bind} />
  }
}

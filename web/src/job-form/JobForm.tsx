import './form.css'
import { Select, TagsInput, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { JsonValue } from '../api/types'
import { useInfo } from '../common/role'
import { objectOf } from '../job/definition'
import {
  CheckField,
  ChoiceField,
  CommandField,
  ConstraintsField,
  FetchField,
  LabelsField,
  ListField,
  NumberField,
  PairsField,
  TextField,
  useMember,
} from './fields'
import { useError, useForm } from './form'
import { Times, When } from './When'

/** Every field of a job, the most used first. */
export function JobForm() {
  const { isNew } = useForm()
  return (
    <div className="job-form">
      <Part title="What it is" hint="How people find it, and who is responsible.">
        <div className="field-row">
          <TextField
            field="name"
            label="Name"
            hint={isNew ? 'Letters, digits, blanks and . _ - #' : 'Cannot be changed; duplicate it instead'}
            required
            disabled={!isNew}
          />
          <TextField field="owner" label="Owner" hint="Who is told, by mail" placeholder="ops@example.org" />
        </div>
        <TextField field="description" label="Description" hint="For people" />
        <LabelsField />
      </Part>
      <Part title="When it starts" hint="By the clock, after other jobs, or by hand.">
        <When />
      </Part>
      <Part title="What runs" hint="A command line, and what it needs.">
        <CommandField />
        <ListField field="arguments" label="Arguments" hint="One a line" />
        <div className="field-row">
          <PairsField field="environmentVariables" label="Variables" hint="NAME=value, one a line" />
          <PairsField field="secrets" label="Secrets" hint="NAME=value; never shown again" />
        </div>
        <div className="field-row">
          <EngineField />
          <TextField
            field="workingDirectory"
            label="Working folder"
            hint="Absolute path"
            placeholder="the run's sandbox"
            isCode
          />
          <TextField field="runAsUser" label="User" hint="On the machine" placeholder="the server's" />
        </div>
        <CheckField field="shell" label="Run by a shell" standard />
        <FetchField />
      </Part>
      <Part title="Container" hint="Where the engine runs containers." isOpen={false} field="container">
        <ContainerFields />
      </Part>
      <Part title="Resources and machines" hint="What it reserves, and where it may run.">
        <div className="field-row">
          <NumberField field="cpus" label="Processors" hint="Cores, such as 0.5" step={0.1} />
          <NumberField field="mem" label="Memory" hint="MiB" step={64} />
          <NumberField field="disk" label="Disk" hint="MiB" step={64} />
        </div>
        <ConstraintsField />
      </Part>
      <Part title="When it fails or takes long" hint="Retries, limits and overlap.">
        <div className="field-row">
          <NumberField field="retries" label="Retries" hint="Further attempts, 0 to 100" />
          <TextField field="retryDelay" label="Delay" hint="Before the first retry" placeholder="60s" />
          <BackoffFields />
        </div>
        <div className="field-row">
          <TextField field="timeout" label="Timeout" hint="An attempt is killed after" placeholder="none" />
          <TextField
            field="killGracePeriod"
            label="Grace"
            hint="Between asking and killing"
            placeholder="the server's"
          />
          <NumberField field="disableAfterFailures" label="Disable after" hint="Failures in a row; 0: never" />
        </div>
        <div className="field-row">
          <ChoiceField
            field="concurrency"
            label="A start while it runs"
            placeholder="is skipped"
            data={[
              { value: 'skip', label: 'is skipped' },
              { value: 'allow', label: 'runs beside it' },
              { value: 'queue', label: 'waits' },
              { value: 'replace', label: 'takes its place' },
            ]}
          />
          <NumberField field="maxConcurrent" label="At once" hint="0: as the choice suggests" />
          <ChoiceField
            field="onDoubt"
            label="Where nobody knows how it ended"
            placeholder="it is lost"
            data={[
              { value: 'skip', label: 'it is lost' },
              { value: 'run', label: 'it is tried again' },
            ]}
          />
        </div>
        <Times />
        <ListField
          field="calendars"
          label="Days without"
          hint="Dates or ranges such as 2026-12-24/2026-12-26, one a line"
        />
        <div className="checks">
          <CheckField field="softError" label="A failure counts as a success for its children" />
          <CheckField field="async" label="It ends when it calls back" />
          <CheckField field="highPriority" label="Goes first where others wait for room" />
          <CheckField field="dataProcessingJobType" label="Reports its progress" />
          <CheckField field="disabled" label="Disabled: nothing starts it" />
        </div>
      </Part>
      <Part title="Notifications" hint="Who is told of what." isOpen={false} field="notify">
        <NotifyFields />
      </Part>
    </div>
  )
}

function Part(props: { title: string; hint: string; children: ReactNode; isOpen?: boolean; field?: string }) {
  const { definition } = useForm()
  const head = (
    <>
      <h2>{props.title}</h2>
      <p className="dim">{props.hint}</p>
    </>
  )
  if (props.isOpen !== false)
    return (
      <section className="form-part" aria-label={props.title}>
        <div>{head}</div>
        <div className="form-fields">{props.children}</div>
      </section>
    )
  const isUsed =
    props.field !== undefined && definition[props.field] !== undefined && definition[props.field] !== null
  return (
    <details className="form-part" open={isUsed}>
      <summary>{head}</summary>
      <div className="form-fields">{props.children}</div>
    </details>
  )
}

function EngineField() {
  const { data: info } = useInfo()
  const engines = info?.engines.map((engine) => engine.name) ?? []
  return (
    <ChoiceField
      field="engine"
      label="Engine"
      hint="What runs it"
      placeholder={engines[0] ? `${engines[0]} (default)` : ''}
      data={engines.map((value) => ({ value, label: value }))}
    />
  )
}

function textIn(member: Record<string, JsonValue>, name: string): string {
  const value = member[name]
  return typeof value === 'string' ? value : ''
}

function ContainerFields() {
  const [container, set] = useMember('container')
  const error = useError('container')
  return (
    <div className="field-row">
      <TextInput
        label="Image"
        description="None: it runs outside of containers"
        error={error}
        value={textIn(container, 'image')}
        onChange={(event) => set('image', event.currentTarget.value || undefined)}
        styles={{ input: { fontFamily: 'var(--mono)' } }}
      />
      <Select
        label="Network"
        placeholder="the engine's default"
        description="How it reaches others"
        data={['HOST', 'BRIDGE', 'USER']}
        clearable
        clearButtonProps={{ 'aria-label': 'Default network' }}
        value={textIn(container, 'network') || null}
        onChange={(value) => set('network', value ?? undefined)}
      />
      <TextInput
        label="Network's name"
        description="With USER"
        value={textIn(container, 'networkName')}
        onChange={(event) => set('networkName', event.currentTarget.value || undefined)}
      />
    </div>
  )
}

function BackoffFields() {
  const [backoff, set] = useMember('retryBackoff')
  const error = useError('retryBackoff')
  return (
    <TextInput
      label="Factor"
      description="Each delay is so many times the last"
      error={error}
      inputMode="decimal"
      placeholder="1"
      value={backoff.factor === undefined ? '' : String(backoff.factor)}
      onChange={(event) => {
        const factor = Number(event.currentTarget.value)
        set('factor', event.currentTarget.value === '' || Number.isNaN(factor) ? undefined : factor)
      }}
    />
  )
}

const occasions = ['failure', 'attempt', 'recovery', 'success', 'missed', 'disabled', 'removed']

function NotifyFields() {
  const { definition, set } = useForm()
  const error = useError('notify')
  const rules = Array.isArray(definition.notify) ? definition.notify.map(objectOf) : []
  const rule = rules[0] ?? {}
  const texts = (value: JsonValue | undefined) => (Array.isArray(value) ? value.map(String) : [])
  function change(name: 'on' | 'to', value: string[]) {
    const next = { ...rule, [name]: value }
    const isEmpty = texts(next.to).length === 0 && texts(next.on).length === 0
    const all = isEmpty ? rules.slice(1) : [next, ...rules.slice(1)]
    set('notify', all.length > 0 ? all : undefined)
  }
  return (
    <>
      <TagsInput
        label="Tell"
        description="Mail addresses, or names of channels that the server knows"
        error={error}
        value={texts(rule.to)}
        onChange={(value) => change('to', value)}
      />
      <TagsInput
        label="Of"
        description="None: failure, recovery and disabled"
        data={occasions}
        value={texts(rule.on)}
        onChange={(value) => change('on', value)}
      />
      {rules.length > 1 && (
        <p className="dim">{rules.length - 1} more rules are in the definition; see them as YAML.</p>
      )}
    </>
  )
}

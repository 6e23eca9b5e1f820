import './form.css'
import type { ReactNode } from 'react'
import { useEngines } from '../cluster/useCluster'
import { AreaField, CheckField, ChoiceField, LabelsField, LinesField, NumberField, TextField } from './fields'
import { useForm } from './form'
import { constraintLines, pairLines, plainLines } from './lines'
import { ContainerFields, FilesToFetch, Notifications } from './ListFields'
import { Times } from './Times'
import { When } from './When'

/** Every field of a job, the most used first. */
export function JobForm() {
  return (
    <div className="job-form">
      <Part title="What it is" hint="How people find it, and who is responsible.">
        <About />
      </Part>
      <Part title="When it starts" hint="By the clock, after other jobs, or by hand.">
        <When />
      </Part>
      <Part title="What runs" hint="A command line, and what it needs.">
        <Command />
      </Part>
      <Part title="Container" hint="Where the engine runs containers." fields={['container']}>
        <ContainerFields />
      </Part>
      <Part title="Resources and machines" hint="What it reserves, and where it may run.">
        <Place />
      </Part>
      <Part title="When it fails or takes long" hint="Retries, limits and overlap.">
        <Trouble />
      </Part>
      <Part title="Notifications" hint="Who is told of what." fields={['notify']}>
        <Notifications />
      </Part>
      <Part
        title="Own executor"
        hint="On Mesos: another program that runs the task."
        fields={['executor', 'executorFlags', 'taskInfoData']}
      >
        <div className="field-row">
          <TextField field="executor" label="Executor" hint="Its path or address" isCode />
          <TextField field="executorFlags" label="Flags" hint="Of the executor" isCode />
        </div>
        <AreaField field="taskInfoData" label="Data" hint="Given to it in place of the usual" rows={1} />
      </Part>
    </div>
  )
}

/** A part of the form. One with `fields` is folded until one of them is used. */
function Part(props: { title: string; hint: string; children: ReactNode; fields?: string[] }) {
  const { definition } = useForm()
  const head = (
    <>
      <h2>{props.title}</h2>
      <p className="dim">{props.hint}</p>
    </>
  )
  if (!props.fields)
    return (
      <section className="form-part" aria-label={props.title}>
        <div>{head}</div>
        <div className="form-fields">{props.children}</div>
      </section>
    )
  const isUsed = props.fields.some((field) => definition[field] !== undefined && definition[field] !== null)
  return (
    <details className="form-part" open={isUsed}>
      <summary>{head}</summary>
      <div className="form-fields">{props.children}</div>
    </details>
  )
}

function About() {
  const { isNew } = useForm()
  return (
    <>
      <div className="field-row">
        <TextField
          field="name"
          label="Name"
          hint={isNew ? 'Letters, digits, blanks and . _ - #' : 'Cannot be changed; duplicate it instead'}
          required
          disabled={!isNew}
        />
        <TextField field="owner" label="Owner" hint="Who is told, by mail" placeholder="ops@example.org" />
        <TextField field="ownerName" label="Owner's name" hint="For people" />
      </div>
      <TextField field="description" label="Description" hint="For people" />
      <LabelsField />
    </>
  )
}

function Command() {
  return (
    <>
      <AreaField
        field="command"
        label="Command"
        hint="A line for /bin/sh, or a program where the shell is switched off"
      />
      <LinesField field="arguments" label="Arguments" hint="One a line" form={plainLines} />
      <div className="field-row">
        <LinesField
          field="environmentVariables"
          label="Variables"
          hint="NAME=value, one a line"
          form={pairLines('name')}
        />
        <LinesField field="secrets" label="Secrets" hint="NAME=value; never shown again" form={pairLines('name')} />
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
      <FilesToFetch />
    </>
  )
}

function EngineField() {
  const { data } = useEngines()
  const names = data?.items.map(({ engine }) => engine.name) ?? []
  return (
    <ChoiceField
      field="engine"
      label="Engine"
      hint="What runs it"
      placeholder={names[0] ? `${names[0]} (default)` : ''}
      choices={names.map((value) => ({ value, label: value }))}
    />
  )
}

function Place() {
  return (
    <>
      <div className="field-row">
        <NumberField field="cpus" label="Processors" hint="Cores, such as 0.5" step={0.1} />
        <NumberField field="mem" label="Memory" hint="MiB" step={64} />
        <NumberField field="disk" label="Disk" hint="MiB" step={64} />
        <NumberField field="gpus" label="Graphics" hint="Whole processors, on Mesos" />
      </div>
      <LinesField
        field="constraints"
        label="Constraints"
        hint="attribute, EQUALS, LIKE or UNLIKE, and value; one a line"
        form={constraintLines}
      />
    </>
  )
}

const overlaps = [
  { value: 'skip', label: 'is skipped' },
  { value: 'allow', label: 'runs beside it' },
  { value: 'queue', label: 'waits' },
  { value: 'replace', label: 'takes its place' },
]
const doubts = [
  { value: 'skip', label: 'it is lost' },
  { value: 'run', label: 'it is tried again' },
]

function Trouble() {
  return (
    <>
      <div className="field-row">
        <NumberField field="retries" label="Retries" hint="Further attempts, 0 to 100" />
        <TextField field="retryDelay" label="Delay" hint="Before the first retry" placeholder="60s" />
        <NumberField field="retryBackoff.factor" label="Factor" hint="Each delay is so many times the last" />
        <TextField field="retryBackoff.max" label="Longest delay" hint="However often it failed" placeholder="none" />
        <NumberField field="retryBackoff.jitter" label="Spread" hint="Of delays, 0 to 1" step={0.1} />
      </div>
      <div className="field-row">
        <TextField field="timeout" label="Timeout" hint="An attempt is killed after" placeholder="none" />
        <TextField field="killGracePeriod" label="Grace" hint="From asking to killing" placeholder="the server's" />
        <NumberField field="disableAfterFailures" label="Disable after" hint="Failures in a row; 0: never" />
      </div>
      <div className="field-row">
        <ChoiceField field="concurrency" label="A start while it runs" placeholder="is skipped" choices={overlaps} />
        <NumberField field="maxConcurrent" label="At once" hint="0: as the choice suggests" />
        <ChoiceField
          field="onDoubt"
          label="Where nobody knows how it ended"
          placeholder="it is lost"
          choices={doubts}
        />
      </div>
      <Times />
      <div className="checks">
        <CheckField field="softError" label="A failure counts as a success for its children" />
        <CheckField field="async" label="It ends when it calls back" />
        <CheckField field="highPriority" label="Goes first where others wait for room" />
        <CheckField field="dataProcessingJobType" label="Reports its progress" />
        <CheckField field="disabled" label="Disabled: nothing starts it" />
      </div>
    </>
  )
}

import { CheckField, ChoiceField, TextField } from './fields'
import { ItemsField } from './ItemsField'
import { pairLines, portLines } from './lines'

const choicesOf = (...words: string[]) => words.map((value) => ({ value, label: value }))
const networks = choicesOf('HOST', 'BRIDGE', 'USER')
const kinds = choicesOf('DOCKER', 'MESOS')
const modes = [
  { value: 'RW', label: 'read and write' },
  { value: 'RO', label: 'read only' },
]
const occasions = ['failure', 'attempt', 'recovery', 'success', 'missed', 'disabled', 'removed']

/** Who is told of what, in as many rules as one likes. */
export function Notifications() {
  return (
    <ItemsField
      field="notify"
      item="Rule"
      members={[
        {
          kind: 'tags',
          path: 'to',
          label: 'Tell',
          hint: 'Mail addresses, or names of channels that the server knows',
        },
        {
          kind: 'tags',
          path: 'on',
          label: 'Of',
          hint: 'None: failure, recovery and disabled',
          words: occasions,
        },
      ]}
    />
  )
}

export function FilesToFetch() {
  return (
    <ItemsField
      field="fetch"
      item="File"
      hint="Files that are put into the sandbox before it starts"
      members={[
        { kind: 'text', path: 'uri', label: 'Address', required: true },
        { kind: 'text', path: 'output_file', label: 'Its name there', placeholder: 'as in the address' },
        { kind: 'check', path: 'extract', label: 'Unpack', standard: true },
        { kind: 'check', path: 'executable', label: 'Can be executed' },
        { kind: 'check', path: 'cache', label: 'Keep for later runs' },
      ]}
    />
  )
}

export function ContainerFields() {
  return (
    <>
      <div className="field-row">
        <TextField
          field="container.image"
          errors="container"
          label="Image"
          hint="None: it runs outside of containers"
          isCode
        />
        <ChoiceField
          field="container.type"
          label="Run by"
          hint="Which containerizer"
          placeholder="DOCKER"
          choices={kinds}
        />
        <ChoiceField
          field="container.network"
          label="Network"
          hint="How it reaches others"
          placeholder="HOST"
          choices={networks}
        />
        <TextField field="container.networkName" label="Network's name" hint="With USER" />
      </div>
      <CheckField field="container.forcePullImage" label="Pull the image also where it is there" />
      <ItemsField
        field="container.volumes"
        item="Volume"
        hint="A folder of the machine, or a volume of a driver"
        members={[
          { kind: 'text', path: 'containerPath', label: 'Path in the container', required: true },
          { kind: 'text', path: 'hostPath', label: 'Path on the machine' },
          { kind: 'choice', path: 'mode', label: 'It may', placeholder: 'read and write', choices: modes },
          { kind: 'text', path: 'external.name', label: 'Volume of a driver: its name' },
          { kind: 'text', path: 'external.provider', label: 'Its driver', placeholder: 'dvdi' },
          { kind: 'lines', path: 'external.options', label: 'Its options', form: pairLines('key') },
        ]}
      />
      <ItemsField
        field="container.networkInfos"
        item="Network"
        hint="Networks to join, with their ports"
        members={[
          { kind: 'text', path: 'name', label: 'Name', required: true },
          { kind: 'choice', path: 'protocol', label: 'Protocol', choices: choicesOf('IPv4', 'IPv6') },
          { kind: 'lines', path: 'portMappings', label: 'Ports', hint: '8080:80/tcp, one a line', form: portLines },
          { kind: 'lines', path: 'labels', label: 'Labels', form: pairLines('key') },
        ]}
      />
      <ItemsField
        field="container.parameters"
        item="Parameter"
        hint="Options of the Docker command line"
        members={[
          { kind: 'text', path: 'key', label: 'Key', required: true },
          { kind: 'text', path: 'value', label: 'Value' },
        ]}
      />
    </>
  )
}

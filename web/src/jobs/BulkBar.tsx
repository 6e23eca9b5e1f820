import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type BulkAction, type JobFilter } from '../api/api'
import type { BulkResult, Cascade } from '../api/types'
import { Confirm } from '../common/Confirm'
import { Icon, type IconName } from '../common/Icon'
import { told } from '../common/notify'
import { useMay } from '../common/role'

interface Props {
  chosen: ReadonlySet<string> | 'all'
  filter: JobFilter
  total: number
  onDone: () => void
}

const actions: { action: BulkAction; label: string; icon: IconName; danger?: boolean }[] = [
  { action: 'run', label: 'Run', icon: 'play' },
  { action: 'kill', label: 'Kill runs', icon: 'stop', danger: true },
  { action: 'enable', label: 'Enable', icon: 'power' },
  { action: 'disable', label: 'Disable', icon: 'pause' },
  { action: 'delete', label: 'Delete', icon: 'trash', danger: true },
]
const namesShown = 8

/** What can be done with the jobs that are selected. */
export function BulkBar({ chosen, filter, total, onDone }: Props) {
  const [action, setAction] = useState<(typeof actions)[number]>()
  const [reason, setReason] = useState('')
  const [cascade, setCascade] = useState<Cascade>('refuse')
  const [result, setResult] = useState<BulkResult>()
  const client = useQueryClient()
  const mayDelete = useMay('admin')
  const count = chosen === 'all' ? total : chosen.size
  const what = count === 1 ? '1 job' : `${count.toLocaleString('en')} jobs`

  async function act() {
    if (!action) return
    const target = await targetOf(chosen, filter)
    const more = {
      ...(action.action === 'disable' && reason && { reason }),
      ...(action.action === 'delete' && { cascade }),
    }
    const done = await api.bulk(action.action, target, more)
    void client.invalidateQueries()
    if (done.failed > 0) setResult(done)
    else {
      told(`${action.label}: done for ${done.succeeded.toLocaleString('en')} jobs.`)
      onDone()
    }
  }

  return (
    <div className="bulk" role="region" aria-label="Selected jobs">
      <b>{what} selected</b>
      <Group gap={6}>
        {actions
          .filter((one) => one.action !== 'delete' || mayDelete)
          .map((one) => (
            <Button
              key={one.action}
              variant="default"
              leftSection={<Icon name={one.icon} size={14} />}
              onClick={() => setAction(one)}
            >
              {one.label}
            </Button>
          ))}
      </Group>
      <Button variant="subtle" onClick={onDone}>
        Clear selection
      </Button>
      <Confirm
        opened={action !== undefined}
        title={`${action?.label ?? ''} ${what}?`}
        action={`${action?.label ?? ''} ${what}`}
        danger={action?.danger ?? false}
        onConfirm={act}
        onClose={() => setAction(undefined)}
      >
        <Names chosen={chosen} total={total} />
        {action?.action === 'disable' && (
          <TextInput
            label="Reason"
            description="Shown to everybody who wonders why they do not run"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        {action?.action === 'delete' && <CascadeChoice value={cascade} onChange={setCascade} />}
      </Confirm>
      <Confirm
        opened={result !== undefined}
        title={`${result?.failed ?? 0} of ${count} were refused`}
        action="Understood"
        onConfirm={async () => onDone()}
        onClose={() => setResult(undefined)}
      >
        <ul className="plain">
          {result?.items
            .filter((item) => item.status >= 400)
            .slice(0, 20)
            .map((item) => (
              <li key={item.name}>
                <b>{item.name}</b>: {item.detail}
              </li>
            ))}
        </ul>
      </Confirm>
    </div>
  )
}

function Names({ chosen, total }: { chosen: ReadonlySet<string> | 'all'; total: number }) {
  if (chosen === 'all') return <Text size="sm">All {total.toLocaleString('en')} jobs that match the filters.</Text>
  const names = [...chosen]
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {names.slice(0, namesShown).join(', ')}
      {names.length > namesShown && ` and ${names.length - namesShown} more`}
    </Text>
  )
}

/** A filter says which jobs are meant; where there is none, all are, and the server wants them by name. */
async function targetOf(chosen: ReadonlySet<string> | 'all', filter: JobFilter) {
  if (chosen !== 'all') return { names: [...chosen] }
  if (Object.values(filter).some((value) => value !== undefined)) return { filter }
  const names: string[] = []
  for (;;) {
    const page = await api.jobs({}, 'name', 10_000, names.length)
    names.push(...page.items.map((job) => job.name))
    if (!page.next) return { names }
  }
}

const cascades: { value: Cascade; label: string }[] = [
  { value: 'refuse', label: 'Refuse, where other jobs depend on it' },
  { value: 'inherit', label: 'Children take over its parents or schedule' },
  { value: 'detach', label: 'Children are detached from it' },
  { value: 'delete', label: 'Delete all that depend on it, too' },
]

export function CascadeChoice({ value, onChange }: { value: Cascade; onChange: (value: Cascade) => void }) {
  return (
    <Radio.Group label="Jobs that depend on it" value={value} onChange={(next) => onChange(next as Cascade)}>
      <Stack gap={6} mt={6}>
        {cascades.map((one) => (
          <Radio key={one.value} value={one.value} label={one.label} size="xs" />
        ))}
      </Stack>
    </Radio.Group>
  )
}

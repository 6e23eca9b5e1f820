import { Button, Menu, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/api'
import type { Cascade, Job } from '../api/types'
import { Confirm } from '../common/Confirm'
import { Icon } from '../common/Icon'
import { attempt, told } from '../common/notify'
import { useMay } from '../common/role'
import { CascadeChoice } from '../jobs/BulkBar'
import { Backfill } from './Backfill'
import { RunNow } from './RunNow'

type Dialog = 'run' | 'kill' | 'disable' | 'delete' | 'backfill' | 'success'

/** What can be done with a job. */
export function JobActions({ name, job }: { name: string; job: Job }) {
  const [dialog, setDialog] = useState<Dialog>()
  const [reason, setReason] = useState('')
  const [cascade, setCascade] = useState<Cascade>('refuse')
  const client = useQueryClient()
  const navigate = useNavigate()
  const mayOperate = useMay('operator')
  const mayChange = useMay('admin')
  const isDisabled = job.definition.disabled === true
  const active = job.status.activeRuns.length
  const close = () => setDialog(undefined)
  const refresh = () => client.invalidateQueries({ queryKey: ['job', name] })

  async function enable() {
    if (await attempt(`${name} is enabled.`, () => api.enable(name))) await refresh()
  }

  if (!mayOperate) return null
  return (
    <>
      <Button leftSection={<Icon name="play" size={14} />} onClick={() => setDialog('run')}>
        Run now
      </Button>
      {active > 0 && (
        <Button variant="default" leftSection={<Icon name="stop" size={14} />} onClick={() => setDialog('kill')}>
          Kill
        </Button>
      )}
      {isDisabled ? (
        <Button variant="default" leftSection={<Icon name="power" size={14} />} onClick={() => void enable()}>
          Enable
        </Button>
      ) : (
        <Button variant="default" leftSection={<Icon name="pause" size={14} />} onClick={() => setDialog('disable')}>
          Disable
        </Button>
      )}
      {mayChange && (
        <Button
          component={Link}
          to="/jobs/$name/edit"
          params={{ name } as never}
          variant="default"
          leftSection={<Icon name="edit" size={14} />}
        >
          Edit
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" aria-label="More actions" px={8}>
            <Icon name="more" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {job.definition.schedule && (
            <Menu.Item leftSection={<Icon name="history" />} onClick={() => setDialog('backfill')}>
              Backfill
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Icon name="check" />} onClick={() => setDialog('success')}>
            Mark as succeeded
          </Menu.Item>
          {mayChange && (
            <>
              <Menu.Item
                leftSection={<Icon name="copy" />}
                onClick={() => void navigate({ to: '/new', search: { from: name } })}
              >
                Duplicate
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={() => setDialog('delete')}>
                Delete
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>

      <RunNow name={name} job={job} opened={dialog === 'run'} onClose={close} />
      <Backfill name={name} opened={dialog === 'backfill'} onClose={close} />
      <Confirm
        opened={dialog === 'kill'}
        title={`Kill ${active === 1 ? 'the active run' : `${active} active runs`} of ${name}?`}
        action="Kill"
        danger
        onClose={close}
        onConfirm={async () => {
          await api.killAll(name)
          await refresh()
        }}
      >
        <Text size="sm">They are asked to end, and ended by force after the job's grace period.</Text>
      </Confirm>
      <Confirm
        opened={dialog === 'disable'}
        title={`Disable ${name}?`}
        action="Disable"
        onClose={close}
        onConfirm={async () => {
          await api.disable(name, reason)
          await refresh()
        }}
      >
        <Text size="sm">Nothing starts it until it is enabled. Runs that are active go on.</Text>
        <TextInput
          label="Reason"
          description="Shown to everybody who wonders why it does not run"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Confirm>
      <Confirm
        opened={dialog === 'success'}
        title={`Mark ${name} as succeeded?`}
        action="Mark as succeeded"
        onClose={close}
        onConfirm={async () => {
          await api.markSuccess(name)
          told(`${name} counts as succeeded.`)
          await refresh()
        }}
      >
        <Text size="sm">It counts as one success without a run, and releases the jobs that wait for it.</Text>
      </Confirm>
      <Confirm
        opened={dialog === 'delete'}
        title={`Delete ${name}?`}
        action="Delete"
        danger
        onClose={close}
        onConfirm={async () => {
          await api.deleteJob(name, cascade)
          told(`${name} is deleted.`)
          await navigate({ to: '/jobs', search: {} })
          client.removeQueries({ queryKey: ['job', name] })
        }}
      >
        <Text size="sm">Its active runs are killed. Its history stays readable until its retention ends.</Text>
        {job.status.children.length > 0 && (
          <Stack gap="xs">
            <Text size="sm">
              <b>
                {job.status.children.length === 1 ? 'One job depends' : `${job.status.children.length} jobs depend`}
              </b>{' '}
              on it: {job.status.children.slice(0, 12).join(', ')}
              {job.status.children.length > 12 && ' …'}
            </Text>
            <CascadeChoice value={cascade} onChange={setCascade} />
          </Stack>
        )}
      </Confirm>
    </>
  )
}

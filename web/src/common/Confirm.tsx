import { Button, Group, Modal, Stack } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Failure } from './parts'

interface Props {
  opened: boolean
  title: string
  /** The word on the button that does it. */
  action: string
  danger?: boolean
  children?: ReactNode
  size?: string
  onConfirm: () => Promise<unknown>
  onClose: () => void
}

/** Asks before doing something; stays open and says why where it fails. */
export function Confirm({ opened, title, action, danger, children, size, onConfirm, onClose }: Props) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()

  async function confirm() {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (e) {
      setError(e)
    } finally {
      setBusy(false)
    }
  }

  function close() {
    setError(undefined)
    onClose()
  }

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={title}
      size={size ?? 'md'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void confirm()
        }}
      >
        <Stack gap="md">
          {children}
          {error !== undefined && <Failure error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" color={danger ? 'red' : undefined} loading={busy} data-autofocus>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

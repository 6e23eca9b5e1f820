import { useMantineColorScheme } from '@mantine/core'
import { Spotlight } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useState } from 'react'
import { api } from '../api/api'
import { Icon, type IconName } from '../common/Icon'
import { useMay } from '../common/role'
import { StateMark } from '../common/Status'

interface Command {
  label: string
  icon: IconName
  run: () => void
}

/** Enter without a choice means the first. */
function takeFirst(event: KeyboardEvent<HTMLInputElement>) {
  if (event.key !== 'Enter' || document.querySelector('.mantine-Spotlight-action[data-selected]')) return
  document.querySelector<HTMLElement>('.mantine-Spotlight-action')?.click()
}

/** Ctrl+K: any job, any page, and what is done often. */
export function CommandPalette({ pages }: { pages: { to: string; label: string; icon: IconName }[] }) {
  const [text, setText] = useState('')
  const navigate = useNavigate()
  const mayCreate = useMay('admin')
  const { setColorScheme } = useMantineColorScheme()
  const wanted = text.trim().toLowerCase()
  const { data } = useQuery({
    queryKey: ['palette', wanted],
    queryFn: ({ signal }) => api.jobs({ q: wanted }, 'name', 8, 0, { signal }),
    enabled: wanted.length > 0,
    placeholderData: (before) => before,
    gcTime: 10_000,
  })
  const isRunId = /^[0-9A-HJKMNP-TV-Z]{26}$/i.test(text.trim())

  const commands: Command[] = [
    ...pages.map((page) => ({ label: page.label, icon: page.icon, run: () => void navigate({ to: page.to }) })),
    ...(mayCreate
      ? [{ label: 'New job', icon: 'plus' as const, run: () => void navigate({ to: '/new', search: {} }) }]
      : []),
    {
      label: 'Failed jobs',
      icon: 'cross',
      run: () => void navigate({ to: '/jobs', search: { last: 'failed' } }),
    },
    {
      label: 'Running jobs',
      icon: 'play',
      run: () => void navigate({ to: '/jobs', search: { state: 'running' } }),
    },
    { label: 'Dark colours', icon: 'moon', run: () => setColorScheme('dark') },
    { label: 'Light colours', icon: 'sun', run: () => setColorScheme('light') },
  ]
  const found = commands.filter((command) => command.label.toLowerCase().includes(wanted))
  const jobs = wanted ? (data?.items ?? []) : []

  return (
    <Spotlight.Root
      query={text}
      onQueryChange={setText}
      shortcut={['mod + K', '/']}
      scrollable
      maxHeight={420}
      lockScroll={false}
    >
      <Spotlight.Search
        placeholder="A job, a run's id, a page or a command"
        leftSection={<Icon name="search" />}
        onKeyDown={takeFirst}
      />
      <Spotlight.ActionsList>
        {isRunId && (
          <Spotlight.Action
            label={`Run ${text.trim()}`}
            leftSection={<Icon name="runs" />}
            onClick={() => void navigate({ to: '/runs/$id', params: { id: text.trim().toUpperCase() }, search: {} })}
          />
        )}
        {jobs.length > 0 && (
          <Spotlight.ActionsGroup label="Jobs">
            {jobs.map((job) => (
              <Spotlight.Action
                key={job.name}
                label={job.name}
                description={job.description || job.command}
                leftSection={<StateMark state={job.disabled ? 'disabled' : (job.lastRun?.state ?? 'none')} />}
                onClick={() => void navigate({ to: '/jobs/$name', params: { name: job.name }, search: {} })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {found.length > 0 && (
          <Spotlight.ActionsGroup label="Pages and commands">
            {found.map((command) => (
              <Spotlight.Action
                key={command.label}
                label={command.label}
                leftSection={<Icon name={command.icon} />}
                onClick={command.run}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {jobs.length + found.length === 0 && !isRunId && <Spotlight.Empty>Nothing is called so.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

import { Button, Select, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { api, type LogStream } from '../api/api'
import { hasEnded, type JobDefinition, type Run } from '../api/types'
import { Confirm } from '../common/Confirm'
import { Icon } from '../common/Icon'
import { Facts, Failure, Loading, PageHead, Panel } from '../common/parts'
import { useMay } from '../common/role'
import { State } from '../common/Status'
import { JobZone, Relative, Time, Took } from '../common/time'
import { numberOf, pairsOf, textOf } from '../job/definition'
import { useJob } from '../job/useJob'
import { LogViewer } from './LogViewer'
import { Phases } from './Phases'
import { Cause } from './RunTable'
import { why } from './why'
import './run.css'

/** One run: what happened, its output, and what can be done. */
export function RunPage() {
  const { id } = useParams({ from: '/runs/$id' })
  const search = useSearch({ from: '/runs/$id' })
  const navigate = useNavigate({ from: '/runs/$id' })
  const { data: run, error, refetch } = useQuery({ queryKey: ['run', id], queryFn: () => api.run(id) })
  const { data: job } = useJob(run?.job ?? '', run !== undefined)

  if (error && !run)
    return (
      <div className="page">
        <PageHead title="Run" sub={<code>{id}</code>} />
        <Failure error={error} retry={() => void refetch()} />
      </div>
    )
  if (!run) return <Loading />

  const attempt = Number(search.attempt ?? run.attempt) || 1
  const change = (next: Record<string, string | undefined>) =>
    void navigate({
      replace: true,
      search: (old) => Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, value]) => value)),
    })
  const attempts = Array.from({ length: Math.max(run.attempt, 1) }, (_, i) => String(i + 1))

  return (
    <JobZone value={job ? textOf(job.definition, 'scheduleTimeZone') || undefined : undefined}>
      <div className="page">
        <PageHead
          title={
            <>
              Run of{' '}
              <Link to="/jobs/$name" params={{ name: run.job }} search={{}}>
                {run.job}
              </Link>
            </>
          }
          sub={
            <>
              <State state={run.state} />
              <span>
                due <Time at={run.nominal} />
              </span>
              <code title="The id of the run">{run.id}</code>
            </>
          }
        >
          <RunActions run={run} />
        </PageHead>
        <Outcome run={run} />
        <div className="grid">
          <div className="span-7">
            <Panel title="What happened">
              <Phases run={run} />
            </Panel>
          </div>
          <div className="span-5">
            <Details run={run} definition={job?.definition} />
          </div>
        </div>
        {attempts.length > 1 && (
          <Select
            w={170}
            aria-label="Attempt"
            data={attempts.map((value) => ({ value, label: `Attempt ${value} of ${attempts.length}` }))}
            value={String(attempt)}
            onChange={(value) => change({ attempt: value ?? undefined })}
            allowDeselect={false}
          />
        )}
        {run.attempt > 0 ? (
          <LogViewer
            run={id}
            attempt={attempt}
            stream={(search.stream ?? 'stdout') as LogStream}
            onStream={(stream) => change({ stream: stream === 'stdout' ? undefined : stream })}
            find={search.find ?? ''}
            onFind={(find) => change({ find })}
          />
        ) : (
          <Panel title="Output">
            {hasEnded(run.state)
              ? 'It never started, so it wrote nothing.'
              : 'It has not started yet. Its output shows here as it is written.'}
          </Panel>
        )}
      </div>
    </JobZone>
  )
}

/** What a person wants to know first: why it is as it is. */
function Outcome({ run }: { run: Run }) {
  const text = why(run)
  const isWaiting = run.state === 'queued' && run.retryAt
  if (!text && !isWaiting) return null
  return (
    <div className="outcome" data-state={run.state}>
      <State state={run.state} />
      <span>
        {text}
        {isWaiting && (
          <>
            {text && '. '}Attempt {run.attempt + 1} <Relative at={run.retryAt} due />
          </>
        )}
      </span>
    </div>
  )
}

function Details({ run, definition }: { run: Run; definition: JobDefinition | undefined }) {
  const last = run.attempts.at(-1)
  const variables = definition
    ? [...pairsOf(definition, 'environmentVariables'), ...pairsOf(definition, 'secrets')]
    : []
  const items: [string, ReactNode][] = [
    ['Cause', <Cause key="c" run={run} />],
    ['Took', <Took key="t" from={run.startedAt} until={run.endedAt} />],
    ['Exit code', last?.exitCode ?? <span className="dim">–</span>],
  ]
  if (last?.signal !== undefined) items.push(['Signal', last.signal])
  if (run.agent) items.push(['Machine', run.agent])
  if (definition)
    items.push([
      'Resources of the job',
      `${numberOf(definition, 'cpus')} cpus, ${numberOf(definition, 'mem')} MiB, ${numberOf(definition, 'disk')} MiB disk`,
    ])
  if (run.progress !== undefined) items.push(['Elements processed', run.progress.toLocaleString('en')])
  if (run.arguments !== undefined) items.push(['Arguments', <code key="a">{run.arguments || '(none)'}</code>])
  if (run.missedCount) items.push(['Stands for', `${run.missedCount} missed occurrences`])
  if (run.kill) items.push(['Kill', `${run.kill.reason}, by ${run.kill.by}`])
  return (
    <Panel title="Details">
      <div className="stack-s">
        <Facts items={items} />
        {run.environment && <Variables title="Variables of this run" of={Object.entries(run.environment)} />}
        {variables.length > 0 && <Variables title="Variables of the job" of={variables} />}
      </div>
    </Panel>
  )
}

function Variables({ title, of }: { title: string; of: [name: string, value: string][] }) {
  return (
    <div>
      <span className="dim">{title}</span>
      <pre className="command" aria-label={title} tabIndex={0}>
        {of.map(([name, value]) => `${name}=${value}`).join('\n')}
      </pre>
    </div>
  )
}

function RunActions({ run }: { run: Run }) {
  const [dialog, setDialog] = useState<'kill' | 'retry'>()
  const navigate = useNavigate()
  const client = useQueryClient()
  const mayOperate = useMay('operator')
  if (!mayOperate) return null
  const isOver = hasEnded(run.state)
  return (
    <>
      {isOver ? (
        <Button leftSection={<Icon name="retry" size={14} />} onClick={() => setDialog('retry')}>
          Repeat
        </Button>
      ) : (
        <Button color="red" leftSection={<Icon name="stop" size={14} />} onClick={() => setDialog('kill')}>
          Kill
        </Button>
      )}
      <Confirm
        opened={dialog === 'kill'}
        title="Kill this run?"
        action="Kill"
        danger
        onClose={() => setDialog(undefined)}
        onConfirm={async () => {
          await api.killRun(run.id)
          await client.invalidateQueries({ queryKey: ['run', run.id] })
        }}
      >
        <Text size="sm">It is asked to end, and ended by force after the job's grace period.</Text>
      </Confirm>
      <Confirm
        opened={dialog === 'retry'}
        title="Repeat this run?"
        action="Repeat"
        onClose={() => setDialog(undefined)}
        onConfirm={async () => {
          const again = await api.retryRun(run.id)
          await navigate({ to: '/runs/$id', params: { id: again.id }, search: {} })
        }}
      >
        <Text size="sm">A new run with the same due time and arguments.</Text>
      </Confirm>
    </>
  )
}

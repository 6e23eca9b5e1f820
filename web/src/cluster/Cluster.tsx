import { useState } from 'react'
import { TextInput } from '@mantine/core'
import type { Engine } from '../api/types'
import { Icon } from '../common/Icon'
import { Facts, Failure, Loading, PageHead, Panel } from '../common/parts'
import { useInfo } from '../common/role'
import { StateMark } from '../common/Status'
import { Time, Took } from '../common/time'
import { Usage, useHealth } from '../home/Health'

/** The server: what it is, how it does, and what it works with. */
export function Cluster() {
  const { data: info, error, refetch } = useInfo()
  const { data: health } = useHealth()
  if (error && !info) return <Failure error={error} retry={() => void refetch()} />
  if (!info) return <Loading />
  return (
    <div className="page">
      <PageHead
        title="Cluster"
        sub={health && (health.isReady ? 'The server decides' : 'The server does not decide now')}
      />
      {health && health.problems.length > 0 && (
        <Panel title="Problems">
          <ul className="plain">
            {health.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Panel>
      )}
      <div className="grid">
        <div className="span-6">
          <Panel title="This node">
            <Facts
              items={[
                [
                  'State',
                  <span key="s" className="state">
                    <StateMark state={health?.isReady ? 'succeeded' : 'failed'} />
                    {health?.isReady ? 'decides' : 'waits'}
                  </span>,
                ],
                ['Term', health?.term ?? '–'],
                ['Identity', <code key="n">{info.nodeId}</code>],
                ['Version', info.version],
                ['Running for', <Took key="r" from={info.startedAt} until={undefined} />],
                ['Inputs that wait', health?.pendingInputs ?? '–'],
                ['Time-zone data', info.tzdbVersion],
                ['Its clock', <Time key="c" at={info.now} />],
              ]}
            />
          </Panel>
        </div>
        <div className="span-6">
          <Panel title="Store">
            <Facts
              items={[
                ['Kind', 'SQLite, on this machine'],
                ['Folder', <code key="d">{info.options['data-dir']}</code>],
                ['Jobs', info.jobs.toLocaleString('en')],
                ['Runs under way', info.activeRuns.toLocaleString('en')],
                ['History kept for', info.options['retention-days']],
                ['Runs kept of each job', Number(info.options['retention-runs-per-job']).toLocaleString('en')],
              ]}
            />
          </Panel>
        </div>
        {(health?.engines ?? info.engines).map((engine) => (
          <div key={engine.name} className="span-12">
            <EnginePanel engine={engine} />
          </div>
        ))}
        <div className="span-12">
          <Settings options={info.options} />
        </div>
      </div>
    </div>
  )
}

function EnginePanel({ engine }: { engine: Engine }) {
  return (
    <Panel
      title={`Engine ${engine.name}`}
      right={
        <span className="state">
          <StateMark state={engine.isHealthy ? 'succeeded' : 'failed'} />
          {engine.problem ?? (engine.isHealthy ? 'starts attempts' : 'cannot start attempts now')}
        </span>
      }
    >
      <div className="grid">
        <div className="span-5 stack-s">
          <Facts
            items={[
              ['Running', engine.running.toLocaleString('en')],
              ['Waiting for room', engine.waiting.toLocaleString('en')],
            ]}
          />
          <div>
            <Usage name="Processors" used={engine.used.cpus} total={engine.total.cpus} unit="" />
            <Usage name="Memory" used={engine.used.mem} total={engine.total.mem} unit=" MiB" />
            <Usage name="Disk" used={engine.used.disk} total={engine.total.disk} unit=" MiB" />
          </div>
        </div>
        <div className="span-7">
          <b>Limits</b>
          <ul className="plain">
            {engine.limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </div>
      </div>
    </Panel>
  )
}

function Settings({ options }: { options: Record<string, string> }) {
  const [text, setText] = useState('')
  const shown = Object.entries(options).filter(([name]) => name.includes(text.toLowerCase()))
  return (
    <Panel
      title="Settings"
      flush
      right={
        <TextInput
          size="xs"
          type="search"
          aria-label="Search settings"
          placeholder="Search"
          leftSection={<Icon name="search" size={14} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      }
    >
      <table className="table">
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(([name, value]) => (
            <tr key={name}>
              <td className="num">{name}</td>
              <td className="grow" style={{ overflowWrap: 'anywhere' }}>
                {value ? <code>{value}</code> : <span className="dim">–</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}

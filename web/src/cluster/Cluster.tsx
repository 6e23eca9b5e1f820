import './cluster.css'
import { TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Cluster as Nodes, Info, Member } from '../api/types'
import { type Column, DataTable } from '../common/DataTable'
import { lengthOf } from '../common/duration'
import { Icon } from '../common/Icon'
import { Facts, Failure, Loading, PageHead, Panel } from '../common/parts'
import { useInfo } from '../common/role'
import { StateMark } from '../common/Status'
import { Relative, showDuration, Time, Took } from '../common/time'
import { Engines } from './Engines'
import { leaderWords } from './leader'
import { useCluster, useHealth, useOverview } from './useCluster'

/** The servers: which there are, who leads, how they do, and what they work with. */
export function Cluster() {
  const { data: info, error, refetch } = useInfo()
  const { data: health } = useHealth()
  const cluster = useCluster()
  if (error && !info) return <Failure error={error} retry={() => void refetch()} />
  if (!info) return <Loading />
  return (
    <div className="page">
      <PageHead title="Cluster" sub={cluster.data && leaderWords(cluster.data)} />
      {health && health.problems.length > 0 && (
        <Panel title="Problems">
          <ul className="plain">
            {health.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Panel>
      )}
      {cluster.error && <Failure error={cluster.error} retry={() => void cluster.refetch()} />}
      {cluster.data && <Members cluster={cluster.data} />}
      <div className="grid">
        <div className="span-6">
          <ThisNode info={info} />
        </div>
        <div className="span-6">
          <Store info={info} cluster={cluster.data} />
        </div>
        <Engines />
        <div className="span-12">
          <Settings options={info.options} />
        </div>
      </div>
    </div>
  )
}

/** The nodes that are up. */
function Members({ cluster }: { cluster: Nodes }) {
  const columns: Column<Member>[] = [
    {
      head: 'Address',
      className: 'grow members',
      cell: (member) => (
        <>
          <a href={member.address}>{member.address}</a>
          {member.id === cluster.nodeId && <span className="tag">answers you</span>}
        </>
      ),
    },
    {
      head: 'Part',
      cell: (member) => (
        <span className="state">
          <StateMark state={member.isLeader ? 'succeeded' : 'idle'} />
          {member.isLeader ? 'leads' : 'follows'}
        </span>
      ),
    },
    { head: 'Version', cell: (member) => <span className="num">{member.version}</span> },
    {
      head: 'Identity',
      className: 'only-wide',
      cell: (member) => <code title={member.id}>{member.id.slice(0, 8)}</code>,
    },
  ]
  return (
    <Panel title="Nodes" flush right={<span className="dim">term {cluster.term}</span>}>
      <DataTable label="Nodes" rows={cluster.members} keyOf={(member) => member.id} columns={columns} />
    </Panel>
  )
}

const states = {
  leading: ['succeeded', 'leads: it decides and starts what is due'],
  following: ['idle', 'follows: it passes requests on to the leader'],
  waiting: ['queued', 'waits until a node leads'],
} as const

function ThisNode({ info }: { info: Info }) {
  const { data: cluster } = useCluster()
  const { data: overview } = useOverview()
  const [mark, words] = states[cluster?.state ?? 'waiting']
  const behind = overview && lengthOf(overview.overdueFor)
  return (
    <Panel title="This node">
      <Facts
        items={[
          [
            'State',
            <span key="s" className="state wraps">
              <StateMark state={mark} />
              {words}
            </span>,
          ],
          [
            'Decisions of the leader',
            behind === undefined ? '–' : behind < 1000 ? 'on time' : `${showDuration(behind)} behind`,
          ],
          ...(cluster?.state === 'following' ? [copyFact(cluster)] : []),
          ['Identity', <code key="n">{info.nodeId}</code>],
          ['Version', info.version],
          ['Running for', <Took key="r" from={info.startedAt} until={undefined} />],
          ['Time-zone data', info.tzdbVersion],
          ['Its clock', <Time key="c" at={info.now} />],
        ]}
      />
    </Panel>
  )
}

function copyFact({ copy }: Nodes): [string, ReactNode] {
  return [
    'Copy of the leader’s state',
    copy ? (
      <span key="k">
        {copy.jobs.toLocaleString('en')} jobs, heard <Relative at={copy.heardAt} />
      </span>
    ) : (
      'none yet; it would read the store'
    ),
  ]
}

const stores: Record<Nodes['store']['kind'], string> = {
  sqlite: 'SQLite, on this machine',
  etcd: 'etcd',
  zooKeeper: 'ZooKeeper',
  postgreSql: 'PostgreSQL',
}

function Store({ info, cluster }: { info: Info; cluster: Nodes | undefined }) {
  const { data: overview } = useOverview()
  const { options } = info
  const count = (value: number | undefined) => value?.toLocaleString('en') ?? '–'
  return (
    <Panel title="Store">
      <Facts
        items={[
          ['Kind', cluster ? stores[cluster.store.kind] : '–'],
          [
            cluster?.store.kind === 'sqlite' ? 'Folder' : 'Address',
            cluster ? <code key="d">{cluster.store.address}</code> : '–',
          ],
          ['Jobs', count(overview?.jobs)],
          ['Runs under way', count(overview && overview.runningRuns + overview.queuedRuns)],
          ['History kept for', options['retention-days']],
          ['Runs kept of each job', Number(options['retention-runs-per-job']).toLocaleString('en')],
        ]}
      />
    </Panel>
  )
}

type Setting = [name: string, value: string]

const settingColumns: Column<Setting>[] = [
  { head: 'Setting', isQuiet: true, className: 'num', cell: ([name]) => name },
  {
    head: 'Value',
    isQuiet: true,
    className: 'grow anywhere',
    cell: ([, value]) => (value ? <code>{value}</code> : <span className="dim">–</span>),
  },
]

function Settings({ options }: { options: Record<string, string> }) {
  const [text, setText] = useState('')
  const shown = Object.entries(options).filter(([name]) => name.includes(text.toLowerCase()))
  return (
    <Panel
      title="Settings of this node"
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
      <DataTable label="Settings" rows={shown} keyOf={([name]) => name} columns={settingColumns} />
    </Panel>
  )
}

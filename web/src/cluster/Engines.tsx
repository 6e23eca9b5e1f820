import { Link } from '@tanstack/react-router'
import type { EngineInspection, Machine, Resources, Waiting } from '../api/types'
import { type Column, DataTable } from '../common/DataTable'
import { lengthOf } from '../common/duration'
import { Facts, Failure, Loading, Panel } from '../common/parts'
import { StateMark } from '../common/Status'
import { showDuration } from '../common/time'
import { showAmount, Usage } from './Usage'
import { useEngines } from './useCluster'

/** The engines of the leader: what they have, what runs where, and why attempts wait. */
export function Engines() {
  const { data, error, refetch } = useEngines()
  if (error && !data)
    return (
      <div className="span-12">
        <Failure error={error} retry={() => void refetch()} />
      </div>
    )
  if (!data) return <Loading />
  return data.items.map((one) => (
    <div key={one.engine.name} className="span-12">
      <EnginePanel seen={one} />
    </div>
  ))
}

function EnginePanel({ seen }: { seen: EngineInspection }) {
  const { engine, machines, waiting, openOffers } = seen
  const facts: [string, string][] = [
    ['Running', engine.running.toLocaleString('en')],
    ['Waiting for room', engine.waiting.toLocaleString('en')],
    ['Machines', seen.machineCount.toLocaleString('en')],
  ]
  if (openOffers !== undefined) facts.push(['Offers that are held', openOffers.toLocaleString('en')])
  return (
    <Panel
      title={`Engine ${engine.name}`}
      flush
      right={
        <span className="state wraps">
          <StateMark state={engine.isHealthy ? 'succeeded' : 'failed'} />
          {engine.problem ?? (engine.isHealthy ? 'starts attempts' : 'cannot start attempts now')}
        </span>
      }
    >
      <div className="panel-body engine-facts">
        <div className="stack-s">
          <Facts items={facts} />
          <div>
            <Usage name="Processors" used={engine.used.cpus} total={engine.total.cpus} unit="" />
            <Usage name="Memory" used={engine.used.mem} total={engine.total.mem} unit=" MiB" />
            <Usage name="Disk" used={engine.used.disk} total={engine.total.disk} unit=" MiB" />
          </div>
        </div>
        <div>
          <b>Limits</b>
          <ul className="plain">
            {engine.limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </div>
      </div>
      {waiting.length > 0 && (
        <div className="engine-part">
          <h3>Why attempts wait</h3>
          <DataTable label="Why attempts wait" rows={waiting} keyOf={keyOf} columns={waitingColumns} />
        </div>
      )}
      {machines.length > 0 && (
        <div className="engine-part">
          <h3>Machines</h3>
          <DataTable
            label={`Machines of ${engine.name}`}
            rows={machines}
            keyOf={(machine) => machine.id}
            columns={openOffers === undefined ? machineColumns : machineColumns.concat(offerColumn)}
          />
          {seen.machineCount > machines.length && (
            <p className="dim more">The first {machines.length.toLocaleString('en')} of them.</p>
          )}
        </div>
      )}
    </Panel>
  )
}

function keyOf({ job, needs, reason }: Waiting): string {
  return JSON.stringify([job, needs, reason])
}

function showResources(amount: Resources): string {
  return `${showAmount(amount.cpus)} cpus, ${showAmount(amount.mem)} MiB`
}

const waitingColumns: Column<Waiting>[] = [
  { head: 'Attempts', className: 'right num', cell: (group) => group.count.toLocaleString('en') },
  { head: 'Reason', className: 'grow', cell: (group) => group.reason ?? 'Not known yet' },
  { head: 'Needs', className: 'only-wide num', cell: (group) => showResources(group.needs) },
  { head: 'Longest', className: 'num', cell: (group) => showDuration(lengthOf(group.longest)) },
  {
    head: 'First job',
    className: 'only-wide',
    cell: (group) => (
      <Link to="/jobs/$name" params={{ name: group.job }} search={{}}>
        {group.job}
      </Link>
    ),
  },
]

const machineColumns: Column<Machine>[] = [
  { head: 'Machine', cell: (machine) => <span title={machine.id}>{machine.name || machine.id}</span> },
  { head: 'Runs', className: 'right num', cell: (machine) => machine.running.toLocaleString('en') },
  { head: 'Reserved', className: 'num', cell: (machine) => showResources(machine.used) },
  {
    head: 'Has',
    className: 'only-wide num',
    cell: (machine) => (machine.total ? showResources(machine.total) : 'not known'),
  },
]

const offerColumn: Column<Machine> = {
  head: 'Offered lately',
  className: 'only-wide num',
  cell: (machine) => (machine.offered ? showResources(machine.offered) : <span className="dim">nothing</span>),
}

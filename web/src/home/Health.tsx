import './home.css'
import { Link } from '@tanstack/react-router'
import type { Engine } from '../api/types'
import { leaderWords } from '../cluster/leader'
import { Usage } from '../cluster/Usage'
import { useCluster, useEngines, useHealth, useOverview } from '../cluster/useCluster'
import { lengthOf } from '../common/duration'
import { Failure, Loading, Panel } from '../common/parts'
import { StateMark } from '../common/Status'
import { showDuration } from '../common/time'

/** Whether the cluster, its store and its engines do well, and what is wrong where not. */
export function Health() {
  const cluster = useCluster()
  const engines = useEngines()
  const { data: health } = useHealth()
  const { data: overview } = useOverview()
  const error = cluster.error ?? engines.error
  const behind = overview && lengthOf(overview.overdueFor)
  return (
    <Panel title="Health" right={<Link to="/cluster">Details</Link>}>
      {!cluster.data && !error && <Loading />}
      <div className="health-list">
        {error && <Failure error={error} />}
        {cluster.data && (
          <Line name="Leader" word={leaderWords(cluster.data)} isWell={cluster.data.state !== 'waiting'} />
        )}
        {behind !== undefined && (
          <Line
            name="Decisions"
            word={behind < 1000 ? 'on time' : `${showDuration(behind)} behind`}
            isWell={behind < 1000}
          />
        )}
        {engines.data?.items.map(({ engine }) => (
          <EngineLine key={engine.name} engine={engine} />
        ))}
        {health?.problems.map((problem) => (
          <Line key={problem} isWell={false} name="Problem" word={problem} />
        ))}
      </div>
    </Panel>
  )
}

function Line({ isWell, name, word }: { isWell: boolean; name: string; word: string }) {
  return (
    <div className="health">
      <StateMark state={isWell ? 'succeeded' : 'failed'} />
      <span>
        <b>{name}</b> {word}
      </span>
    </div>
  )
}

function EngineLine({ engine }: { engine: Engine }) {
  return (
    <div>
      <Line
        isWell={engine.isHealthy}
        name={`Engine ${engine.name}`}
        word={engine.problem ?? `${engine.running} running, ${engine.waiting} waiting for room`}
      />
      <Usage name="Processors" used={engine.used.cpus} total={engine.total.cpus} unit="" />
      <Usage name="Memory" used={engine.used.mem} total={engine.total.mem} unit=" MiB" />
    </div>
  )
}

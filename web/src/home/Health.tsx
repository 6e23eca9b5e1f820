import './home.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../api/api'
import type { Engine } from '../api/types'
import { Failure, Loading, Panel } from '../common/parts'
import { StateMark } from '../common/Status'
import { showDuration } from '../common/time'

const healthEvery = 5_000

export function useHealth() {
  return useQuery({ queryKey: ['health'], queryFn: api.health, refetchInterval: healthEvery })
}

function lateBy(iso: string): number {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(iso)
  return match ? (Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)) * 1000 : 0
}

/** Whether the server, its store and its engines do well, and what is wrong where not. */
export function Health() {
  const { data, error } = useHealth()
  return (
    <Panel title="Health" right={<Link to="/cluster">Details</Link>}>
      {error && !data ? <Failure error={error} /> : null}
      {!data && !error && <Loading />}
      {data && (
        <div className="health-list">
          <Line
            isWell={data.isReady}
            word={data.isReady ? `decides, in term ${data.term}` : 'does not decide now'}
            name="Scheduler"
          />
          <Line
            isWell={lateBy(data.overdueFor) < 1000}
            name="Lateness"
            word={lateBy(data.overdueFor) < 1000 ? 'on time' : `${showDuration(lateBy(data.overdueFor))} behind`}
          />
          {data.engines.map((engine) => (
            <EngineLine key={engine.name} engine={engine} />
          ))}
          {data.problems.map((problem) => (
            <Line key={problem} isWell={false} name="Problem" word={problem} />
          ))}
        </div>
      )}
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

export function Usage({ name, used, total, unit }: { name: string; used: number; total: number; unit: string }) {
  const share = total > 0 ? Math.min(1, used / total) : 0
  const show = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 })
  return (
    <div className="usage">
      <span className="dim">{name}</span>
      <div className="bar" data-full={share > 0.9 || undefined}>
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <span className="num dim">
        {show(used)} of {show(total)}
        {unit}
      </span>
    </div>
  )
}

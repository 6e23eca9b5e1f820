import type { JobGraph } from '../api/types'
import { State, StateMark } from '../common/Status'

/** Why a job of the graph waits, or how it did. */
export function Waiting({ name, graph }: { name: string; graph: JobGraph }) {
  const node = graph.nodes.find((one) => one.name === name)
  const before = graph.edges.filter((edge) => edge.to === name)
  const after = graph.edges.filter((edge) => edge.from === name)
  if (!node) return null
  const missing = before.filter((edge) => !edge.finished)
  return (
    <div className="stack-s">
      <h2 className="cut" title={name}>
        {name}
      </h2>
      <State state={node.disabled ? 'disabled' : node.state === 'idle' ? (node.lastRun ?? 'none') : node.state} />
      {node.disabled && <p>It is disabled: nothing starts it.</p>}
      {before.length > 0 && (
        <div>
          <b>{missing.length === 0 ? 'Waits for nothing' : `Waits for ${missing.length} of ${before.length}`}</b>
          <ul className="plain-list">
            {before.map(({ from, finished }) => (
              <li key={from}>
                <StateMark state={finished ? 'succeeded' : 'queued'} /> <span className="cut">{from}</span>
                <span className="visually-hidden">{finished ? 'finished' : 'waited for'}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {before.length === 0 && <p>{node.schedule ? `Starts by its schedule, ${node.schedule}` : 'Starts by hand'}</p>}
      {after.length > 0 && <p>{after.length === 1 ? 'One job waits' : `${after.length} jobs wait`} for it.</p>}
    </div>
  )
}

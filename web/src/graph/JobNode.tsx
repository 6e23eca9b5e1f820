import { Handle, Position, type NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { GraphNode } from '../api/types'
import { StateMark, stateWord } from '../common/Status'

/** A job in the graph. */
export const JobNode = memo(function JobNode({ data }: NodeProps) {
  const node = data as unknown as GraphNode & { isHit: boolean; isDim: boolean; isCentre: boolean }
  const state = node.disabled ? 'disabled' : node.state === 'idle' ? (node.lastRun ?? 'none') : node.state
  return (
    <div
      className={`job-node border-${state}`}
      data-hit={node.isHit || undefined}
      data-dim={node.isDim || undefined}
      data-centre={node.isCentre || undefined}
      title={node.name}
    >
      <Handle type="target" position={Position.Left} />
      <StateMark state={state} />
      <span className="job-node-text">
        <span className="cut">{node.name}</span>
        <span className="cut dim">
          {stateWord(state)}
          {node.schedule && ` · ${node.schedule}`}
        </span>
      </span>
      <Handle type="source" position={Position.Right} />
    </div>
  )
})

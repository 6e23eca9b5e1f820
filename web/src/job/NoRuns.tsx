import { Empty } from '../common/parts'

export function NoRuns() {
  return (
    <Empty icon="runs" title="It has not run yet">
      It runs when its schedule or its parents say so, or at once with “Run now”.
    </Empty>
  )
}

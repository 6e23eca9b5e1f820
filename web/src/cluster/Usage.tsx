import './cluster.css'

/** How much of something is used. */
export function Usage({ name, used, total, unit }: { name: string; used: number; total: number; unit: string }) {
  const share = total > 0 ? Math.min(1, used / total) : 0
  return (
    <div className="usage">
      <span className="dim">{name}</span>
      <div className="bar" data-full={share > 0.9 || undefined}>
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <span className="num dim">
        {showAmount(used)} of {showAmount(total)}
        {unit}
      </span>
    </div>
  )
}

export function showAmount(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 })
}

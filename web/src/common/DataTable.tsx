import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

/** A column of a table. */
export interface Column<T> {
  head: string
  cell: (row: T) => ReactNode
  /** Not written out at the head, only read. */
  isQuiet?: boolean
  /** Of the head and each cell. */
  className?: string
  title?: (row: T) => string | undefined
}

/** Where there are more rows than are shown. */
export interface More {
  has: boolean
  isLoading: boolean
  load: () => void
}

interface Props<T> {
  /** What the rows are. */
  label: string
  rows: readonly T[]
  keyOf: (row: T) => string
  columns: Column<T>[]
  more?: More | undefined
}

/** Rows in columns; on a narrow screen the table scrolls, never the page. */
export function DataTable<T>({ label, rows, keyOf, columns, more }: Props<T>) {
  return (
    <>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={label}>
        <table className="table">
          <thead className={columns.every((column) => column.isQuiet) ? 'visually-hidden' : undefined}>
            <tr>
              {columns.map(({ head, className, isQuiet }) => (
                <th key={head} scope="col" className={className}>
                  {isQuiet ? <span className="visually-hidden">{head}</span> : head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map(({ head, className, cell, title }) => (
                  <td key={head} className={className} title={title?.(row)}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more?.has && (
        <div className="more">
          <Button variant="default" loading={more.isLoading} onClick={more.load}>
            Show more
          </Button>
        </div>
      )}
    </>
  )
}

import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { ApiError } from '../api/client'
import { Icon, type IconName } from './Icon'

/** The head of a page: what it is, and what can be done. */
export function PageHead(props: { title: ReactNode; sub?: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      <div className="page-title">
        <Title order={1}>{props.title}</Title>
        {props.sub && <div className="page-sub">{props.sub}</div>}
      </div>
      {props.children && <Group gap="xs">{props.children}</Group>}
    </header>
  )
}

/** A framed part of a page. */
export function Panel(props: { title?: string; right?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className="panel" aria-label={props.title}>
      {props.title && (
        <div className="panel-head">
          <h2>{props.title}</h2>
          {props.right}
        </div>
      )}
      <div className={props.flush ? undefined : 'panel-body'}>{props.children}</div>
    </section>
  )
}

/** What to see where there is nothing yet, and what to do about it. */
export function Empty(props: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap={6} className="empty">
      <Icon name={props.icon} size={30} />
      <Text fw={600}>{props.title}</Text>
      <div className="empty-text">{props.children}</div>
    </Stack>
  )
}

export function Loading() {
  return (
    <div className="loading">
      <Loader size="sm" aria-label="Loading" />
    </div>
  )
}

const remedies: Record<number, string> = {
  0: 'Nothing you typed is lost. The page goes on as soon as the server answers.',
  403: 'Ask somebody with a higher role, or sign in as another user.',
  404: 'It may have been deleted, or be past its retention.',
  500: 'This is a defect of the server. Its log has more under the trace id.',
  503: 'The server starts, stops, or waits for its store. Try again in a moment.',
}

/** Says what went wrong and what to do. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : undefined
  const remedy = problem && remedies[problem.status]
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      title={problem?.title ?? 'Something went wrong'}
      icon={<Icon name="warning" size={18} />}
    >
      <Stack gap={6} align="flex-start">
        <span>{problem?.detail ?? String(error)}</span>
        {problem?.violations && problem.violations.length > 1 && (
          <ul className="plain">
            {problem.violations.map((v) => (
              <li key={v.field + v.rule}>
                <code>{v.field}</code> {v.rule} {v.remedy}
              </li>
            ))}
          </ul>
        )}
        {remedy && <span>{remedy}</span>}
        {problem?.traceId && (
          <span>
            Trace id <code>{problem.traceId}</code>
          </span>
        )}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** A name and its value, one below the other in columns. */
export function Facts({ items }: { items: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

import { Button } from '@mantine/core'
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link } from '@tanstack/react-router'
import { Empty, Failure } from '../common/parts'
import { Home } from '../home/Home'
import { Jobs } from '../jobs/Jobs'
import { readJobsSearch } from '../jobs/search'
import { Shell } from './Shell'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Empty icon="search" title="There is no such page">
      <Button component={Link} to="/">
        Go home
      </Button>
    </Empty>
  ),
  errorComponent: ({ error, reset }) => (
    <div className="page">
      <Failure error={error} retry={reset} />
    </div>
  ),
})

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The parameters with those left out that are not there, so that addresses stay short. */
function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

const home = createRoute({ getParentRoute: () => root, path: '/', component: Home })

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: readJobsSearch,
  component: Jobs,
})

const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$name',
  validateSearch: (search: Record<string, unknown>) => given({ tab: text(search.tab) }),
  component: lazyRouteComponent(() => import('../job/JobPage'), 'JobPage'),
})

const edit = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$name/edit',
  validateSearch: (search: Record<string, unknown>) => given({ as: text(search.as) }),
  component: lazyRouteComponent(() => import('../job-form/EditJob'), 'EditJob'),
})

const create = createRoute({
  getParentRoute: () => root,
  path: '/new',
  validateSearch: (search: Record<string, unknown>) =>
    given({ from: text(search.from), parent: text(search.parent), as: text(search.as) }),
  component: lazyRouteComponent(() => import('../job-form/NewJob'), 'NewJob'),
})

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: (search: Record<string, unknown>) =>
    given({
      state: text(search.state),
      job: text(search.job),
      from: text(search.from),
      until: text(search.until),
    }),
  component: lazyRouteComponent(() => import('../run/Runs'), 'Runs'),
})

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$id',
  validateSearch: (search: Record<string, unknown>) =>
    given({ stream: text(search.stream), attempt: text(search.attempt), find: text(search.find) }),
  component: lazyRouteComponent(() => import('../run/RunPage'), 'RunPage'),
})

const graph = createRoute({
  getParentRoute: () => root,
  path: '/graph',
  validateSearch: (search: Record<string, unknown>) => given({ job: text(search.job), only: text(search.only) }),
  component: lazyRouteComponent(() => import('../graph/GraphPage'), 'GraphPage'),
})

const timeline = createRoute({
  getParentRoute: () => root,
  path: '/timeline',
  validateSearch: (search: Record<string, unknown>) =>
    given({ span: text(search.span), until: text(search.until), job: text(search.job) }),
  component: lazyRouteComponent(() => import('../timeline/Timeline'), 'Timeline'),
})

const calendar = createRoute({
  getParentRoute: () => root,
  path: '/calendar',
  validateSearch: (search: Record<string, unknown>) => given({ job: text(search.job) }),
  component: lazyRouteComponent(() => import('../calendar/CalendarPage'), 'CalendarPage'),
})

const cluster = createRoute({
  getParentRoute: () => root,
  path: '/cluster',
  component: lazyRouteComponent(() => import('../cluster/Cluster'), 'Cluster'),
})

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>) => given({ job: text(search.job) }),
  component: lazyRouteComponent(() => import('../audit/Audit'), 'Audit'),
})

export const router = createRouter({
  routeTree: root.addChildren([home, jobs, job, edit, create, runs, run, graph, timeline, calendar, cluster, audit]),
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  // Plain text both ways: the router's own way quotes what looks like JSON, and takes a job called "true" for no text.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const parameters = new URLSearchParams(given(search) as Record<string, string>).toString()
    return parameters && `?${parameters}`
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { openSpotlight } from '@mantine/spotlight'
import { Link, Outlet } from '@tanstack/react-router'
import { session } from '../api/client'
import { live, useLive, useLiveProblem } from '../api/live'
import { Icon, type IconName } from '../common/Icon'
import { useInfo, useMay } from '../common/role'
import { Relative, useZoneChoice, viewerZone, zoneChoice, type ZoneChoice } from '../common/time'
import { CommandPalette } from './CommandPalette'

const pages: { to: string; label: string; icon: IconName }[] = [
  { to: '/', label: 'Home', icon: 'home' },
  { to: '/jobs', label: 'Jobs', icon: 'list' },
  { to: '/runs', label: 'Runs', icon: 'runs' },
  { to: '/graph', label: 'Graph', icon: 'graph' },
  { to: '/timeline', label: 'Timeline', icon: 'timeline' },
  { to: '/calendar', label: 'Calendar', icon: 'calendar' },
  { to: '/cluster', label: 'Cluster', icon: 'server' },
  { to: '/audit', label: 'Audit', icon: 'audit' },
]

/** What is around every page. */
export function Shell() {
  const mayCreate = useMay('admin')
  const { data: info } = useInfo()
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="shell-top">
        <Link to="/" className="brand" aria-label="Chronos, home">
          <img src="/chronos.svg" alt="" />
          <span>Chronos</span>
        </Link>
        <button type="button" className="finder" onClick={openSpotlight}>
          <Icon name="search" />
          <span className="cut">Search jobs and commands</span>
          <kbd aria-hidden="true">Ctrl K</kbd>
        </button>
        <div className="top-right">
          {mayCreate && (
            <ActionIcon component={Link} to="/new" size="lg" title="New job" aria-label="New job">
              <Icon name="plus" size={18} />
            </ActionIcon>
          )}
          <LiveMark />
          <ZoneMenu />
          <SchemeSwitch />
          <UserMenu />
        </div>
      </header>
      <nav className="shell-nav" aria-label="Main">
        {pages.map(({ to, label, icon }) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
            <Icon name={icon} size={17} />
            {label}
          </Link>
        ))}
        <div className="shell-foot">
          {info && `Chronos ${info.version}`}
          <br />
          <a href="/docs/index.html">API</a>
        </div>
      </nav>
      <main className="shell-main" id="main" tabIndex={-1}>
        <StaleBar />
        <Outlet />
      </main>
      <CommandPalette pages={pages} />
    </div>
  )
}

const liveWords = { live: 'Live', connecting: 'Connecting', stale: 'Not live', paused: 'Paused' }

function LiveMark() {
  const state = useLive()
  const action = state === 'paused' ? 'Go on with live updates' : 'Pause live updates'
  return (
    <button
      type="button"
      className="live"
      data-state={state}
      title={action}
      aria-label={`${liveWords[state]}. ${action}`}
      onClick={() => live.pause()}
    >
      <i />
      <span>{liveWords[state]}</span>
    </button>
  )
}

function StaleBar() {
  const state = useLive()
  const problem = useLiveProblem()
  if (state !== 'stale') return null
  const since = <Relative at={new Date(live.changedAt()).toISOString()} />
  return (
    <div className="stale-bar" role="status">
      <Icon name="warning" />
      <span>
        {problem ? (
          <>
            Not live since {since}: {problem}
          </>
        ) : (
          <>No connection to the server since {since}.</>
        )}{' '}
        What you see may be old; trying again.
      </span>
    </div>
  )
}

function ZoneMenu() {
  const choice = useZoneChoice()
  const choices: [ZoneChoice, string][] = [
    ['local', `Mine (${viewerZone})`],
    ['UTC', 'UTC'],
    ['job', "The job's own, else mine"],
  ]
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="lg" aria-label="Time zone" title={`Times are shown in: ${choice}`}>
          <Icon name="clock" size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Show times in the zone</Menu.Label>
        <Menu.RadioGroup value={choice} onChange={(value) => zoneChoice.set(value as ZoneChoice)}>
          {choices.map(([value, label]) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}

function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const isDark =
    colorScheme === 'dark' || (colorScheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  const label = isDark ? 'Light colours' : 'Dark colours'
  return (
    <ActionIcon size="lg" aria-label={label} title={label} onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
      <Icon name={isDark ? 'sun' : 'moon'} size={18} />
    </ActionIcon>
  )
}

function UserMenu() {
  const { data: info } = useInfo()
  if (!info || info.caller.name === 'anonymous') return null
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="lg" aria-label={`Signed in as ${info.caller.name}`} title={info.caller.name}>
          <Icon name="user" size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {info.caller.name}, {info.caller.role}
        </Menu.Label>
        <Menu.Item onClick={() => session.signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

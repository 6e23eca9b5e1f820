import { ActionIcon, Button, SegmentedControl, TextInput, Tooltip } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { api, type LogStream } from '../api/api'
import { Icon, type IconName } from '../common/Icon'
import { attempt as attemptTo } from '../common/notify'
import { Failure } from '../common/parts'
import { showTime, useZone } from '../common/time'
import { segments } from './ansi'
import type { LogBuffer } from './LogBuffer'
import { useFind } from './useFind'
import { useLog } from './useLog'

const lineHeight = 19
const lineMax = 5_000
const earlierBytes = 4 << 20
const nearEnd = 40

interface Props {
  run: string
  attempt: number
  stream: LogStream
  onStream: (stream: LogStream) => void
  find: string
  onFind: (text: string) => void
}

/** Output of an attempt, as it is written. */
export function LogViewer({ run, attempt, stream, onStream, find, onFind }: Props) {
  const log = useLog(run, stream, attempt)
  const [wraps, setWraps] = useState(false)
  const [showsTimes, setShowsTimes] = useState(false)
  const [follows, setFollows] = useState(true)
  const scroller = useRef<HTMLDivElement>(null)
  const zone = useZone()
  const { buffer, version } = log
  const found = useFind(buffer, version, find)
  const count = buffer.lines.length
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  })

  useEffect(() => virtual.measure(), [wraps, virtual])
  useEffect(() => {
    if (follows && count > 0 && find === '') virtual.scrollToIndex(count - 1, { align: 'end' })
  }, [follows, count, version, virtual, find])
  useEffect(() => {
    if (found.line !== undefined) virtual.scrollToIndex(found.line, { align: 'center' })
  }, [found.line, virtual])

  function noteScroll() {
    const element = scroller.current
    if (!element) return
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd
    if (isAtEnd !== follows) setFollows(isAtEnd)
  }

  async function download() {
    const blob = await api.wholeLog(run, stream, attempt)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = `${run}-${attempt}-${stream}.txt`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }

  return (
    <section className="panel log" aria-label="Output" data-wrap={wraps || undefined}>
      <div className="log-tools">
        <SegmentedControl
          size="xs"
          aria-label="Which output"
          value={stream}
          onChange={(value) => onStream(value as LogStream)}
          data={['stdout', 'stderr']}
        />
        <TextInput
          className="grow"
          size="xs"
          type="search"
          aria-label="Search the output"
          placeholder="Search"
          leftSection={<Icon name="search" size={14} />}
          value={find}
          onChange={(event) => onFind(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && found.step(event.shiftKey ? -1 : 1)}
        />
        {find && (
          <span className="num dim" role="status">
            {found.total === 0
              ? 'nothing found'
              : `${found.current + 1} of ${found.total.toLocaleString('en')} lines`}
          </span>
        )}
        {find && found.total > 0 && (
          <>
            <Tool icon="up" label="Previous match" onClick={() => found.step(-1)} />
            <Tool icon="down" label="Next match" onClick={() => found.step(1)} />
          </>
        )}
        <span style={{ marginLeft: 'auto' }} />
        <Tool icon="wrap" label="Wrap long lines" isOn={wraps} onClick={() => setWraps(!wraps)} />
        <Tool
          icon="clock"
          label="Show when lines came in here"
          isOn={showsTimes}
          onClick={() => setShowsTimes(!showsTimes)}
        />
        <Tool icon="down" label="Follow the end" isOn={follows} onClick={() => setFollows(!follows)} />
        <Tool
          icon="download"
          label="Download all"
          onClick={() => void attemptTo('The output is downloaded.', download)}
        />
      </div>
      {log.error !== undefined && <Failure error={log.error} />}
      {log.start > 0 && (
        <div className="log-foot">
          <span>{size(log.start)} came before this.</span>
          <Button size="compact-xs" variant="default" onClick={() => log.loadFrom(log.start - earlierBytes)}>
            Load earlier output
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => log.loadFrom(0)}>
            Load all
          </Button>
        </div>
      )}
      <div
        ref={scroller}
        className="log-lines"
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={stream}
        onScroll={noteScroll}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              ref={wraps ? virtual.measureElement : undefined}
              data-index={index}
              className="log-line"
              data-gap={buffer.isGap(index) || undefined}
              data-current={found.line === index || undefined}
              style={{ transform: `translateY(${start}px)` }}
            >
              <span className="log-no" aria-hidden="true">
                {showsTimes ? timeOf(buffer.seenAt(index), zone) : log.start === 0 && index + 1}
              </span>
              <span>
                <Line buffer={buffer} index={index} find={find} />
              </span>
            </div>
          ))}
        </div>
      </div>
      <div className="log-foot" role="status">
        <span>{states[log.state]}</span>
        <span className="num">{size(log.size)}</span>
        {count === 0 && log.state === 'complete' && <span>Nothing was written to {stream}.</span>}
      </div>
    </section>
  )
}

const states = {
  loading: 'Loading',
  following: 'Following: new output shows at once',
  complete: 'Complete',
  interrupted: 'Interrupted; trying again',
}

function timeOf(at: number | undefined, zone: string): string {
  return at === undefined ? '' : showTime(at, zone)
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  const units = ['KiB', 'MiB', 'GiB']
  let value = bytes / 1024
  let unit = 0
  for (; value >= 1024 && unit < 2; unit++) value /= 1024
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`
}

function Tool(props: { icon: IconName; label: string; isOn?: boolean; onClick: () => void }) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        aria-label={props.label}
        aria-pressed={props.isOn}
        variant={props.isOn ? 'light' : 'subtle'}
        color={props.isOn ? 'brand' : 'gray'}
        onClick={props.onClick}
      >
        <Icon name={props.icon} />
      </ActionIcon>
    </Tooltip>
  )
}

/** A line with its colours; of what a carriage return overwrote only the last is shown. */
function Line({ buffer, index, find }: { buffer: LogBuffer; index: number; find: string }) {
  const raw = buffer.lines[index] ?? ''
  const text = raw.slice(raw.lastIndexOf('\r', raw.length - 2) + 1)
  const cut = text.length > lineMax ? text.slice(0, lineMax) : text
  return (
    <>
      {segments(cut, buffer.styleOf(index)).map((segment, i) => (
        <span key={i} className={segment.classes || undefined}>
          {marked(segment.text, find)}
        </span>
      ))}
      {cut !== text && <span className="dim"> … {(text.length - lineMax).toLocaleString('en')} more characters</span>}
    </>
  )
}

function marked(text: string, find: string): ReactNode {
  if (find === '') return text
  const lower = text.toLowerCase()
  const wanted = find.toLowerCase()
  const parts: ReactNode[] = []
  let from = 0
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>)
    from = at + wanted.length
  }
  return [...parts, text.slice(from)]
}

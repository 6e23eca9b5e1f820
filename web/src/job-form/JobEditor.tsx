import { Button, SegmentedControl } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { flushSync } from 'react-dom'
import { api } from '../api/api'
import type { JobCheck, JobDefinition, JsonValue } from '../api/types'
import { Confirm } from '../common/Confirm'
import { Failure, Loading } from '../common/parts'
import { StateMark } from '../common/Status'
import { draft } from './draft'
import { Form, type FormState } from './form'
import { JobForm } from './JobForm'

const TextEditor = lazy(() => import('./TextEditor'))
const typingPause = 350

interface Props {
  /** Where the draft is kept. */
  draftKey: string
  start: JobDefinition
  isNew: boolean
  as: string
  onAs: (as: string) => void
  /** The word on the button. */
  action: string
  /** Saves, and says whether it did: somebody may go on editing. Throws where it fails. */
  onSave: (definition: JobDefinition) => Promise<boolean>
  /** Called after it was saved, to go elsewhere. */
  onSaved: (definition: JobDefinition) => Promise<void>
  cancel: ReactNode
  head?: ReactNode
}

/** Writes a definition, as form or as text, checked by the server's rules while one types. What is typed is kept in
 *  the tab until it is saved or given up. */
export function JobEditor({ draftKey, start, isNew, as, onAs, action, onSave, onSaved, cancel, head }: Props) {
  const [definition, setDefinition] = useState<JobDefinition>(() => draft.load(draftKey) ?? start)
  const [wasRestored] = useState(() => draft.load(draftKey) !== undefined)
  const [textError, setTextError] = useState<string>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [isSaved, setSaved] = useState(false)
  const [touched, setTouched] = useState<ReadonlySet<string> | 'all'>(isNew ? new Set() : 'all')
  const isChanged = useMemo(() => JSON.stringify(definition) !== JSON.stringify(start), [definition, start])
  const { check, isChecking, checkError } = useCheck(definition)

  useEffect(() => {
    if (isChanged && !isSaved) draft.save(draftKey, definition)
    else draft.drop(draftKey)
  }, [draftKey, definition, isChanged, isSaved])

  const blocker = useBlocker({
    shouldBlockFn: () => isChanged && !isSaved,
    withResolver: true,
    enableBeforeUnload: () => isChanged && !isSaved,
  })

  const set = useCallback((field: string, value: JsonValue | undefined) => {
    setTouched((old) => (old === 'all' || old.has(field) ? old : new Set([...old, field])))
    setDefinition((old) => {
      const { [field]: _, ...rest } = old
      return (value === undefined ? rest : { ...old, [field]: value }) as JobDefinition
    })
  }, [])
  const form = useMemo<FormState>(
    () => ({
      definition,
      isNew,
      set,
      check,
      isTold: (field) => touched === 'all' || touched.has(field),
    }),
    [definition, isNew, set, check, touched],
  )

  async function save() {
    setTouched('all')
    setBusy(true)
    setError(undefined)
    try {
      if (!(await onSave(definition))) return
      flushSync(() => setSaved(true)) // so that nothing asks whether to leave
      await onSaved(definition)
    } catch (e) {
      setError(e)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Form.Provider value={form}>
      <div className="tools">
        <SegmentedControl
          aria-label="How to write it"
          value={as}
          onChange={onAs}
          data={[
            { value: 'form', label: 'Form' },
            { value: 'yaml', label: 'YAML' },
            { value: 'json', label: 'JSON' },
          ]}
        />
        {wasRestored && isChanged && (
          <span className="dim">
            What you typed before is still here.{' '}
            <Button size="compact-xs" variant="default" onClick={() => setDefinition(start)}>
              Begin anew
            </Button>
          </span>
        )}
        {head}
      </div>
      <form
        className="panel"
        aria-label="Job"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        {as === 'form' ? (
          <JobForm />
        ) : (
          <Suspense fallback={<Loading />}>
            <TextEditor
              language={as === 'json' ? 'json' : 'yaml'}
              definition={definition}
              onDefinition={setDefinition}
              onError={setTextError}
            />
          </Suspense>
        )}
        {error !== undefined && (
          <div className="panel-body">
            <Failure error={error} />
          </div>
        )}
        <div className="form-bar">
          <Verdict
            check={check}
            isChecking={isChecking}
            checkError={checkError}
            textError={as === 'form' ? undefined : textError}
            showsAll={as !== 'form'}
          />
          <span className="end">
            {cancel}
            <Button type="submit" size="sm" loading={busy} disabled={as !== 'form' && textError !== undefined}>
              {action}
            </Button>
          </span>
        </div>
      </form>
      <Confirm
        opened={blocker.status === 'blocked'}
        title="Leave without saving?"
        action="Leave"
        onConfirm={async () => blocker.proceed?.()}
        onClose={() => blocker.reset?.()}
      >
        What you typed is kept in this tab: you find it here when you come back.
      </Confirm>
    </Form.Provider>
  )
}

function useCheck(definition: JobDefinition) {
  const [key] = useDebouncedValue(JSON.stringify(definition), typingPause)
  const { data, error, isFetching } = useQuery({
    queryKey: ['check', key],
    queryFn: ({ signal }) => api.checkJob(JSON.parse(key) as object, { signal }),
    placeholderData: (before) => before,
    retry: false,
    gcTime: 30_000,
  })
  return { check: data, isChecking: isFetching || key !== JSON.stringify(definition), checkError: error }
}

function Verdict(props: {
  check: JobCheck | undefined
  isChecking: boolean
  checkError: unknown
  textError: string | undefined
  showsAll: boolean
}) {
  const { check, textError } = props
  if (textError)
    return (
      <span className="state state-failed" role="status">
        <StateMark state="failed" />
        {textError}
      </span>
    )
  if (props.checkError)
    return (
      <span className="dim" role="status">
        The server cannot check it now.
      </span>
    )
  if (!check)
    return (
      <span className="dim" role="status">
        Checking
      </span>
    )
  const { violations, warnings } = check
  if (violations.length === 0)
    return (
      <span className="state state-succeeded" role="status">
        <StateMark state="succeeded" />
        {props.isChecking ? 'Checking' : 'The server accepts it'}
        {warnings.length > 0 && (
          <span className="dim"> {warnings.map((one) => `${one.field}: ${one.rule}`).join(' ')}</span>
        )}
      </span>
    )
  const shown = violations.slice(0, props.showsAll ? 6 : 2)
  return (
    <div role="status" className="verdict">
      <span className="state state-failed">
        <StateMark state="failed" />
        {violations.length === 1 ? 'One thing to mend' : `${violations.length} things to mend`}
      </span>
      <ul className="plain">
        {shown.map((one) => (
          <li key={one.field + one.rule}>
            {one.field && <b>{one.field}: </b>}
            {one.rule} {one.remedy}
          </li>
        ))}
      </ul>
    </div>
  )
}

import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState } from 'react'
import { api } from '../api/api'
import { ApiError } from '../api/client'
import type { Job, JobDefinition } from '../api/types'
import { told } from '../common/notify'
import { Failure, Loading, PageHead } from '../common/parts'
import { JobZone } from '../common/time'
import { textOf, withoutDefaults } from '../job/definition'
import { useJob } from '../job/useJob'
import { JobEditor } from './JobEditor'

const Diff = lazy(() => import('./Diff'))

/** Changes a job. */
export function EditJob() {
  const { name } = useParams({ from: '/jobs/$name/edit' })
  const { data, error, refetch } = useJob(name)
  const first = useRef<Job>(undefined)
  first.current ??= data
  if (error && !first.current)
    return (
      <div className="page">
        <PageHead title={`Edit ${name}`} />
        <Failure error={error} retry={() => void refetch()} />
      </div>
    )
  if (!first.current) return <Loading />
  return <Editing name={name} first={first.current} isGone={error instanceof ApiError && error.status === 404} />
}

/** Edits what the job was when the page was opened; should somebody else change it meanwhile, saving says so. */
function Editing({ name, first, isGone }: { name: string; first: Job; isGone: boolean }) {
  const { as = 'form' } = useSearch({ from: '/jobs/$name/edit' })
  const navigate = useNavigate({ from: '/jobs/$name/edit' })
  const client = useQueryClient()
  const [base, setBase] = useState(first)
  const [review, setReview] = useState<{ definition: JobDefinition; theirs?: Job }>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const answer = useRef<(isSaved: boolean) => void>(undefined)

  /** Shows what changes, and waits for the answer. */
  function ask(definition: JobDefinition): Promise<boolean> {
    setError(undefined)
    setReview({ definition })
    return new Promise((resolve) => {
      answer.current = resolve
    })
  }

  async function leave() {
    told(`${name} is saved.`)
    await navigate({ to: '/jobs/$name', params: { name }, search: {} })
    void client.invalidateQueries()
  }

  async function save() {
    if (!review) return
    setBusy(true)
    setError(undefined)
    try {
      const etag = review.theirs?.etag ?? base.etag
      const saved = await api.putJob(review.definition, isGone ? undefined : { ifMatch: etag })
      client.setQueryData(['job', name], saved)
      setReview(undefined)
      answer.current?.(true)
    } catch (e) {
      if (e instanceof ApiError && e.status === 412) setReview({ ...review, theirs: await api.job(name) })
      else setError(e)
    } finally {
      setBusy(false)
    }
  }

  function giveUp() {
    setReview(undefined)
    answer.current?.(false)
  }

  const before = review?.theirs ?? base
  return (
    <JobZone value={textOf(base.definition, 'scheduleTimeZone') || undefined}>
      <div className="page">
        <PageHead title={`Edit ${name}`} />
        {isGone && (
          <Text c="red" role="alert">
            Somebody deleted this job meanwhile. Saving creates it anew.
          </Text>
        )}
        <JobEditor
          key={base.etag}
          draftKey={`edit ${name} ${base.etag}`}
          start={withoutDefaults(base.definition)}
          isNew={false}
          as={as}
          onAs={(next) => void navigate({ search: { as: next }, replace: true, ignoreBlocker: true })}
          action="Review and save"
          onSave={ask}
          onSaved={leave}
          cancel={
            <Button component={Link} to="/jobs/$name" params={{ name } as never} variant="default" size="sm">
              Cancel
            </Button>
          }
        />
        <Modal
          opened={review !== undefined}
          onClose={giveUp}
          size="xl"
          title={review?.theirs ? 'Somebody else changed it meanwhile' : 'What changes'}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          {review && (
            <Stack>
              {review.theirs && (
                <Text size="sm">
                  At the left is what it is now, at the right what you wrote. Saving replaces theirs by yours.
                </Text>
              )}
              <Suspense fallback={<Loading />}>
                <Diff before={withoutDefaults(before.definition)} after={withoutDefaults(review.definition)} />
              </Suspense>
              {error !== undefined && <Failure error={error} />}
              <Group justify="flex-end" gap="xs">
                {review.theirs && (
                  <Button
                    variant="default"
                    onClick={() => {
                      if (review.theirs) setBase(review.theirs)
                      giveUp()
                    }}
                  >
                    Give mine up
                  </Button>
                )}
                <Button variant="default" onClick={giveUp}>
                  Go on editing
                </Button>
                <Button loading={busy} onClick={() => void save()} data-autofocus>
                  {review.theirs ? 'Replace theirs' : 'Save'}
                </Button>
              </Group>
            </Stack>
          )}
        </Modal>
      </div>
    </JobZone>
  )
}

import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { api } from '../api/api'
import type { JobDefinition } from '../api/types'
import { told } from '../common/notify'
import { Failure, Loading, PageHead } from '../common/parts'
import { withoutDefaults } from '../job/definition'
import { useJob } from '../job/useJob'
import { JobEditor } from './JobEditor'

/** A new job, from nothing or as a copy of another. */
export function NewJob() {
  const { from, parent, as = 'form' } = useSearch({ from: '/new' })
  const navigate = useNavigate({ from: '/new' })
  const client = useQueryClient()
  const { data: original, error } = useJob(from ?? '', from !== undefined)
  if (error)
    return (
      <div className="page">
        <Failure error={error} />
      </div>
    )
  if (from && !original) return <Loading />

  async function save(definition: JobDefinition) {
    await api.putJob(definition, { isNew: true })
    return true
  }

  async function leave(definition: JobDefinition) {
    told(`${definition.name} is created.`)
    void client.invalidateQueries()
    await navigate({ to: '/jobs/$name', params: { name: definition.name }, search: {} })
  }

  return (
    <div className="page">
      <PageHead title={from ? `Copy of ${from}` : 'New job'} />
      <JobEditor
        key={from ?? ''}
        draftKey={`new ${from ?? ''}`}
        start={original ? copyOf(original.definition) : emptyJob(parent)}
        isNew
        as={as}
        onAs={(next) =>
          void navigate({ search: (old) => ({ ...old, as: next }), replace: true, ignoreBlocker: true })
        }
        action="Create the job"
        onSave={save}
        onSaved={leave}
        cancel={
          <Button component={Link} to="/jobs" variant="default" size="sm">
            Cancel
          </Button>
        }
      />
    </div>
  )
}

function emptyJob(parent: string | undefined): JobDefinition {
  return parent ? { name: '', command: '', parents: [parent] } : { name: '', command: '', schedule: '0 6 * * *' }
}

function copyOf(definition: JobDefinition): JobDefinition {
  const { secrets: _, ...rest } = withoutDefaults(definition)
  return { ...rest, name: `${definition.name}-copy` }
}

import { Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/api'
import type { Job } from '../api/types'
import { Confirm } from '../common/Confirm'
import { useMay } from '../common/role'
import { textsOf } from './definition'

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const equals = line.indexOf('=')
      if (equals < 1) throw new Error(`“${line}” is no variable. Write NAME=value, one a line.`)
      return [line.slice(0, equals), line.slice(equals + 1)]
    }),
  )
}

/** Starts a run by hand, with arguments and variables of its own. */
export function RunNow(props: { name: string; job: Job; opened: boolean; onClose: () => void }) {
  const { name, job, opened, onClose } = props
  const [given, setGiven] = useState<string>()
  const [variables, setVariables] = useState('')
  const navigate = useNavigate()
  const client = useQueryClient()
  const maySetVariables = useMay('admin')
  const own = textsOf(job.definition, 'arguments').join('\n')

  async function start() {
    const run = await api.start(name, {
      ...(given !== undefined && given !== own && { arguments: linesOf(given) }),
      ...(variables.trim() && { environment: pairsOf(variables) }),
    })
    void client.invalidateQueries({ queryKey: ['job', name] })
    await navigate({ to: '/runs/$id', params: { id: run.id }, search: {} })
  }

  return (
    <Confirm opened={opened} title={`Run ${name} now?`} action="Run" onConfirm={start} onClose={onClose}>
      <Textarea
        label="Arguments"
        description="One a line; as they are: those of the job"
        autosize
        minRows={2}
        maxRows={8}
        value={given ?? own}
        onChange={(event) => setGiven(event.currentTarget.value)}
        styles={{ input: { fontFamily: 'var(--mono)' } }}
      />
      {maySetVariables && (
        <Textarea
          label="Variables of this run"
          description="NAME=value, one a line"
          autosize
          minRows={2}
          maxRows={8}
          value={variables}
          onChange={(event) => setVariables(event.currentTarget.value)}
          styles={{ input: { fontFamily: 'var(--mono)' } }}
        />
      )}
    </Confirm>
  )
}

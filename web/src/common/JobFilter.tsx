import { TextInput } from '@mantine/core'

/** Asks for the job that a page is to show only; an empty one means all. */
export function JobFilter({ job, onChoose }: { job: string | undefined; onChoose: (job: string) => void }) {
  return (
    <TextInput
      key={job}
      aria-label="Job"
      placeholder="Job, by its whole name"
      defaultValue={job ?? ''}
      onBlur={(event) => onChoose(event.currentTarget.value.trim())}
      onKeyDown={(event) => event.key === 'Enter' && onChoose(event.currentTarget.value.trim())}
    />
  )
}

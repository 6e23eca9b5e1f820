import { TextInput } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { PageHead } from '../common/parts'
import CalendarMap from './CalendarMap'

/** Results by day, of all jobs or of one. */
export function CalendarPage() {
  const { job } = useSearch({ from: '/calendar' })
  const navigate = useNavigate({ from: '/calendar' })
  const choose = (name: string) => void navigate({ search: name ? { job: name } : {}, replace: true })
  return (
    <div className="page">
      <PageHead title="Calendar" sub={job ? `Results of ${job} by day` : 'Results of all jobs by day'}>
        <TextInput
          key={job}
          aria-label="Job"
          placeholder="Only of the job"
          defaultValue={job ?? ''}
          onBlur={(event) => choose(event.currentTarget.value.trim())}
          onKeyDown={(event) => event.key === 'Enter' && choose(event.currentTarget.value.trim())}
        />
      </PageHead>
      <CalendarMap job={job} />
    </div>
  )
}

import { useNavigate, useSearch } from '@tanstack/react-router'
import { JobFilter } from '../common/JobFilter'
import { PageHead } from '../common/parts'
import CalendarMap from './CalendarMap'

/** Results by day, of all jobs or of one. */
export function CalendarPage() {
  const { job } = useSearch({ from: '/calendar' })
  const navigate = useNavigate({ from: '/calendar' })
  const choose = (name: string) => void navigate({ search: name ? { job: name } : {}, replace: true })
  return (
    <div className="page">
      <PageHead title="Calendar" sub={`Results of ${job ?? 'all jobs'} by day, and what is planned`}>
        <JobFilter job={job} onChoose={choose} />
      </PageHead>
      <CalendarMap job={job} />
    </div>
  )
}

import { useQueryClient } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect, useSyncExternalStore } from 'react'
import { ApiError, session } from '../api/client'
import { live } from '../api/live'
import { Failure, Loading } from '../common/parts'
import { useInfo } from '../common/role'
import { setServerTime } from '../common/time'
import { router } from './router'
import { SignIn } from './SignIn'

/** Lets in whoever may come in, and keeps the connection over which the server tells what happens. */
export function App() {
  const client = useQueryClient()
  const authorization = useSyncExternalStore(session.subscribe, () => session.authorization)
  const { data: info, error, refetch } = useInfo()
  const isStranger = error instanceof ApiError && error.status === 401
  const isIn = info !== undefined && !isStranger

  useEffect(() => {
    if (info) setServerTime(info.now)
  }, [info])

  useEffect(() => (isIn ? live.start(client) : undefined), [client, isIn, authorization])

  useEffect(
    () =>
      session.subscribe(() => {
        if (session.authorization) return
        client.clear()
        void refetch()
      }),
    [client, refetch],
  )

  if (isStranger) return <SignIn onDone={() => void client.resetQueries()} />
  if (error && !info)
    return (
      <main className="page">
        <Failure error={error} retry={() => void refetch()} />
      </main>
    )
  if (!info) return <Loading />
  return <RouterProvider router={router} />
}

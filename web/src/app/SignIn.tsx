import { Button, Paper, PasswordInput, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { ApiError, ask, basic, session } from '../api/client'
import { Failure } from '../common/parts'

/** Asks who is there, where the server wants to know. */
export function SignIn({ onDone }: { onDone: () => void }) {
  const [kind, setKind] = useState<'password' | 'token'>('password')
  const [user, setUser] = useState('')
  const [secret, setSecret] = useState('')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  async function signIn() {
    const authorization = kind === 'password' ? basic(user, secret) : `Bearer ${secret}`
    setBusy(true)
    setError(undefined)
    try {
      await ask('/v1/info', { headers: { Authorization: authorization } })
      session.signIn(authorization)
      onDone()
    } catch (e) {
      setError(e)
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className="sign-in">
      <Paper withBorder p="xl" radius="lg" w={380} maw="calc(100vw - 24px)">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void signIn()
          }}
        >
          <Stack gap="md">
            <div>
              <img src="/chronos.svg" alt="" width={36} height={36} />
              <Title order={1} mt="xs">
                Sign in to Chronos
              </Title>
              <Text size="sm" c="dimmed">
                Kept for this tab, until it is closed or you sign out.
              </Text>
            </div>
            <SegmentedControl
              fullWidth
              value={kind}
              onChange={(value) => setKind(value as typeof kind)}
              data={[
                { value: 'password', label: 'Password' },
                { value: 'token', label: 'Token' },
              ]}
            />
            {kind === 'password' && (
              <TextInput
                label="User"
                autoComplete="username"
                value={user}
                onChange={(e) => setUser(e.currentTarget.value)}
                data-autofocus
                required
              />
            )}
            <PasswordInput
              label={kind === 'password' ? 'Password' : 'Token'}
              autoComplete="current-password"
              value={secret}
              onChange={(e) => setSecret(e.currentTarget.value)}
              required
            />
            {error instanceof ApiError && error.status === 401 ? (
              <Text c="red" size="sm" role="alert">
                {kind === 'password' ? 'The user or the password is wrong.' : 'The token is wrong.'}
              </Text>
            ) : (
              error !== undefined && <Failure error={error} />
            )}
            <Button type="submit" size="sm" loading={busy}>
              Sign in
            </Button>
          </Stack>
        </form>
      </Paper>
    </main>
  )
}

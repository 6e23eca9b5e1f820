import { Text } from '@mantine/core'
import { CodeDiff } from './Code'
import { print } from './text'

/** What differs between two definitions. */
export default function Diff({ before, after }: { before: object; after: object }) {
  const [old, next] = [print(before, 'yaml'), print(after, 'yaml')]
  if (old === next) return <Text>Nothing differs.</Text>
  return <CodeDiff before={old} after={next} language="yaml" />
}

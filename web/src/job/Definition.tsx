import { Button, CopyButton, Group, SegmentedControl, Switch } from '@mantine/core'
import { useState } from 'react'
import type { Job } from '../api/types'
import { Icon } from '../common/Icon'
import { CodeEditor } from '../job-form/Code'
import { type Language, print } from '../job-form/text'
import { withoutDefaults } from './definition'
import '../job-form/form.css'

/** The definition as text, to read and to copy. */
export default function Definition({ job }: { job: Job }) {
  const [language, setLanguage] = useState<Language>('yaml')
  const [isWhole, setWhole] = useState(false)
  const text = print(isWhole ? job.definition : withoutDefaults(job.definition), language)
  return (
    <div className="stack-s">
      <Group gap="sm">
        <SegmentedControl
          size="xs"
          aria-label="Language"
          value={language}
          onChange={(value) => setLanguage(value as Language)}
          data={[
            { value: 'yaml', label: 'YAML' },
            { value: 'json', label: 'JSON' },
          ]}
        />
        <Switch
          size="xs"
          label="With defaults"
          checked={isWhole}
          onChange={(event) => setWhole(event.currentTarget.checked)}
        />
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <CodeEditor text={text} language={language} label="Definition" />
    </div>
  )
}

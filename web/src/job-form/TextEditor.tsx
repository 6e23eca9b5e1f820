import { useEffect, useRef, useState } from 'react'
import type { JobDefinition } from '../api/types'
import { CodeEditor } from './Code'
import { type Language, print, read } from './text'

/** The definition as text. Every field that the API knows can be written here. */
export default function TextEditor(props: {
  language: Language
  definition: JobDefinition
  onDefinition: (definition: JobDefinition) => void
  onError: (error: string | undefined) => void
}) {
  const { language, definition, onDefinition, onError } = props
  const [text, setText] = useState(() => print(definition, language))
  const shown = useRef(language)

  useEffect(() => {
    if (shown.current === language) return
    shown.current = language
    setText(print(definition, language))
  }, [language, definition])

  useEffect(() => () => onError(undefined), [onError])

  return (
    <div className="panel-body">
      <CodeEditor
        text={text}
        language={language}
        label={`Definition as ${language.toUpperCase()}`}
        onChange={(next) => {
          setText(next)
          const found = read(next, language)
          if ('error' in found) return onError(found.error)
          onError(undefined)
          onDefinition(found.definition)
        }}
      />
    </div>
  )
}

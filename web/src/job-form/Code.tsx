import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { MergeView } from '@codemirror/merge'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { styleNonce } from '../common/nonce'

export type Language = 'json' | 'yaml'

const look = EditorView.theme({
  '&': { backgroundColor: 'var(--surface)', color: 'inherit', fontSize: '12.5px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--quiet)', border: '0' },
  '.cm-content': { caretColor: 'currentColor' },
  '.cm-cursor': { borderLeftColor: 'currentColor' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--chosen) !important' },
  '.cm-changedText': { background: 'color-mix(in srgb, var(--warn) 30%, transparent) !important' },
})

const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--link)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--odd)' },
  { tag: tags.comment, color: 'var(--quiet)' },
])

function extensions(language: Language, readOnly: boolean): Extension[] {
  return [
    lineNumbers(),
    history(),
    bracketMatching(),
    highlightSelectionMatches(),
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
    language === 'json' ? json() : yaml(),
    syntaxHighlighting(colors),
    syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
    look,
    EditorView.lineWrapping,
    EditorView.cspNonce.of(styleNonce),
    EditorState.readOnly.of(readOnly),
    EditorView.editable.of(!readOnly),
  ]
}

interface Props {
  text: string
  language: Language
  label: string
  onChange?: (text: string) => void
}

/** A text with colours, to read or to edit. */
export function CodeEditor({ text, language, label, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const tell = useRef(onChange)
  tell.current = onChange
  const readOnly = onChange === undefined

  useEffect(() => {
    if (!place.current) return
    view.current = new EditorView({
      parent: place.current,
      state: EditorState.create({
        extensions: [
          ...extensions(language, readOnly),
          EditorView.contentAttributes.of({
            'aria-label': label,
            ...(readOnly && { tabindex: '0', role: 'textbox', 'aria-readonly': 'true' }),
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) tell.current?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    return () => view.current?.destroy()
  }, [language, readOnly, label])

  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === text) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } })
  }, [text, language, readOnly, label])

  return <div ref={place} className="code" />
}

/** Two texts side by side, with what differs. */
export function CodeDiff({ before, after, language }: { before: string; after: string; language: Language }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const part = (doc: string, label: string) => ({
      doc,
      extensions: [...extensions(language, true), EditorView.contentAttributes.of({ 'aria-label': label })],
    })
    const merge = new MergeView({
      parent: place.current,
      a: part(before, 'Before'),
      b: part(after, 'After'),
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    })
    return () => merge.destroy()
  }, [before, after, language])
  return <div ref={place} className="code" />
}

import { format } from 'prettier'

/** TypeScript types of the schemas in an OpenAPI document, laid out as the rest of the sources. */
export function typesOf(document, style) {
  const text = Object.entries(document.components.schemas)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) =>
      schema.properties ? `export interface ${name} ${bodyOf(schema)}` : `export type ${name} = ${typeOf(schema)}`,
    )
    .join('\n\n')
  return format(`/** Made from the server's OpenAPI document by \`npm run types\`. Do not edit. */\n\n${text}\n`, {
    ...style,
    parser: 'typescript',
  })
}

function bodyOf({ properties, required = [] }) {
  const members = Object.entries(properties).map(
    ([name, schema]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  )
  return `{\n${members.join('\n')}\n}`
}

/** Null is never sent, so what may be null may be left out. */
function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1)
  if (schema.oneOf) return union(schema.oneOf.filter((one) => one.type !== 'null').map(typeOf))
  if (schema.enum) return union(schema.enum.filter((value) => value !== null).map((value) => JSON.stringify(value)))
  const types = [schema.type ?? 'any'].flat().filter((type) => type !== 'null')
  return union(types.map((type) => simple(type, schema)))
}

function simple(type, schema) {
  switch (type) {
    case 'string':
    case 'boolean':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array': {
      const items = typeOf(schema.items ?? {})
      return items.includes('|') ? `(${items})[]` : `${items}[]`
    }
    case 'object':
      if (schema.properties) return bodyOf(schema)
      return `Record<string, ${schema.additionalProperties ? typeOf(schema.additionalProperties) : 'unknown'}>`
    default:
      return 'unknown'
  }
}

function union(types) {
  return [...new Set(types)].join(' | ') || 'unknown'
}

import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const brand: MantineColorsTuple = [
  '#e9f2ff',
  '#cfe1fd',
  '#9fc2f8',
  '#6ca2f3',
  '#4488ee',
  '#2b78ec',
  '#1f6feb',
  '#1160d2',
  '#0856bd',
  '#004aa7',
]

const dark: MantineColorsTuple = [
  '#dfe5ec',
  '#c3cbd5',
  '#9aa4b0',
  '#5b6673',
  '#333c48',
  '#283039',
  '#1b222b',
  '#151b23',
  '#0f141a',
  '#0b0f14',
]

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 7 },
  colors: { brand, dark },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  headings: { sizes: { h1: { fontSize: '20px', lineHeight: '1.3' }, h2: { fontSize: '15px' } }, fontWeight: '650' },
  components: {
    // What explains a field stands below it, so that fields in a row are aligned.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'] } },
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 400 } },
    Modal: { defaultProps: { centered: true, lockScroll: false, overlayProps: { backgroundOpacity: 0.45 } } },
  },
})

/** Colours with enough contrast on either background. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#57606a',
    '--mantine-color-placeholder': '#656d76',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1f2328',
    '--mantine-color-error': '#c01826',
    '--mantine-color-default-border': '#d0d7de',
  },
  dark: {
    '--mantine-color-dimmed': '#9aa4b0',
    '--mantine-color-placeholder': '#8d96a0',
    '--mantine-color-body': '#0f141a',
    '--mantine-color-text': '#dfe5ec',
    '--mantine-color-error': '#ff7b72',
    '--mantine-color-default': '#1b222b',
    '--mantine-color-default-hover': '#242c37',
    '--mantine-color-default-border': '#333c48',
  },
})

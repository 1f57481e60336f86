import eslint from '@eslint/js'
import vue from 'eslint-plugin-vue'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

// Regular expressions, since ESLint compiles a `group` of globs anew for every file: a third of the time of all rules.
type Pattern = { regex: string; message: string }
const forbid = (files: string[], patterns: Pattern[], ignores: string[] = []) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns }] as ['error', { patterns: Pattern[] }] },
})

const node: Pattern = { regex: '^node:|(^|/)(fs|path|os|worker_threads)(/|$)', message: 'No Node here.' }
const electron: Pattern = {
  regex: '(^|/)electron(/|$)',
  message: 'Only src-main/electron and preload import electron.',
}
const vueStack: Pattern = {
  regex: '^@vueuse/|(^|/)(vue|vue-router|pinia)(/|$)|(^|/)stores/',
  message: 'No Vue and no store here.',
}
const main: Pattern = { regex: '(^|/)src-main/', message: 'Speak to main through the contract only.' }
const renderer: Pattern = {
  regex: '^(@|@engine)/|(^|/)src-renderer/',
  message: 'Main and shared code import nothing of the renderer.',
}

export default defineConfig(
  {
    ignores: [
      'out/**',
      'dist/**',
      'node_modules/**',
      'test-results/**',
      'playwright-report/**',
      '.cache/**',
      'src-renderer/src/engine/cpu/kernels/*.ts',
      '!src-renderer/src/engine/cpu/kernels/ids.ts',
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] } },
    rules: {
      'no-undef': 'off', // TypeScript does this, with types
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' }],
      eqeqeq: ['error', 'smart'],
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
    },
  },
  // ---- folder borders
  forbid(['src-shared/**/*.ts'], [node, electron, vueStack, main, renderer], ['**/*.test.ts']),
  forbid(['src-renderer/src/**/*.{ts,vue}'], [node, electron, main], ['**/*.test.ts', 'src-renderer/src/engine/**']),
  forbid(
    ['src-renderer/src/engine/**/*.ts'],
    [node, electron, main, vueStack, { regex: '^@/', message: 'The engine stands alone.' }],
    ['**/*.test.ts'],
  ),
  forbid(
    ['src-main/**/*.ts'],
    [electron, vueStack, renderer],
    ['**/*.test.ts', 'src-main/electron/**', 'src-main/preload/**', 'src-main/headless/**'],
  ),
  forbid(['src-main/{electron,preload}/**/*.ts'], [vueStack, renderer], ['**/*.test.ts']),
  // The headless commands are the one place where Node code drives the engine directly.
  forbid(
    ['src-main/headless/**/*.ts'],
    [electron, vueStack, { regex: '^@/', message: 'Only the engine.' }],
    ['**/*.test.ts'],
  ),
  {
    files: ['src-main/launch/**/*.mjs'],
    rules: { '@typescript-eslint/no-unused-vars': 'error' },
  },
)

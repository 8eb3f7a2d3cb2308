import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.rollkeeper/', 'coverage/', '.bench-peers/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx', 'machines/**/*.ts'],
    rules: {
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ObjectExpression > SpreadElement > ObjectExpression',
          message: 'Write the properties out: a spread of a literal only hides them.',
        },
        {
          selector: 'ArrayExpression > SpreadElement > ArrayExpression',
          message: 'Write the elements out: a spread of a literal only hides them.',
        },
        {
          selector:
            ':matches(CallExpression, NewExpression)[arguments.length>1] > Literal[raw=/^(true|false)$/]',
          message: 'Name what is true or false: in an options object, or by a function of its own.',
        },
      ],
    },
  },
  {
    // The page runs in a browser: the types of Node are there only because the answers' types come from the server's files.
    files: ['src/dashboard/**/*.ts', 'src/dashboard/**/*.tsx'],
    ignores: ['src/dashboard/vite.config.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'global', 'require', 'setImmediate'],
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);

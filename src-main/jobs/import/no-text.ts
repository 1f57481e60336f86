import { AppError } from '@shared/contract/errors.ts'

/** For a file in which nothing can be seen. */
export const noText = (name: string): AppError =>
  new AppError({
    code: 'empty_file',
    message: `${name} has no text in it.`,
    hint: 'It is empty, or holds only spaces and characters that show nothing. Choose a file with some text.',
  })

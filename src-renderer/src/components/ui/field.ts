import { computed, inject, provide, useId, type ComputedRef, type InjectionKey } from 'vue'

/** What a field tells the control inside it, so that label, help and error reach assistive technology. */
interface FieldContext {
  controlId: string
  labelId: string
  describedBy: ComputedRef<string | undefined>
  invalid: ComputedRef<boolean>
}

const key: InjectionKey<FieldContext> = Symbol('field')

export function provideField(state: { described: () => boolean; invalid: () => boolean }) {
  const controlId = useId()
  const messageId = `${controlId}-message`
  const context: FieldContext = {
    controlId,
    labelId: `${controlId}-label`,
    describedBy: computed(() => (state.described() ? messageId : undefined)),
    invalid: computed(state.invalid),
  }
  provide(key, context)
  return { ...context, messageId }
}

/** The field around a control; null when it stands alone and needs a label of its own. */
export const useField = (): FieldContext | null => inject(key, null)

/** Made by src-main/launch/cpu-kernels.mjs from the AssemblyScript in `kernels/`. */
declare module 'virtual:cpu-kernels/*' {
  /** The WebAssembly module in base64. */
  const base64: string
  export default base64
}
